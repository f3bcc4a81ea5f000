package io.mika.engine;

import io.mika.error.MikaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/**
 * The machine: {@link #step} does one turn, and production calls it from the poll thread until it is over; a test calls
 * it by hand. <i>Owned by the poll thread</i>, the thread of the first step.
 *
 * <p>A turn: commands, closing, what was settled, starts, room, commit, pauses, poll, hand-over.
 */
final class PollLoop implements LoopContext {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    /** Everything is paused then, and only answers are waited for. */
    private static final Duration POLL_TIMEOUT_CLOSING = Duration.ofMillis(10);

    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long NUDGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Engine.Config config;
    private final EngineParts parts;
    private final Limits limits;
    private final Mailbox mailbox;
    private final Closing closing;
    private final EngineEvents events;
    private final EngineLanes lanesContext;
    private final FailurePath failurePath;
    private final Map<String, Gate> gates;
    private final Sight sight;
    private final CompletableFuture<Void> ready;
    private final Map<String, Engine.Binding> bindings = new HashMap<>();

    private @Nullable Running running;
    /** The group is left; what is still under way are replays. */
    private boolean left;

    /** Of a client without a group. */
    private boolean foundPartitions;

    private boolean lastPollWasEmpty;
    private long lastPolled;
    private long nudgedAt;
    private long waitUntil;
    /** Commands that need a consumer. */
    private final List<Runnable> beforeStart = new ArrayList<>();

    /** What exists once there is a consumer. */
    private record Running(
            PollParts poll,
            Arrivals arrivals,
            Starts starts,
            Repositioning repositioning,
            Topics topics,
            @Nullable AssignmentByHand byHand,
            SetupCheck setupCheck,
            Expiry expiry,
            @Nullable DlqPass dlqPass,
            @Nullable NoteRenewal noteRenewal,
            Rebalance rebalance,
            Shutdown shutdown) {}

    PollLoop(
            Engine.Config config,
            EngineParts parts,
            EngineLanes lanesContext,
            FailurePath failurePath,
            Map<String, Gate> gates,
            Sight sight,
            Mailbox mailbox,
            Closing closing,
            EngineEvents events,
            CompletableFuture<Void> ready) {
        this.config = config;
        this.parts = parts;
        this.limits = config.limits();
        this.lanesContext = lanesContext;
        this.failurePath = failurePath;
        this.gates = gates;
        this.sight = sight;
        this.mailbox = mailbox;
        this.closing = closing;
        this.events = events;
        this.ready = ready;
        this.waitUntil = parts.nanoClock().getAsLong();
        for (Engine.Binding binding : config.bindings()) {
            bindings.put(binding.wireTopic(), binding);
        }
    }

    // ---- what the parts ask

    @Override
    public long nanoTime() {
        return parts.nanoClock().getAsLong();
    }

    @Override
    public long wallMillis() {
        return parts.wallClock().getAsLong();
    }

    @Override
    public EngineEvents events() {
        return events;
    }

    @Override
    public void command(Runnable command) {
        mailbox.send(command);
    }

    @Override
    public void lookupFailed(String what, Throwable error) {
        if (left) {
            return; // closed with the group, while a replay goes on: nobody needs the answer any more
        }
        events.error(new MikaException("cannot find out " + what + ", trying again: " + error.getMessage(), error));
        if (ErrorKind.of(error) == ErrorKind.FATAL) {
            fatal(error);
        }
    }

    @Override
    public void fatal(Throwable cause) {
        if (!closing.isRequested()) {
            events.failed(cause);
        }
        closing.because(cause);
        ready.completeExceptionally(cause);
        closing.request(config.closeTimeout(), true);
    }

    @Override
    public void onCallbacks(Runnable completion) {
        lanesContext.onCallbacks(completion);
    }

    @Override
    public void meanwhile() {
        failurePath.nudge(nanoTime());
    }

    @Override
    public void commitAtOnce() {
        Running now = running;
        if (now != null) {
            now.poll().commits().atOnce();
        }
    }

    // ---- the turn

    /** One turn; false when the client is closed and no turn follows. */
    boolean step() {
        try {
            mailbox.takeAll();
            return turn(nanoTime());
        } catch (RuntimeException | Error error) {
            failed(error);
            return true;
        }
    }

    /** Begins or ends the consumption of the dead letter queue. */
    void consumeDlq(boolean on, CompletableFuture<Void> done) {
        Running has = running;
        if (has == null) {
            beforeStart.add(() -> consumeDlq(on, done));
            return;
        }
        DlqPass pass = Objects.requireNonNull(has.dlqPass());
        if (on) {
            pass.enable(done);
        } else {
            pass.disable(done);
        }
    }

    private boolean turn(long now) {
        if (closing.isOver()) {
            abandon();
            return false;
        }
        if (closing.isRequested() && closes()) {
            return false;
        }
        if (left) {
            return await(POLL_TIMEOUT.toNanos());
        }
        if (config.bindings().isEmpty()) {
            ready.complete(null);
            return await(POLL_TIMEOUT.toNanos());
        }
        if (now - waitUntil < 0 && !closing.isRequested()) {
            return await(Math.min(waitUntil - now, POLL_TIMEOUT.toNanos()));
        }
        Running has = running == null ? started() : running;
        if (has != null) {
            work(has, now);
            poll(has);
        }
        return true;
    }

    private boolean await(long nanos) {
        meanwhile();
        mailbox.await(nanos);
        return true;
    }

    /** Null when the Kafka clients cannot be made: whatever the reason, making them again would not help. */
    private @Nullable Running started() {
        try {
            return start();
        } catch (RuntimeException unusable) {
            fatal(unusable);
            return null;
        }
    }

    /** True when it is closed. */
    private boolean closes() {
        Running has = running;
        failurePath.closeReplays();
        if (has == null) {
            closing.reached(Closing.Progress.NOTHING_OPEN);
            left = true;
        } else if (!left) {
            left = has.shutdown().advance();
        }
        return left && failurePath.replaysAreOver();
    }

    private void abandon() {
        Running has = running;
        if (has != null && !left) {
            has.shutdown().abandon();
        }
    }

    private void work(Running has, long now) {
        Lanes lanes = has.poll().lanes();
        lanes.sweepProgressed();
        lanes.wake(now);
        meanwhile();
        has.topics().advance(now);
        has.starts().advance(now);
        has.repositioning().advance(now);
        has.setupCheck().advance(now);
        has.expiry().advance(now);
        lanes.limit(has.poll().pauses());
        readyOnce(has, now);
        consumeDlq(has, now);
        nudge(lanes, now);
        commit(has.poll(), now);
        has.poll().pauses().apply(now);
        sight.draw(lanes, has.poll().poller(), now);
    }

    private void readyOnce(Running has, long now) {
        if (!ready.isDone() && has.setupCheck().isOver(now)) {
            boolean takesPart = has.byHand() == null ? has.poll().poller().hasJoined() : foundPartitions;
            if (takesPart) {
                ready.complete(null);
            }
        }
    }

    private void consumeDlq(Running has, long now) {
        if (has.noteRenewal() != null && !closing.isRequested()) {
            has.noteRenewal().advance(now);
        }
        DlqPass pass = has.dlqPass();
        if (pass != null && !closing.isRequested()) {
            if (pass.advance(now)) {
                has.poll().poller().subscribe(subscription(pass.isSubscribed()), has.rebalance());
            }
            pass.watch(has.poll().lanes());
        }
    }

    private Set<String> read(@Nullable DlqPass pass) {
        return config.group() == null ? bindings.keySet() : subscription(pass != null && pass.isSubscribed());
    }

    private Set<String> subscription(boolean withDlq) {
        Set<String> topics = new HashSet<>(bindings.keySet());
        if (config.failureTopics().retryTopic() != null) {
            topics.add(config.failureTopics().retryTopic());
        }
        if (withDlq && config.failureTopics().dlqTopic() != null) {
            topics.add(config.failureTopics().dlqTopic());
        }
        return topics;
    }

    private void nudge(Lanes lanes, long now) {
        if (now - nudgedAt >= NUDGE_NANOS && !closing.isRequested()) {
            nudgedAt = now;
            lanes.forEach(Lane::nudge);
        }
    }

    private void commit(PollParts poll, long now) {
        if (config.group() == null) {
            return;
        }
        if (now - lastPolled > config.maxPollInterval().toNanos()) {
            poll.commits().suspend();
        }
        boolean idle = lastPollWasEmpty && poll.lanes().areIdle();
        if (poll.commits().isDue(now, idle)) {
            poll.lanes().forEach(Lane::sweep);
            poll.commits().commit(now);
        }
    }

    private Running start() {
        Lookups lookups = parts.lookups().get();
        KafkaPoller poller = new KafkaPoller(parts.consumer().get());
        mailbox.wakes(poller);
        Lanes lanes = new Lanes(limits);
        Pauses pauses = new Pauses(poller, lanes);
        CommitTexts texts = new CommitTexts(config.group() == null ? "" : config.group(), config.rememberSettled());
        Commits commits =
                new Commits(poller, lanes, texts, config.commitInterval(), closing::isOver, this::commitFailed);
        PollParts poll = new PollParts(poller, lanes, pauses, texts, commits);
        Repositioning repositioning = new Repositioning(this, lookups, lanes, poller, pauses);
        Starts starts = new Starts(config, this, lookups, lanes, texts, repositioning);
        String dlqTopic = config.failureTopics().dlqTopic();
        String group = config.group();
        DlqPass dlqPass =
                group == null || dlqTopic == null ? null : new DlqPass(this, lookups, starts, group, dlqTopic, pauses);
        NoteRenewal noteRenewal =
                group == null || dlqTopic == null ? null : new NoteRenewal(this, lookups, group, dlqTopic);
        SetupCheck setupCheck = new SetupCheck(this, config, lookups, ready);
        NewLanes newLanes = newLanes(texts, setupCheck, dlqPass);
        Rebalance rebalance = new Rebalance(this, mailbox, poll, closing, revokeTimeout(), newLanes::of);
        AssignmentByHand byHand = group == null ? new AssignmentByHand(poller, rebalance) : null;
        Topics topics = new Topics(this, lookups, bindings.keySet(), () -> read(dlqPass), starts, found -> {
            if (byHand != null) {
                byHand.found(found);
                foundPartitions = true;
            }
        });
        if (group != null) {
            poller.subscribe(subscription(false), rebalance);
        }
        lastPolled = nanoTime();
        events.started();
        Running made = new Running(
                poll,
                new Arrivals(lanes, limits, events, dlqPass),
                starts,
                repositioning,
                topics,
                byHand,
                setupCheck,
                new Expiry(this, lookups, lanes, setupCheck::retention),
                dlqPass,
                noteRenewal,
                rebalance,
                new Shutdown(config, poll, lookups, closing, events));
        running = made;
        beforeStart.forEach(Runnable::run);
        beforeStart.clear();
        return made;
    }

    private Duration revokeTimeout() {
        Duration half = config.maxPollInterval().dividedBy(2);
        return half.compareTo(config.drainTimeout()) < 0 ? half : config.drainTimeout();
    }

    private NewLanes newLanes(CommitTexts texts, SetupCheck setupCheck, @Nullable DlqPass dlqPass) {
        Engine.FailureTopics topics = config.failureTopics();
        String retryTopic = topics.retryTopic();
        RetryConsumers consumers = new RetryConsumers(
                config.group() == null ? "" : config.group(),
                new WaitingBudget(limits),
                failurePath::readAgain,
                failurePath.writes(),
                parts.wallClock(),
                topics.unclaimedFor(),
                () -> retryTopic == null ? 0 : texts.partitions(retryTopic),
                () -> retryTopic == null ? 0 : setupCheck.retention(retryTopic).orElse(0));
        return new NewLanes(config, parts.handlers(), gates, lanesContext, events, consumers, dlqPass);
    }

    private void poll(Running has) {
        if (has.byHand() != null && has.byHand().isEmpty()) {
            mailbox.await(POLL_TIMEOUT.toNanos());
            return;
        }
        PollParts poll = has.poll();
        try {
            ConsumerRecords<byte[], byte[]> records = poll.poller().poll(timeout(poll.lanes()), mailbox::isPending);
            polled(poll);
            lastPollWasEmpty = records.isEmpty();
            has.arrivals().handOver(records);
        } catch (OffsetOutOfRangeException error) {
            polled(poll);
            has.repositioning().outOfRange(error);
        } catch (NoOffsetForPartitionException error) {
            // A position was dropped without a rebalance: the same as a partition that is new
            polled(poll);
            poll.lanes().of(error.partitions()).forEach(lane -> restart(poll, lane));
            poll.pauses().applyAll(nanoTime());
        }
        if (has.dlqPass() != null) {
            has.dlqPass().inEffect(poll.lanes());
        }
    }

    /** No longer than until something that waits is due. */
    private Duration timeout(Lanes lanes) {
        if (closing.isRequested()) {
            return POLL_TIMEOUT_CLOSING;
        }
        long wakesAt = lanes.wakesAt();
        long left = wakesAt == HandOut.NEVER ? Long.MAX_VALUE : Math.max(0, wakesAt - nanoTime());
        return left < POLL_TIMEOUT.toNanos() ? Duration.ofNanos(left) : POLL_TIMEOUT;
    }

    private void polled(PollParts poll) {
        lastPolled = nanoTime();
        poll.commits().pollReturned();
    }

    private static void restart(PollParts poll, Lane lane) {
        boolean runs = lane.phase() == Lane.Phase.RUNNING;
        poll.poller().seek(lane.partition(), runs ? lane.position().withText("") : new OffsetAndMetadata(0));
    }

    // ---- errors

    private void commitFailed(Throwable error) {
        switch (ErrorKind.of(error)) {
            case FATAL -> fatal(error);
            case REFUSED, TEXT_TOO_LARGE -> events.error(error);
            case RETRY -> events.commitFailed(error);
            case REBALANCING -> events.commitPostponed(error);
        }
    }

    private void failed(Throwable error) {
        if (closing.isRequested()) {
            events.error(error);
            mailbox.await(TimeUnit.MILLISECONDS.toNanos(50));
            return;
        }
        switch (ErrorKind.of(error)) {
            case FATAL -> fatal(error);
            case REFUSED -> {
                events.error(error);
                waitUntil = nanoTime() + REFUSED_NANOS;
            }
            case RETRY, REBALANCING, TEXT_TOO_LARGE -> {
                events.error(error);
                waitUntil = nanoTime() + BACK_OFF_NANOS;
            }
        }
    }
}

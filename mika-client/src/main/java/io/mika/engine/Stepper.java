package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.OutageBreaker;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.error.ClientClosedException;
import io.mika.error.ConfigException;
import io.mika.error.DlqNotConfiguredException;
import io.mika.error.MikaException;
import io.mika.error.UnknownConsumerException;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.Health;
import io.mika.event.Replay;
import io.mika.event.ReplayRequest;
import io.mika.failure.Destination;
import io.mika.failure.FailureProducer;
import io.mika.failure.RecordFetch;
import io.mika.failure.Replays;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The engine without threads: whoever has it calls {@link #step}, a poll thread in production, a test by hand.
 * Internal: for {@code mika-test}; no API. <i>Thread-safe</i>, but for {@code step}.
 */
public final class Stepper {
    private static final Duration SHORT = Duration.ofSeconds(2);

    private final Engine.Config config;
    private final EngineLanes lanes;
    private final Mailbox mailbox;
    private final Closing closing;
    private final EngineEvents events;
    private final FailureProducer failureProducer;
    private final FailurePath failurePath;
    private final PollLoop loop;
    private final Map<String, Gate> gates = new HashMap<>();
    private final LongSupplier clock;
    private final Sight sight;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final AtomicBoolean finished = new AtomicBoolean();

    /** Nothing happens before the first step. */
    public Stepper(Engine.Config config, String clientId, EngineParts parts) {
        this.config = config;
        events = new EngineEvents(clientId, config.globalSuffix(), config.listeners(), parts.callbacks());
        mailbox = new Mailbox(parts.signal());
        closing = new Closing(parts.nanoClock(), events::named);
        lanes = new EngineLanes(
                config.group(),
                parts.nanoClock(),
                parts.callbacks(),
                mailbox,
                closing,
                events,
                config.interceptors().stream()
                        .map(interceptor -> interceptor.forClient(clientId, config.group()))
                        .toList());
        failureProducer = new FailureProducer(parts.failureProducer());
        Random random = new Random(parts.wallClock().getAsLong());
        Engine.FailureTopics topics = config.failureTopics();
        Destination retry = destination(topics.retryTopic(), parts, random);
        Writes writes = new Writes(
                config.group() == null ? "" : config.group(),
                retry,
                destination(topics.dlqTopic(), parts, random),
                lanes,
                events,
                parts.wallClock());
        failurePath = new FailurePath(writes, fetch(parts), replays(retry, parts));
        lanes.failuresGoTo(new Failures(config.group(), lanes, events, writes, random::nextDouble));
        for (Engine.Binding binding : config.bindings()) {
            ConsumerOptions options = binding.options();
            gates.put(
                    binding.topic(),
                    new Gate(
                            !options.isDisabled(),
                            options.rateLimit(),
                            outage(binding.topic()),
                            parts.nanoClock().getAsLong()));
        }
        clock = parts.nanoClock();
        sight = new Sight(
                clientId,
                events,
                closing,
                gates,
                writes,
                new Deadlines(events, lanes::onCallbacks),
                clock,
                parts.wallClock());
        loop = new PollLoop(config, parts, lanes, failurePath, gates, sight, mailbox, closing, events, ready);
    }

    private @Nullable Destination destination(@Nullable String topic, EngineParts parts, Random random) {
        return topic == null
                ? null
                : new Destination(
                        topic, failureProducer, parts.senders().get(), parts.nanoClock(), random::nextDouble, events);
    }

    private @Nullable Outage outage(String topic) {
        OutageBreaker breaker = config.outageBreaker();
        return breaker == null
                ? null
                : new Outage(breaker, (on, failures) -> {
                    events.outage(topic, on, failures);
                    mailbox.signal();
                });
    }

    private @Nullable RecordFetch fetch(EngineParts parts) {
        if (config.group() == null || !config.failureTopics().any()) {
            return null;
        }
        return new RecordFetch(parts.reader(), parts.senders().get(), parts.nanoClock(), new RecordFetch.Told() {
            @Override
            public void found(List<RecordFetch.Answer> answers) {
                mailbox.send(() -> answers.forEach(Stepper::found));
            }

            @Override
            public void failed(RuntimeException error) {
                events.error(new MikaException(
                        "cannot read again what waits beyond what is kept in memory, trying again: " + error, error));
            }
        });
    }

    private static void found(RecordFetch.Answer answer) {
        if (answer.wanted() instanceof WaitingQueue.Asked asked) {
            asked.queue().found(asked.place(), answer.record());
        }
    }

    private @Nullable Replays replays(@Nullable Destination retry, EngineParts parts) {
        String dlqTopic = config.failureTopics().dlqTopic();
        if (config.group() == null || dlqTopic == null || retry == null) {
            return null;
        }
        return new Replays(new Replays.Parts(
                config.group(),
                dlqTopic,
                config.globalSuffix(),
                retry,
                record -> sending(record, SendPurpose.REPLAY),
                parts.reader(),
                () -> new LookupsOfReplays(parts.lookups().get()),
                parts.senders().get(),
                parts.nanoClock(),
                parts.wallClock(),
                lanes::onCallbacks,
                events,
                mailbox::signal));
    }

    /** One turn of the poll loop, always on the same thread; false when no turn follows. */
    public boolean step() {
        lanes.becomePollThread();
        return loop.step();
    }

    /** Completes when the group is joined; see {@link Engine#ready}. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** See {@link Engine#enableDlqConsumption}. */
    public CompletableFuture<Void> enableDlqConsumption() {
        return dlqConsumption("enableDlqConsumption()", true);
    }

    /** See {@link Engine#disableDlqConsumption}. */
    public CompletableFuture<Void> disableDlqConsumption() {
        return dlqConsumption("disableDlqConsumption()", false);
    }

    private CompletableFuture<Void> dlqConsumption(String call, boolean on) {
        if (config.failureTopics().dlqTopic() == null) {
            return CompletableFuture.failedFuture(new DlqNotConfiguredException(call));
        }
        return command(done -> loop.consumeDlq(on, done));
    }

    /** Runs it on the poll thread, which completes the future when it is in effect. */
    private CompletableFuture<Void> command(Consumer<CompletableFuture<Void>> run) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        var unused = closing.report()
                .whenComplete((report, error) -> done.completeExceptionally(new ClientClosedException()));
        mailbox.send(() -> run.accept(done));
        return done.copy();
    }

    /** See {@link Engine#enableConsumer}. */
    public CompletableFuture<Void> enableConsumer(String topic, boolean on) {
        return change(topic, gate -> gate.enable(on));
    }

    /** See {@link Engine#rateLimit}. */
    public CompletableFuture<Void> rateLimit(String topic, double perSecond) {
        return perSecond >= 0
                ? change(topic, gate -> gate.limit(perSecond, clock.getAsLong()))
                : CompletableFuture.failedFuture(
                        new IllegalArgumentException("rateLimit: " + perSecond + " is not a number of 0 or more"));
    }

    private CompletableFuture<Void> change(String topic, Consumer<Gate> change) {
        Gate gate = gates.get(topic);
        return gate == null
                ? CompletableFuture.failedFuture(new UnknownConsumerException(topic, gates.keySet()))
                : command(done -> {
                    change.accept(gate);
                    lanes.onCallbacks(() -> done.complete(null));
                });
    }

    /** Shows interceptors a record that is about to be published; null if none of them wants to know more of it. */
    public @Nullable SendObserver publishing(ProducerRecord<byte[], byte[]> record) {
        return sending(record, SendPurpose.PUBLISH);
    }

    private @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        Interception interception = lanes.interception();
        return interception == null ? null : interception.sending(record, purpose);
    }

    /** What the client does, as it was a moment ago. */
    public Explanation explain() {
        return sight.explain();
    }

    /** Whether it does its work. */
    public Health health() {
        return sight.health();
    }

    /** See {@link Engine#replayDlq}. */
    public Replay replayDlq(ReplayRequest request) {
        if (config.failureTopics().dlqTopic() == null) {
            return Replays.refused(request, new DlqNotConfiguredException("replayDlq(...)"));
        }
        Replays replays = failurePath.replays();
        if (replays == null) {
            return Replays.refused(
                    request,
                    new ConfigException(
                            "replayDlq(...) needs a retry topic, which is the way back to a consumer: name it"
                                    + " with retryTopic(...) on the builder"));
        }
        return isClosing() ? Replays.refused(request, new ClientClosedException()) : replays.start(request);
    }

    /** See {@link Engine#close}. */
    public void close(Duration timeout) {
        closing.request(timeout, true);
        mailbox.signal();
    }

    /** See {@link Engine#closeNow}. */
    public void closeNow() {
        closing.request(SHORT.compareTo(config.closeTimeout()) < 0 ? SHORT : config.closeTimeout(), false);
        mailbox.signal();
    }

    /** The end. */
    public CompletableFuture<CloseReport> closed() {
        return closing.report();
    }

    /** Whether the end was asked for, or came by an error. */
    public boolean isClosing() {
        return closing.isRequested();
    }

    /** Whether the caller runs a handler of this client. */
    public boolean onHandlerThread() {
        return lanes.isHandlerThread();
    }

    /** Nanoseconds until the close deadline. */
    public long remaining() {
        return closing.remaining();
    }

    /** Nothing was ever started: nothing is left. */
    void neverStarted() {
        closing.reached(Closing.Progress.NOTHING_OPEN);
    }

    /** The loop is through, or the deadline is over: makes the report, and lets {@code told} end before it is given. */
    void finish(Runnable told) {
        if (finished.compareAndSet(false, true)) {
            CloseReport report = closing.end();
            failurePath.abandonReplays();
            ready.completeExceptionally(report.cause().orElseGet(ClientClosedException::new));
            events.closed(report);
            told.run();
            closing.complete(report);
        }
    }

    /** Gives the report: the loop is through, or the deadline is over. From here on nothing is committed. */
    public void finish() {
        finish(() -> {});
    }

    /** What is closed with the client. */
    List<Engine.Resource> resources() {
        List<Engine.Resource> all = new ArrayList<>(config.resources());
        all.add(timeout -> failurePath.abandonReplays());
        all.add(failurePath::closeFetch);
        all.add(failureProducer::close);
        return all;
    }
}

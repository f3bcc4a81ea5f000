package io.mika.test.fake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** The commits of one consumer that are under way or whose callbacks wait. One after another, on one connection. */
final class Commits {

    static final long RETRY_BACKOFF = 100_000_000;

    private final Broker broker;
    private final ConsumerSettings settings;
    private final Queue<Request> callbacks = new ArrayDeque<>();
    private final Set<Request> underway = new LinkedHashSet<>();
    private final Runnable onLoss = this::loseConnection;
    private long lastReached;
    private long lastAnswered;

    Commits(Broker broker, ConsumerSettings settings) {
        this.broker = broker;
        this.settings = settings;
        broker.connect(onLoss);
    }

    /** One OffsetCommit request. */
    final class Request {
        private final Map<TopicPartition, OffsetAndMetadata> offsets;
        private final @Nullable OffsetCommitCallback callback;
        private final boolean async;
        private boolean reached;
        private boolean answered;
        private @Nullable RuntimeException error;

        Request(
                Map<TopicPartition, OffsetAndMetadata> offsets,
                @Nullable OffsetCommitCallback callback,
                boolean async) {
            this.offsets = new LinkedHashMap<>(offsets);
            this.callback = callback;
            this.async = async;
        }

        boolean isAnswered() {
            return answered;
        }

        @Nullable RuntimeException error() {
            return error;
        }

        private void reach(CommitEntry.Sender sender, String group, Fate fate) {
            if (reached) {
                return;
            }
            reached = true;
            if (fate.applied()) {
                error = broker.group(group).commit(sender, offsets);
            }
            if (fate.error() != null) {
                error = fate.error();
            }
        }

        private void answer(@Nullable RuntimeException outcome) {
            if (answered) {
                return;
            }
            underway.remove(this);
            reached = true;
            answered = true;
            error = outcome;
            if (async) {
                callbacks.add(this);
            }
        }

        private void call() {
            if (callback != null) {
                callback.onComplete(
                        offsets,
                        error instanceof RetriableException ? new RetriableCommitFailedException(error) : error);
            }
        }
    }

    /** Whether all that was sent is answered; what came first is reported first. */
    boolean isIdle() {
        return underway.isEmpty();
    }

    /** Whether the broker has all that was sent: only then what is sent later, a JoinGroup, reaches it. */
    boolean allReached() {
        return underway.stream().allMatch(request -> request.reached);
    }

    /** Sends a commit as a member, or as an assigned consumer where there is none. */
    Request send(
            Map<TopicPartition, OffsetAndMetadata> offsets,
            @Nullable OffsetCommitCallback callback,
            boolean async,
            @Nullable Membership membership,
            Set<TopicPartition> owned) {
        String group = Objects.requireNonNull(settings.group());
        broker.tick();
        Request request = new Request(offsets, callback, async);
        underway.add(request);
        RuntimeException refused = membership == null ? null : membership.refuseCommit();
        if (refused != null || offsets.isEmpty()) {
            request.answer(refused);
            return request;
        }
        Member member = membership == null ? null : membership.member();
        CommitEntry.Sender sender = member == null
                ? new CommitEntry.Sender("", -1, owned)
                : new CommitEntry.Sender(member.id, leftUnawares(member) ? -1 : member.generation, owned);
        if (broker.isDown()) {
            broker.network.add(broker.in(RETRY_BACKOFF), () -> request.answer(new DisconnectException()));
            return request;
        }
        transmit(request, sender, group, broker.faults.commit(group, sender.member(), request.offsets));
        return request;
    }

    /** A member of the consumer protocol that left for want of polls sends its commits without an epoch. */
    private boolean leftUnawares(Member member) {
        return member.left && settings.protocol() == Coordinator.Protocol.CONSUMER;
    }

    private void transmit(Request request, CommitEntry.Sender sender, String group, Fate fate) {
        lastReached = Math.max(lastReached, broker.in(fate.underway().toNanos()));
        broker.network.add(lastReached, () -> request.reach(sender, group, fate));
        long answered = broker.in(fate.underway().plus(fate.answer()).toNanos());
        lastAnswered = fate.answered() ? Math.max(lastAnswered, Math.max(lastReached, answered)) : Agenda.NEVER;
        if (lastAnswered < Agenda.NEVER) {
            broker.network.add(lastAnswered, () -> request.answer(request.error));
        } else {
            broker.network.add(broker.in(settings.requestTimeout()), () -> timeOut(request));
        }
        broker.network.run(broker.now());
    }

    /** Kafka's client gives the connection up, and with it all that was sent on it. */
    private void timeOut(Request request) {
        if (!request.answered) {
            loseConnection();
        }
    }

    private void loseConnection() {
        lastReached = 0;
        lastAnswered = 0;
        new ArrayList<>(underway).forEach(request -> request.answer(new DisconnectException()));
    }

    void close() {
        broker.disconnect(onLoss);
    }

    /** Tells the application of what is answered. */
    void runCallbacks() {
        for (Request request = callbacks.poll(); request != null; request = callbacks.poll()) {
            request.call();
        }
    }
}

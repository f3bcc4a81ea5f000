package io.mika.test.fake;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
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
    private int underway;
    private int unreached;
    private long lastReached;
    private long lastAnswered;

    Commits(Broker broker, ConsumerSettings settings) {
        this.broker = broker;
        this.settings = settings;
    }

    /** One OffsetCommit request. */
    final class Request {
        private final Map<TopicPartition, OffsetAndMetadata> offsets;
        private final @Nullable OffsetCommitCallback callback;
        private final boolean async;
        private boolean reached;
        private boolean answered;
        private @Nullable RuntimeException error;
        private final Runnable disconnected = this::disconnect;

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

        private void disconnect() {
            answer(new DisconnectException());
        }

        private void begin() {
            underway++;
            unreached++;
        }

        private void reach(CommitEntry.Sender sender, String group, Fate fate) {
            if (reached) {
                return;
            }
            markReached();
            if (fate.applied()) {
                error = broker.group(group).commit(sender, offsets);
            }
            if (fate.error() != null) {
                error = fate.error();
            }
        }

        private void markReached() {
            if (!reached) {
                reached = true;
                unreached--;
            }
        }

        private void answer(@Nullable RuntimeException outcome) {
            if (answered) {
                return;
            }
            markReached();
            underway--;
            broker.forgetReconnect(disconnected);
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
        return underway == 0;
    }

    /** Whether the broker has all that was sent: only then what is sent later, a JoinGroup, reaches it. */
    boolean allReached() {
        return unreached == 0;
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
        request.begin();
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
            broker.network.add(broker.in(RETRY_BACKOFF), request.disconnected);
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
        if (fate.answered()) {
            lastAnswered = Math.max(
                    lastAnswered,
                    Math.max(
                            lastReached,
                            broker.in(fate.underway().plus(fate.answer()).toNanos())));
            broker.network.add(lastAnswered, () -> request.answer(request.error));
        } else {
            lastAnswered = Math.max(lastAnswered, broker.in(settings.requestTimeout()));
            broker.network.add(lastAnswered, request.disconnected);
        }
        broker.onReconnect(request.disconnected);
        broker.network.run(broker.now());
    }

    /** Tells the application of what is answered. */
    void runCallbacks() {
        for (Request request = callbacks.poll(); request != null; request = callbacks.poll()) {
            request.call();
        }
    }
}

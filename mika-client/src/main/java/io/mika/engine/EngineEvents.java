package io.mika.engine;

import io.mika.error.MikaException;
import io.mika.error.UnroutableFailureException;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.FailedRecord;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;
import io.mika.event.SkipReason;
import io.mika.event.StuckRecord;
import io.mika.failure.Destination;
import io.mika.failure.ReplayEvents;
import io.mika.record.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine tells: log lines, and the listeners' callbacks on the callback executor, with topic names as the
 * application knows them. <i>Thread-safe.</i> All of the engine's log lines are here.
 */
final class EngineEvents implements Destination.Listener, ReplayEvents {
    private static final Logger LOG = LoggerFactory.getLogger("io.mika.KafkaClient");

    /** So many may wait for a listener. */
    private static final int MOST_RECORD_EVENTS = 10_000;

    private final String clientId;
    private final String suffix;
    private final List<ClientListener> listeners;
    private final Executor callbacks;
    /** Events of single records that no callback thread has come to yet. */
    private final AtomicInteger recordEvents = new AtomicInteger();

    private final AtomicLong dropped = new AtomicLong();

    private final AtomicLong interceptorErrors = new AtomicLong();
    private final OutcomeLog outcomes;

    EngineEvents(String clientId, String suffix, List<ClientListener> listeners, Executor callbacks) {
        this.clientId = clientId;
        this.suffix = suffix;
        this.listeners = listeners;
        this.callbacks = callbacks;
        this.outcomes = new OutcomeLog(clientId, line -> LOG.warn("{}", line));
    }

    /** Once in a while: writes what was summed up. */
    void writeOutcomes(long now) {
        outcomes.write(now);
    }

    void started() {
        LOG.info("started client={}", clientId);
    }

    void assigned(Collection<TopicPartition> partitions) {
        LOG.info("assigned client={} partitions={}", clientId, partitions);
        Set<TopicPartition> named =
                Set.copyOf(partitions.stream().map(this::named).toList());
        tell(listener -> listener.onAssigned(named));
    }

    void revoked(Collection<TopicPartition> partitions, boolean drained) {
        LOG.info("revoked client={} partitions={} drained={}", clientId, partitions, drained);
        Set<TopicPartition> named =
                Set.copyOf(partitions.stream().map(this::named).toList());
        tell(listener -> listener.onRevoked(named));
    }

    void lost(Collection<TopicPartition> partitions) {
        LOG.warn("lost client={} partitions={} committed=nothing", clientId, partitions);
        Set<TopicPartition> named =
                Set.copyOf(partitions.stream().map(this::named).toList());
        tell(listener -> listener.onLost(named));
    }

    void rewound(TopicPartition partition, long from, long to) {
        LOG.warn("rewound client={} partition={} from={} to={}", clientId, partition, from, to);
        tell(listener -> listener.onRewound(named(partition), from, to));
    }

    void createdAgain(String topic) {
        LOG.warn(
                "a topic was deleted and created again, what was known of the old one counts no more client={} topic={}",
                clientId,
                topic);
    }

    void expired(TopicPartition partition, long from, long to) {
        LOG.warn("records expired client={} partition={} from={} to={}", clientId, partition, from, to);
        tell(listener -> listener.onRecordsExpired(named(partition), from, to));
    }

    void retried(Failure failure, Reason reason) {
        sumUp("retried", failure, reason);
        tellOfRecord(listener -> listener.onRetried(failedRecord(failure, reason)));
    }

    void deadLettered(Failure failure, Reason reason) {
        sumUp("dead-lettered", failure, reason);
        tellOfRecord(listener -> listener.onDeadLettered(failedRecord(failure, reason)));
    }

    private void sumUp(String kind, Failure failure, Reason reason) {
        outcomes.add(kind, failure.attempt().binding().topic(), () -> place(failure) + " " + reason.message());
    }

    private String place(Failure failure) {
        return name(failure.record().topic()) + "-" + failure.record().partition() + "@"
                + failure.record().offset();
    }

    private static FailedRecord failedRecord(Failure failure, Reason reason) {
        return new FailedRecord(
                failure.attempt().binding().topic(),
                failure.attempt().source(),
                failure.record().partition(),
                failure.record().offset(),
                failure.attempt().number(),
                reason.message(),
                Optional.ofNullable(reason.exceptionClass()));
    }

    void skipped(TopicPartition partition, SkipReason reason, int records) {
        LOG.debug("skipped client={} partition={} reason={} records={}", clientId, partition, reason, records);
        tell(listener -> listener.onSkipped(named(partition), reason, records));
    }

    @Override
    public void writeFailed(String topic, RuntimeException error) {
        LOG.warn("write failed, trying again client={} topic={} error=\"{}\"", clientId, topic, error.toString());
        tell(listener -> listener.onWriteFailed(name(topic), error));
    }

    void dlqPassCompleted() {
        LOG.info("dead letter queue pass completed client={}", clientId);
        tell(ClientListener::onDlqPassCompleted);
    }

    void unroutable(Failure failed, UnroutableFailureException failure) {
        outcomes.add("unroutable", failed.attempt().binding().topic(), () -> String.valueOf(failure.getMessage()));
        tell(listener -> listener.onUnroutable(failure));
    }

    void stuck(StuckRecord record) {
        LOG.warn(
                "stuck client={} partition={}-{} offset={} age={} thread={}{}",
                clientId,
                record.topic(),
                record.partition(),
                record.offset(),
                record.age(),
                record.thread().orElse("none"),
                record.retention().map(kept -> " deleted-after=" + kept).orElse(""));
        tell(listener -> listener.onStuck(record));
    }

    void outage(String topic, boolean on, int failures) {
        if (on) {
            LOG.warn("outage began client={} consumer={} failures={} acked=none", clientId, topic, failures);
            tell(listener -> listener.onOutageBegan(topic));
        } else {
            LOG.info("outage ended client={} consumer={} failures={}", clientId, topic, failures);
            tell(listener -> listener.onOutageEnded(topic));
        }
    }

    void setupDoubted(List<String> findings) {
        LOG.warn("start-up check client={} findings=\"{}\"", clientId, String.join("; ", findings));
    }

    void topicsMissing(Set<String> topics) {
        LOG.warn("topics do not exist yet client={} topics={}", clientId, new TreeSet<>(topics));
    }

    void noteNotRenewed(Throwable error) {
        LOG.debug("the note of what was replayed was not renewed client={} error=\"{}\"", clientId, error.toString());
    }

    @Override
    public void replayBegan(ReplayRequest request) {
        LOG.info("replay began client={} {}", clientId, request);
    }

    @Override
    public void replayEnded(ReplayReport report, String outcome) {
        LOG.info("replay over client={} outcome=\"{}\" {}", clientId, outcome, report);
    }

    @Override
    public void error(Throwable error) {
        LOG.warn("error client={} error=\"{}\"", clientId, error.toString());
        LOG.debug("error client={}", clientId, error);
        tell(listener -> listener.onError(error));
    }

    /** One that throws will often throw for every record. */
    void interceptorThrew(Throwable thrown) {
        long times = interceptorErrors.incrementAndGet();
        if (isTold(times)) {
            error(new MikaException("an interceptor threw, " + times + " times so far: " + thrown, thrown));
        }
    }

    /** The lanes stay dirty and the next commit has them. */
    void commitFailed(Throwable error) {
        LOG.warn("commit failed, trying again client={} error=\"{}\"", clientId, error.toString());
        tell(listener -> listener.onError(error));
    }

    /** Part of every rebalance: the next poll completes it, the next commit has everything. */
    void commitPostponed(Throwable error) {
        LOG.debug("commit postponed by a rebalance client={}", clientId, error);
    }

    void failed(Throwable cause) {
        LOG.error("closing after an error that cannot be mended client={}", clientId, cause);
    }

    void closed(CloseReport report) {
        outcomes.writeAll();
        LOG.info("closed client={} {}", clientId, report);
        tell(listener -> listener.onClosed(report));
    }

    /** The partition under the name that the application knows. */
    TopicPartition named(TopicPartition wire) {
        return new TopicPartition(name(wire.topic()), wire.partition());
    }

    String name(String wireTopic) {
        return wireTopic.endsWith(suffix) ? wireTopic.substring(0, wireTopic.length() - suffix.length()) : wireTopic;
    }

    /** One of possibly many: dropped while too many wait. */
    private void tellOfRecord(Consumer<ClientListener> event) {
        for (ClientListener listener : listeners) {
            if (recordEvents.incrementAndGet() > MOST_RECORD_EVENTS) {
                recordEvents.decrementAndGet();
                noteDropped();
                return;
            }
            onCallbacks(() -> {
                recordEvents.decrementAndGet();
                tell(listener, event);
            });
        }
    }

    private void noteDropped() {
        long so = dropped.incrementAndGet();
        if (isTold(so)) {
            LOG.warn("events dropped, the listeners are too slow client={} dropped={}", clientId, so);
        }
    }

    /** The first time, and each time that the number has doubled. */
    private static boolean isTold(long times) {
        return Long.bitCount(times) == 1;
    }

    private void tell(Consumer<ClientListener> event) {
        for (ClientListener listener : listeners) {
            onCallbacks(() -> tell(listener, event));
        }
    }

    private void onCallbacks(Runnable event) {
        try {
            callbacks.execute(event);
        } catch (RejectedExecutionException closed) {
            LOG.debug("event after the end client={}", clientId, closed);
        }
    }

    private void tell(ClientListener listener, Consumer<ClientListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException thrown) {
            LOG.warn("a listener threw client={}", clientId, thrown);
        }
    }
}

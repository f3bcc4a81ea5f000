package io.mika.cli.demo;

import io.mika.KafkaClient;
import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.event.CloseReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The clients of the demo's group, each with a consumer for every topic. A handler notes each record it is given and
 * settles it: most before it returns, one in four later. Owned by the thread that runs the demo; the handlers are not.
 */
final class Members implements AutoCloseable {
    static final String GROUP = "demo";
    static final String RETRY_TOPIC = "demo-retry";
    static final String DLQ_TOPIC = "demo-dlq";

    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Backoff BACKOFF =
            Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(1)).jitter(0.2);
    private static final int ONE_IN = 4;

    /** Members learn of a rebalance by heartbeats: with Kafka's 3 s, a short stream would wait for most of its time. */
    private static final int HEARTBEAT_MS = 500;

    private final String brokers;
    private final double failRate;
    private final Ledger ledger;
    private final LateSettling later = new LateSettling(this::settle);
    private final List<KafkaClient> open = new ArrayList<>();

    Members(String brokers, double failRate, Ledger ledger) {
        this.brokers = brokers;
        this.failRate = failRate;
        this.ledger = ledger;
        later.start();
    }

    /** The future completes when the client has joined the group. */
    CompletableFuture<Void> join() {
        KafkaClient.Builder builder = KafkaClient.builder(environment(brokers)::get)
                .group(GROUP)
                .retryTopic(RETRY_TOPIC)
                .dlqTopic(DLQ_TOPIC)
                .consumerProperty("heartbeat.interval.ms", HEARTBEAT_MS);
        for (String topic : Order.TOPICS) {
            builder.consumer(topic, Members::configure, this::handle);
        }
        KafkaClient client = builder.build();
        open.add(client);
        client.start();
        return client.ready();
    }

    private static void configure(ConsumerOptions options) {
        options.retries(Fate.RETRIES, BACKOFF).retryOn(IOException.class).useDlq();
    }

    /** Closes the client that joined first. */
    CompletableFuture<CloseReport> leaveFirst() {
        return open.remove(0).closeGracefully(DRAIN);
    }

    CompletableFuture<Void> leaveAll() {
        CompletableFuture<?>[] reports =
                open.stream().map(client -> client.closeGracefully(DRAIN)).toArray(CompletableFuture<?>[]::new);
        open.clear();
        return CompletableFuture.allOf(reports);
    }

    /** Throws when a client has closed by itself. */
    void check() throws InterruptedException {
        for (KafkaClient client : open) {
            if (client.isClosed()) {
                throw new IllegalStateException("A client closed by itself: " + client.awaitClosed());
            }
        }
    }

    int size() {
        return open.size();
    }

    @Override
    public void close() {
        open.forEach(KafkaClient::closeNow);
        later.close();
    }

    /** Not the environment of the process: the demo has a broker of its own. */
    static Map<String, String> environment(String brokers) {
        return Map.of("KAFKA_BROKERS", brokers, "KAFKA_CONSUMER_START_FROM", "earliest");
    }

    private void handle(Delivery delivery) throws InterruptedException {
        long id = Order.read(delivery.value()).id();
        ledger.seen(id, delivery.attempt());
        if (id / Order.TOPICS.size() % ONE_IN == 0) {
            later.settle(delivery);
        } else {
            settle(delivery);
        }
    }

    /** Where handlers have nothing else to note, they throw instead of calling {@code fail}. */
    private void settle(Delivery delivery) {
        long id = Order.read(delivery.value()).id();
        Optional<Exception> failure = Fate.of(id, failRate).failure(delivery.attempt());
        if (failure.isPresent()) {
            var unused = delivery.fail(failure.get()).thenAccept(settlement -> ledger.settled(id, settlement));
        } else {
            Settlement settlement = delivery.ack();
            ledger.settled(id, settlement);
        }
    }
}

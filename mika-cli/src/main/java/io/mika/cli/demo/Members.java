package io.mika.cli.demo;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The clients of the demo's group, each with a consumer for every topic. A handler notes each record it is given and
 * acks it: most before it returns, one in four later. Owned by the thread that runs the demo; the handlers are not.
 */
final class Members implements AutoCloseable {
    static final String GROUP = "demo";

    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final int ONE_IN = 4;

    /** Members learn of a rebalance by heartbeats: with Kafka's 3 s, a short stream would wait for most of its time. */
    private static final int HEARTBEAT_MS = 500;

    private final String brokers;
    private final Ledger ledger;
    private final LateAcks lateAcks = new LateAcks(this::settle);
    private final List<KafkaClient> open = new ArrayList<>();

    Members(String brokers, Ledger ledger) {
        this.brokers = brokers;
        this.ledger = ledger;
        lateAcks.start();
    }

    /** The future completes when the client has joined the group. */
    CompletableFuture<Void> join() {
        KafkaClient.Builder builder = KafkaClient.builder(environment(brokers)::get)
                .group(GROUP)
                .consumerProperty("heartbeat.interval.ms", HEARTBEAT_MS);
        for (String topic : Order.TOPICS) {
            builder.consumer(topic, this::handle);
        }
        KafkaClient client = builder.build();
        open.add(client);
        client.start();
        return client.ready();
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
        lateAcks.close();
    }

    /** Not the environment of the process: the demo has a broker of its own. */
    static Map<String, String> environment(String brokers) {
        return Map.of("KAFKA_BROKERS", brokers, "KAFKA_CONSUMER_START_FROM", "earliest");
    }

    private void handle(Delivery delivery) throws InterruptedException {
        long id = Order.read(delivery.value()).id();
        ledger.seen(id);
        if (id / Order.TOPICS.size() % ONE_IN == 0) {
            lateAcks.later(delivery);
        } else {
            settle(delivery);
        }
    }

    private void settle(Delivery delivery) {
        if (delivery.ack() == Settlement.ACKED) {
            ledger.acked(Order.read(delivery.value()).id());
        }
    }
}

package io.mika.it;

import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The client of {@link BudgetIT}, in a JVM of its own: handles large records slowly, with the default budget, and prints
 * how many bytes came over the network for each that was delivered.
 */
final class BudgetClient {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long SLOW_MILLIS = 250;

    private BudgetClient() {}

    /** Takes brokers, protocol, topic, group, and how many records there are. */
    public static void main(String[] args) {
        long records = Long.parseLong(args[4]);
        LongAdder handled = new LongAdder();
        LongAdder delivered = new LongAdder();
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(args[0])
                .groupProtocol(GroupProtocol.valueOf(args[1]))
                .group(args[3])
                .startFrom(StartPosition.earliest())
                .consumer(args[2], delivery -> {
                    byte[] value = delivery.value();
                    delivered.add(value == null ? 0 : value.length);
                    Thread.sleep(SLOW_MILLIS);
                    delivery.ack();
                    handled.increment();
                })
                .build()) {
            client.start();
            await().atMost(PATIENCE).until(() -> handled.sum() == records);
            System.out.println("fetched " + fetched(client) / delivered.doubleValue());
        }
    }

    private static double fetched(KafkaClient client) {
        return client.kafkaMetrics().entrySet().stream()
                .filter(each -> each.getKey().group().equals("consumer-metrics")
                        && each.getKey().name().equals("incoming-byte-total"))
                .mapToDouble(each -> (Double) each.getValue().metricValue())
                .sum();
    }
}

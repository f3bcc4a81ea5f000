package io.mika.benchmarks;

import io.mika.KafkaClient;
import io.mika.env.StartPosition;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One side of a comparison, in a JVM of its own that stays warm: reads {@code <brokers> <topic> <group> <records>} from
 * standard input, line by line, makes a pass over the topic for each, and answers with its {@link Pass}.
 */
final class Contestant {
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

    private static final int BATCH = 500;
    private static final Duration BATCH_WAIT = Duration.ofMillis(200);

    private Contestant() {}

    /** The order of one pass. */
    record Order(String brokers, String topic, String group, long records) {
        static Order parse(String line) {
            List<String> fields = List.of(line.trim().split(" "));
            return new Order(fields.get(0), fields.get(1), fields.get(2), Long.parseLong(fields.get(3)));
        }
    }

    private interface Side {
        Pass pass(Order order) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Side side = side(args[0]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            System.out.println(side.pass(Order.parse(line)).line());
        }
    }

    private static Side side(String name) {
        return switch (name) {
            case "mika" -> watched(builder -> {});
            case "mika-noop" -> watched(Watched::byNobody);
            case "mika-sdk" -> watched(Watched.bySdk());
            case "mika-micrometer" -> watched(Watched::byMicrometer);
            case "mika-batch" -> Contestant::batches;
            case "mika-slow" -> SlowSides::byPartition;
            case "mika-slow-key" -> SlowSides::byKey;
            case "mika-slow-none" -> SlowSides::unordered;
            case "pool" -> SlowSides::pool;
            case "serial" -> SlowSides::serial;
            case "bare" -> Contestant::bare;
            case "mika-dead-letters" -> DeadLetterSides::mika;
            case "pipelined" -> order -> DeadLetterSides.pipelined(order, null, false);
            case "pipelined-512k" -> order -> DeadLetterSides.pipelined(order, 512 * 1024, false);
            case "pipelined-512k-headers" -> order -> DeadLetterSides.pipelined(order, 512 * 1024, true);
            case "flushing" -> DeadLetterSides::flushing;
            case "spring" -> order -> SpringSide.deadLetters(order, true);
            case "spring-unverified" -> order -> SpringSide.deadLetters(order, false);
            default -> throw new IllegalArgumentException(name + " is no side of a comparison");
        };
    }

    private static Side watched(Consumer<KafkaClient.Builder> watch) {
        return order -> mika(order, watch);
    }

    /** The handler acks at once; the pass is from the first handler call to the last. */
    private static Pass mika(Order order, Consumer<KafkaClient.Builder> more) throws InterruptedException {
        Tally tally = new Tally(order.records());
        KafkaClient.Builder builder = builder(order).consumer(order.topic(), delivery -> {
            delivery.ack();
            tally.handled(delivery.record().partition());
        });
        more.accept(builder);
        return run(builder, tally);
    }

    /** The same in batches, as many as are there. */
    private static Pass batches(Order order) throws InterruptedException {
        Tally tally = new Tally(order.records());
        return run(
                builder(order).batchConsumer(order.topic(), options -> options.batch(BATCH, BATCH_WAIT), batch -> {
                    batch.ackAll();
                    batch.forEach(delivery -> tally.handled(delivery.record().partition()));
                }),
                tally);
    }

    private static KafkaClient.Builder builder(Order order) {
        return KafkaClient.builder(name -> null)
                .brokers(order.brokers())
                .group(order.group())
                .startFrom(StartPosition.earliest())
                .commitInterval(COMMIT_INTERVAL);
    }

    private static Pass run(KafkaClient.Builder builder, Tally tally) throws InterruptedException {
        KafkaClient client = builder.build();
        client.start();
        Pass pass = tally.await();
        client.close();
        return pass;
    }

    /** The loop that a careful programmer writes: polls, looks at each record, commits asynchronously. */
    private static Pass bare(Order order) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerProperties(order))) {
            consumer.subscribe(List.of(order.topic()));
            Pass.Meter meter = null;
            long seen = 0;
            long bytes = 0;
            long committedAt = System.nanoTime();
            while (seen < order.records()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (meter == null && !records.isEmpty()) {
                    meter = new Pass.Meter();
                }
                for (var record : records) {
                    bytes += record.value().length;
                    seen++;
                }
                if (System.nanoTime() - committedAt > COMMIT_INTERVAL.toNanos()) {
                    Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
                    consumer.commitAsync(next, null);
                    committedAt = System.nanoTime();
                }
            }
            if (meter == null || bytes == 0) {
                throw new IllegalStateException("the topic is empty");
            }
            return meter.end(seen);
        }
    }

    static Map<String, Object> consumerProperties(Order order) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", order.brokers());
        properties.put("group.id", order.group());
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", false);
        properties.put("max.poll.records", 5000);
        properties.put("key.deserializer", ByteArrayDeserializer.class);
        properties.put("value.deserializer", ByteArrayDeserializer.class);
        return properties;
    }
}

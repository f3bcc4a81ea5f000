package io.mika.benchmarks;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import io.mika.record.Origin;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How late a delayed retry comes: each record fails once and asks for a delay of its own, through a retry topic on a real
 * broker. No comparison: it says how exact delays are.
 */
@Command(
        name = "retry-delays",
        mixinStandardHelpOptions = true,
        description = "How long after it is due a retry is handed out")
public final class RetryDelays implements Callable<Integer> {
    private static final int RECORD_BYTES = 100;
    private static final int PARTITIONS = 6;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long PATIENCE_SECONDS = 300;

    @Option(
            names = "--records",
            defaultValue = "20000",
            description = "records, of which each fails once (${DEFAULT-VALUE})")
    private int records;

    @Option(names = "--warm", defaultValue = "5000", description = "records before, not counted (${DEFAULT-VALUE})")
    private int warm;

    @Option(names = "--rate", defaultValue = "1000", description = "records published a second (${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--shortest", defaultValue = "100", description = "shortest delay, in ms (${DEFAULT-VALUE})")
    private int shortest;

    @Option(names = "--longest", defaultValue = "20000", description = "longest delay, in ms (${DEFAULT-VALUE})")
    private int longest;

    @Option(names = "--seed", defaultValue = "1", description = "of the delays between these (${DEFAULT-VALUE})")
    private long seed;

    private final Map<Origin, Due> due = new ConcurrentHashMap<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final Queue<Long> late = new ConcurrentLinkedQueue<>();
    private int[] delays = {};
    private CountDownLatch left = new CountDownLatch(0);

    /** @param number of the failure, from 0 */
    private record Due(int number, long nanoTime) {}

    private RetryDelays() {}

    /** Runs the measurement. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new RetryDelays()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        delays = new Random(seed).ints(warm + records, shortest, longest + 1).toArray();
        left = new CountDownLatch(warm + records);
        try (TestBroker broker = TestBroker.builder().fullSpeed().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("delayed", PARTITIONS);
            try (KafkaClient client = KafkaClient.builder(name -> null)
                    .brokers(broker.bootstrapServers())
                    .group(kafka.group("delayed"))
                    .retryTopic(kafka.topic("delayed-retry", PARTITIONS))
                    .startFrom(StartPosition.earliest())
                    .consumer(topic, options -> options.retries(1), this::handle)
                    .build()) {
                client.start();
                publish(client, topic);
                if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(
                            left.getCount() + " of " + (warm + records) + " did not come again");
                }
            }
        }
        System.out.println(report());
        return 0;
    }

    private void publish(KafkaClient client, String topic) throws InterruptedException {
        long began = System.nanoTime();
        for (int i = 0; i < warm + records; i++) {
            long wait = began + i * TimeUnit.SECONDS.toNanos(1) / rate - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            var unused = client.publish(new ProducerRecord<>(topic, i % PARTITIONS, null, new byte[RECORD_BYTES]));
        }
    }

    private void handle(Delivery delivery) {
        long now = System.nanoTime();
        Origin origin = delivery.origin().orElseThrow();
        if (delivery.attempt() == 1) {
            int number = failed.getAndIncrement();
            due.put(origin, new Due(number, now + TimeUnit.MILLISECONDS.toNanos(delays[number])));
            var unused = delivery.retry(null, Duration.ofMillis(delays[number]));
            return;
        }
        Due expected = due.remove(origin);
        if (expected == null) {
            throw new IllegalStateException(delivery + " came again, and did not fail or came before");
        }
        if (expected.number >= warm) {
            late.add(now - expected.nanoTime);
        }
        delivery.ack();
        left.countDown();
    }

    private String report() {
        double[] sorted = late.stream()
                .mapToDouble(nanos -> nanos / NANOS_PER_MILLI)
                .sorted()
                .toArray();
        Spread spread = Spread.of(sorted);
        return String.format(
                "%,d retries, each with a delay of %d to %d ms, %,d failures a second%n  handed out so many ms after"
                        + " they were due: lowest %.1f, median %.1f, 99 of 100 within %.1f, highest %.1f",
                sorted.length,
                shortest,
                longest,
                rate,
                spread.min(),
                spread.median(),
                sorted[sorted.length * 99 / 100],
                spread.max());
    }
}

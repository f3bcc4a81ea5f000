package io.mika.benchmarks;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import io.mika.record.Origin;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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
            defaultValue = "10000",
            description = "records, of which each fails once (${DEFAULT-VALUE})")
    private int records;

    @Option(names = "--shortest", defaultValue = "100", description = "shortest delay, in ms (${DEFAULT-VALUE})")
    private int shortest;

    @Option(names = "--longest", defaultValue = "20000", description = "longest delay, in ms (${DEFAULT-VALUE})")
    private int longest;

    @Option(names = "--seed", defaultValue = "1", description = "of the delays between these (${DEFAULT-VALUE})")
    private long seed;

    private final Map<Origin, Long> due = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();

    private RetryDelays() {}

    /** Runs the measurement. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new RetryDelays()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        int[] delays = new Random(seed).ints(records, shortest, longest + 1).toArray();
        AtomicLongArray late = new AtomicLongArray(records);
        AtomicLong through = new AtomicLong();
        CountDownLatch left = new CountDownLatch(records);
        try (TestBroker broker = TestBroker.builder().fullSpeed().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("delayed", PARTITIONS);
            String retry = kafka.topic("delayed-retry", PARTITIONS);
            kafka.fill(topic, PARTITIONS, records, RECORD_BYTES);
            try (KafkaClient client = KafkaClient.builder(name -> null)
                    .brokers(broker.bootstrapServers())
                    .group(kafka.group("delayed"))
                    .retryTopic(retry)
                    .startFrom(StartPosition.earliest())
                    .consumer(topic, options -> options.retries(1), delivery -> {
                        if (delivery.attempt() == 1) {
                            retryLater(delivery, delays[(int) asked.getAndIncrement()]);
                        } else {
                            late.set((int) through.getAndIncrement(), System.nanoTime() - dueTime(delivery));
                            delivery.ack();
                            left.countDown();
                        }
                    })
                    .build()) {
                client.start();
                if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(left.getCount() + " of " + records + " did not come again");
                }
            }
        }
        System.out.println(report(late));
        return 0;
    }

    private void retryLater(Delivery delivery, int millis) {
        due.put(origin(delivery), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
        var unused = delivery.retry(null, Duration.ofMillis(millis));
    }

    private long dueTime(Delivery delivery) {
        Long time = due.remove(origin(delivery));
        if (time == null) {
            throw new IllegalStateException(delivery + " came again, and did not fail");
        }
        return time;
    }

    private static Origin origin(Delivery delivery) {
        return delivery.origin().orElseThrow();
    }

    private String report(AtomicLongArray late) {
        double[] sorted = new double[records];
        for (int i = 0; i < records; i++) {
            sorted[i] = late.get(i) / NANOS_PER_MILLI;
        }
        Arrays.sort(sorted);
        return String.format(
                "%,d retries, each with a delay of %d to %d ms%n  handed out so many ms after they were due:"
                        + " lowest %.1f, median %.1f, 99 of 100 within %.1f, highest %.1f",
                records,
                shortest,
                longest,
                sorted[0],
                sorted[records / 2],
                sorted[records * 99 / 100],
                sorted[records - 1]);
    }
}

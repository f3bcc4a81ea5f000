package io.mika.benchmarks;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * MiKa against a bare consumer, with a handler that acks at once or takes its time, or against itself without what is to be priced:
 * the same topic, alternating passes, each side warm in a JVM of its own. What counts is the ratio of the two passes of a
 * pair.
 */
@Command(
        name = "throughput",
        mixinStandardHelpOptions = true,
        description = "MiKa against a bare consumer loop, or one side of it against another")
public final class Throughput implements Callable<Integer> {
    private static final int RECORD_BYTES = 100;

    @Option(names = "--records", defaultValue = "1000000", description = "records in each topic (${DEFAULT-VALUE})")
    private long records;

    @Option(names = "--keys", defaultValue = "1000000", description = "distinct keys (${DEFAULT-VALUE})")
    private long keys;

    @Option(names = "--pairs", defaultValue = "7", description = "counted pairs of passes (${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--warm", defaultValue = "4", description = "pairs before, not counted (${DEFAULT-VALUE})")
    private int warm;

    @Option(names = "--partitions", split = ",", defaultValue = "6,1", description = "topics (${DEFAULT-VALUE})")
    private List<Integer> partitions = List.of();

    @Option(
            names = "--side",
            defaultValue = "mika",
            description = {
                "what is measured (${DEFAULT-VALUE}): mika, bare, mika-batch (500 at a time),",
                "mika-noop (traces and metrics, no SDK), mika-sdk (one that exports nothing),",
                "mika-micrometer (metrics in a registry); with handlers of 2 ms: mika-slow, serial (a thread for",
                "each partition), and 100 at once: mika-slow-key, mika-slow-none, pool"
            })
    private String side = "";

    @Option(names = "--against", defaultValue = "bare", description = "what by, of the same (${DEFAULT-VALUE})")
    private String against = "";

    private int passes;

    private Throughput() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Throughput()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        try (TestBroker broker = TestBroker.builder().fullSpeed().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            for (int count : partitions) {
                String topic = kafka.topic("throughput-" + count, count);
                kafka.fill(topic, count, records, RECORD_BYTES, keys);
                compare(broker.bootstrapServers(), topic, count);
            }
        }
        return 0;
    }

    private void compare(String brokers, String topic, int count) throws IOException {
        try (ContestantProcess ours = new ContestantProcess(side);
                ContestantProcess theirs = new ContestantProcess(against)) {
            List<Pass> ourPasses = new ArrayList<>();
            List<Pass> theirPasses = new ArrayList<>();
            for (int pair = 0; pair < warm + pairs; pair++) {
                Pass our = pass(ours, brokers, topic);
                Pass their = pass(theirs, brokers, topic);
                if (pair >= warm) {
                    ourPasses.add(our);
                    theirPasses.add(their);
                }
            }
            System.out.println(report(count, ourPasses, theirPasses));
        }
    }

    private Pass pass(ContestantProcess contestant, String brokers, String topic) throws IOException {
        passes++;
        return contestant.pass(brokers, topic, "pass-" + passes, records);
    }

    private String report(int count, List<Pass> ours, List<Pass> theirs) {
        Spread ratio = Spread.ofRatios(ours, theirs, Pass::perSecond);
        return String.format(
                "%d partition(s), %,d records of %d bytes, %d pairs%n  %s/%s %s%n  %s%n  %s",
                count, records, RECORD_BYTES, pairs, side, against, ratio, line(side, ours), line(against, theirs));
    }

    static String line(String side, List<Pass> passes) {
        return String.format(
                "%s: %,.0f records/s (median), CPU %.0f ns/record, %.0f bytes allocated/record",
                side,
                median(passes, Pass::perSecond),
                median(passes, Pass::cpuNanosPerRecord),
                median(passes, Pass::bytesPerRecord));
    }

    private static double median(List<Pass> passes, ToDoubleFunction<Pass> figure) {
        return Spread.of(passes.stream().mapToDouble(figure).toArray()).median();
    }
}

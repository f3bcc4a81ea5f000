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
 * MiKa with a handler that acks at once, against a bare consumer loop: the same topic, alternating passes, each side
 * warm in a JVM of its own. What counts is the ratio of the two passes of a pair.
 */
@Command(name = "throughput", mixinStandardHelpOptions = true, description = "MiKa against a bare consumer loop")
public final class Throughput implements Callable<Integer> {
    private static final int RECORD_BYTES = 100;

    @Option(names = "--records", defaultValue = "1000000", description = "records in each topic (${DEFAULT-VALUE})")
    private long records;

    @Option(names = "--pairs", defaultValue = "7", description = "counted pairs of passes (${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--warm", defaultValue = "4", description = "pairs before, not counted (${DEFAULT-VALUE})")
    private int warm;

    @Option(names = "--partitions", split = ",", defaultValue = "6,1", description = "topics (${DEFAULT-VALUE})")
    private List<Integer> partitions = List.of();

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
                kafka.fill(topic, count, records, RECORD_BYTES);
                compare(broker.bootstrapServers(), topic, count);
            }
        }
        return 0;
    }

    private void compare(String brokers, String topic, int count) throws IOException {
        try (ContestantProcess mika = new ContestantProcess("mika");
                ContestantProcess bare = new ContestantProcess("bare")) {
            List<Pass> mikas = new ArrayList<>();
            List<Pass> bares = new ArrayList<>();
            for (int pair = 0; pair < warm + pairs; pair++) {
                Pass ours = pass(mika, brokers, topic);
                Pass theirs = pass(bare, brokers, topic);
                if (pair >= warm) {
                    mikas.add(ours);
                    bares.add(theirs);
                }
            }
            System.out.println(report(count, mikas, bares));
        }
    }

    private Pass pass(ContestantProcess side, String brokers, String topic) throws IOException {
        passes++;
        return side.pass(brokers, topic, "pass-" + passes, records);
    }

    private String report(int count, List<Pass> mikas, List<Pass> bares) {
        Spread ratio = Spread.ofRatios(mikas, bares, Pass::perSecond);
        return String.format(
                "%d partition(s), %,d records of %d bytes, %d pairs%n  mika/bare %s%n  %s%n  %s",
                count, records, RECORD_BYTES, pairs, ratio, line("mika", mikas), line("bare", bares));
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

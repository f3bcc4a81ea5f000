package io.mika.benchmarks;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Every record goes to the dead letter queue: MiKa against bare clients that do the same. The sides take turns, each warm
 * in a JVM of its own; what counts is the ratio to each other side within a round.
 */
@Command(
        name = "dead-lettering",
        mixinStandardHelpOptions = true,
        description = "MiKa's failure path against bare ones")
public final class DeadLettering implements Callable<Integer> {
    private static final int RECORD_BYTES = 100;
    private static final int PARTITIONS = 6;

    @Option(names = "--records", defaultValue = "1000000", description = "records that fail (${DEFAULT-VALUE})")
    private long records;

    @Option(names = "--rounds", defaultValue = "7", description = "counted rounds (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--warm", defaultValue = "2", description = "rounds before, not counted (${DEFAULT-VALUE})")
    private int warm;

    @Option(
            names = "--against",
            split = ",",
            defaultValue = "pipelined,pipelined-512k,pipelined-512k-headers,flushing",
            description = "the other sides (${DEFAULT-VALUE})")
    private List<String> against = List.of();

    private int passes;

    private DeadLettering() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new DeadLettering()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Map<String, ContestantProcess> sides = new LinkedHashMap<>();
        Map<String, List<Pass>> counted = new LinkedHashMap<>();
        try (TestBroker broker = TestBroker.builder().fullSpeed().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("failing", PARTITIONS);
            kafka.fill(topic, PARTITIONS, records, RECORD_BYTES);
            sides.put("mika", new ContestantProcess("mika-dead-letters"));
            for (String other : against) {
                sides.put(other, new ContestantProcess(other));
            }
            for (int round = 0; round < warm + rounds; round++) {
                for (var side : sides.entrySet()) {
                    Pass pass = pass(kafka, broker.bootstrapServers(), topic, side.getValue());
                    if (round >= warm) {
                        counted.computeIfAbsent(side.getKey(), missing -> new ArrayList<>())
                                .add(pass);
                    }
                }
            }
        } finally {
            sides.values().forEach(ContestantProcess::close);
        }
        System.out.println(report(counted));
        return 0;
    }

    private Pass pass(KafkaFixture kafka, String brokers, String topic, ContestantProcess side) throws Exception {
        passes++;
        String group = "pass-" + passes;
        String dlq = group + "-dlq";
        kafka.create(new NewTopic(dlq, PARTITIONS, (short) 1));
        Pass pass = side.pass(brokers, topic, group, records);
        kafka.admin().deleteTopics(List.of(dlq)).all().get();
        return pass;
    }

    private String report(Map<String, List<Pass>> counted) {
        StringBuilder report = new StringBuilder(String.format(
                "%,d records of %d bytes to the dead letter queue, %d partitions, %d rounds%n",
                records, RECORD_BYTES, PARTITIONS, rounds));
        List<Pass> mika = counted.getOrDefault("mika", List.of());
        counted.forEach((side, passes) -> {
            if (!side.equals("mika")) {
                report.append(String.format("  mika/%s %s%n", side, Spread.ofRatios(mika, passes, Pass::perSecond)));
            }
        });
        counted.forEach((side, passes) ->
                report.append("  ").append(Throughput.line(side, passes)).append(System.lineSeparator()));
        return report.toString();
    }
}

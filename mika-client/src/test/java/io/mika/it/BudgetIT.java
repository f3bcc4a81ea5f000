package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.env.GroupProtocol;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records of 1 MiB in a hundred partitions, with slow handlers, in a heap of 512 MiB and the default budget. */
@Tag("campaign")
@WithBroker
class BudgetIT {
    private static final int PARTITIONS = 100;
    private static final int RECORDS = 1_000;
    private static final int SIZE = 1_000_000;

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aGibibyteIsHandledInHalfOfIt(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("large", PARTITIONS);
        kafka.fill(topic, PARTITIONS, RECORDS, SIZE);
        Process client = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BudgetClient.class.getName(),
                        kafka.bootstrapServers(),
                        protocol.name(),
                        topic,
                        kafka.group("large"),
                        Integer.toString(RECORDS)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isZero();
            assertThat(output).startsWith("fetched ");
            double fetched = Double.parseDouble(output.trim().substring("fetched ".length()));
            System.out.println(protocol + ": fetched " + fetched + " times what was delivered");
            assertThat(fetched).as("bytes fetched for each delivered").isBetween(0.9, 1.5);
        } finally {
            client.destroyForcibly();
        }
    }
}

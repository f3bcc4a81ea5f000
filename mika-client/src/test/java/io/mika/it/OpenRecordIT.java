package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.env.GroupProtocol;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One record stays open while others pass, on its own partition and on another, in a JVM with a small heap. */
@WithBroker
class OpenRecordIT {
    private static final int PARTITIONS = 2;

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void oneOpenRecordHoldsUpNothingElse(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        passBy(protocol, kafka, 200_000, 0);
    }

    @Tag("campaign")
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void oneRecordOpenForAMinuteHoldsUpNothingElse(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        passBy(protocol, kafka, 1_000_000, 60);
    }

    private static void passBy(GroupProtocol protocol, KafkaFixture kafka, int records, int seconds) throws Exception {
        String topic = kafka.topic("passing", PARTITIONS);
        String group = kafka.group("passing");
        kafka.fill(topic, PARTITIONS, records, 100);
        Process client = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenRecordClient.class.getName(),
                        kafka.bootstrapServers(),
                        protocol.name(),
                        topic,
                        group,
                        Integer.toString(records),
                        Integer.toString(seconds)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("held at " + OpenRecordClient.OPEN + "\n");
            assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            client.destroyForcibly();
        }
        assertThat(kafka.committedOffsets(group))
                .containsEntry(new TopicPartition(topic, 0), (long) records / PARTITIONS);
    }
}

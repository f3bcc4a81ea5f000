package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;

/** The example of docs/fake-broker.md, compiled and run. */
class FakeBrokerPageTest {

    private static final List<String> LOG = new ArrayList<>();

    @Test
    void theExampleDoesWhatItSays() {
        // example
        VirtualClock clock = new VirtualClock();
        ScriptedFaults faults = new ScriptedFaults();
        FakeKafka kafka = new FakeKafka(clock).createTopic("orders", 2).faults(faults);
        TopicPartition first = new TopicPartition("orders", 0);
        kafka.group("billing").reset(first, new OffsetAndMetadata(0));
        kafka.group("billing").reset(new TopicPartition("orders", 1), new OffsetAndMetadata(0));

        Consumer<byte[], byte[]> consumer = kafka.consumer("billing");
        consumer.subscribe(List.of("orders"));
        kafka.partition(first).append("key", "value");
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));

        faults.nextCommit(Fate.failedThoughApplied(new DisconnectException()));
        consumer.commitAsync(
                records.nextOffsets(),
                (offsets, error) -> LOG.add(error.getClass().getSimpleName()));
        consumer.poll(Duration.ofMillis(100));

        assertThat(LOG).containsExactly("RetriableCommitFailedException");
        assertThat(kafka.group("billing").committed(first)).contains(new OffsetAndMetadata(1, Optional.of(0), ""));
        // end
    }

    @Test
    void thePageShowsTheExampleAsItStandsHere() throws IOException {
        Path test = Path.of("src/test/java/io/mika/test/fake/FakeBrokerPageTest.java");
        String source = Files.readString(test).split("// example\n", 2)[1].split(" *// end", 2)[0];

        String page = Files.readString(Path.of("../docs/fake-broker.md"));

        assertThat(page.replaceAll("\\s+", " ").contains(source.strip().replaceAll("\\s+", " ")))
                .isTrue();
    }
}

package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members that come, go, die and rebalance at random moments, on a broker on which everything may fail. */
class FakeChaosTest {

    private static final int SEEDS = 200;
    private static final int STEPS = 300;
    private static final int PARTITIONS = 5;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void noPartitionIsOwnedTwiceAndInTheEndAllIsOwnedAndRead(int protocol) {
        for (int seed = 0; seed < SEEDS; seed++) {
            new Run(seed, FakeGroupTest.protocols().get(protocol)).play();
        }
    }

    @Test
    void aSeedGivesTheSameRunEachTime() {
        for (int seed = 0; seed < 20; seed++) {
            Map<String, Object> protocol = FakeGroupTest.protocols().get(seed % 3);
            assertThat(new Run(seed, protocol).play()).isEqualTo(new Run(seed, protocol).play());
        }
    }

    private static final class Run implements Faults {
        private final String name;
        private final Random random;
        private final Map<String, Object> protocol;
        private final VirtualClock clock = new VirtualClock();
        private final FakeKafka kafka =
                new FakeKafka(clock).createTopic("orders", PARTITIONS).faults(this);
        private final List<Reader> readers = new ArrayList<>();
        private final Map<TopicPartition, Long> read = new TreeMap<>(Topics.ORDER);
        private final List<String> trace = new ArrayList<>();
        private boolean calm;

        Run(int seed, Map<String, Object> protocol) {
            this.name = protocol + " seed " + seed;
            this.random = new Random(seed);
            this.protocol = protocol;
            for (int number = 0; number < PARTITIONS; number++) {
                kafka.group("g").reset(new TopicPartition("orders", number), new OffsetAndMetadata(0));
            }
        }

        List<String> play() {
            for (int i = 0; i < STEPS; i++) {
                step();
                kafka.runDue();
                assertOwnedOnce();
            }
            calm = true;
            kafka.up();
            kafka.reconnect();
            if (readers.isEmpty()) {
                join();
            }
            for (int i = 0; i < 100; i++) {
                clock.advance(Duration.ofSeconds(1));
                readers.forEach(this::poll);
            }
            assertAllOwnedAndRead();
            kafka.group("g").commits().forEach(entry -> trace.add(entry.toString()));
            readers.forEach(reader -> trace.addAll(reader.told));
            return trace;
        }

        private void step() {
            TopicPartition partition = new TopicPartition("orders", random.nextInt(PARTITIONS));
            switch (random.nextInt(20)) {
                case 0 -> join();
                case 1 -> leave();
                case 2 -> kafka.partition(partition).appendGap(1 + random.nextInt(3));
                case 3 -> kafka.partition(partition).electLeader();
                case 4 -> kafka.group("g").rebalance();
                case 5 -> clock.advance(Duration.ofSeconds(random.nextInt(60)));
                case 6 -> {
                    kafka.down();
                    clock.advance(Duration.ofMillis(random.nextInt(500)));
                    kafka.up();
                }
                case 7 ->
                    List.copyOf(kafka.group("g").members().keySet()).stream()
                            .findFirst()
                            .ifPresent(kafka.group("g")::expire);
                case 8, 9, 10 -> kafka.partition(partition).append(null, "record");
                default -> {
                    if (!readers.isEmpty()) {
                        poll(readers.get(random.nextInt(readers.size())));
                    }
                }
            }
        }

        private void join() {
            if (readers.size() < 4) {
                readers.add(new Reader(kafka.consumer("g", protocol)).subscribe("orders"));
            }
        }

        private void leave() {
            if (!readers.isEmpty()) {
                Reader leaver = readers.remove(random.nextInt(readers.size()));
                if (random.nextBoolean()) {
                    leaver.consumer.close();
                } else {
                    kafka.crash(leaver.consumer);
                }
            }
        }

        private void poll(Reader reader) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : reader.consumer.poll(Duration.ofMillis(10))) {
                    trace.add(clock.nanos() + " " + reader.member() + " " + record.partition() + "@" + record.offset());
                    read.merge(new TopicPartition("orders", record.partition()), record.offset(), Math::max);
                }
                reader.consumer.commitAsync(
                        reader.consumer.assignment().stream()
                                .collect(java.util.stream.Collectors.toMap(
                                        partition -> partition,
                                        partition -> new OffsetAndMetadata(reader.consumer.position(partition)))),
                        (offsets, error) -> trace.add(clock.nanos() + " " + (error == null ? "ok" : error.getClass())));
            } catch (OffsetOutOfRangeException e) {
                throw new AssertionError(name, e);
            } catch (KafkaException e) {
                trace.add(e.toString());
            }
        }

        @Override
        public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
            return switch (calm ? 9 : random.nextInt(10)) {
                case 0 -> Fate.failed(new DisconnectException());
                case 1 -> Fate.failedThoughApplied(new DisconnectException());
                case 2 -> Fate.late(Duration.ofMillis(random.nextInt(1000)));
                case 3 -> Fate.unanswered();
                case 4 -> Fate.lost();
                default -> Fate.OK;
            };
        }

        @Override
        public int fetch(String member, TopicPartition partition, int room) {
            return calm ? room : random.nextInt(3);
        }

        @Override
        public boolean heartbeat(String member) {
            return calm || random.nextInt(3) > 0;
        }

        private void assertOwnedOnce() {
            List<TopicPartition> owned = new ArrayList<>();
            for (Set<TopicPartition> of : kafka.group("g").members().values()) {
                owned.addAll(of);
            }
            assertThat(owned).as(name).doesNotHaveDuplicates();
        }

        private void assertAllOwnedAndRead() {
            List<TopicPartition> owned = new ArrayList<>();
            readers.forEach(reader -> owned.addAll(reader.consumer.assignment()));
            assertThat(owned).as(name).hasSize(PARTITIONS).doesNotHaveDuplicates();
            for (Reader reader : readers) {
                assertThat(reader.consumer.assignment().size())
                        .as(name)
                        .isBetween(PARTITIONS / readers.size(), (PARTITIONS + readers.size() - 1) / readers.size());
                for (TopicPartition partition : reader.consumer.assignment()) {
                    FakePartition log = kafka.partition(partition);
                    assertThat(reader.consumer.position(partition)).as(name).isEqualTo(log.end());
                    log.records().stream()
                            .mapToLong(ConsumerRecord::offset)
                            .max()
                            .ifPresent(last -> assertThat(read).as(name).containsEntry(partition, last));
                }
            }
        }
    }
}

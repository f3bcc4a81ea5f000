package io.mika.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.consumer.TopicConsumer;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import io.mika.error.UnroutableFailureException;
import io.mika.event.AbandonedRecord;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MikaTesterTest {
    private final Inbox inbox = new Inbox();

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatIsAckedIsCommitted(GroupProtocol protocol) {
        MikaTester tester = MikaTester.builder()
                .groupProtocol(protocol)
                .consumer("orders", Delivery::ack)
                .start();
        tester.publish("orders", "key", "value");

        tester.runUntilIdle();

        assertThat(tester.committed("orders", 0)).hasValue(1);
    }

    @Test
    void whatIsOpenHoldsTheCommitBack() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        tester.publish("orders", null, "a");
        tester.publish("orders", null, "b");
        tester.publish("orders", null, "c");
        tester.runUntilIdle();

        inbox.ack("a");
        inbox.ack("c");
        tester.runUntilIdle();
        assertThat(tester.committed("orders", 0)).hasValue(1);

        inbox.ack("b");
        tester.runUntilIdle();
        assertThat(tester.committed("orders", 0)).hasValue(3);
    }

    @Test
    void keysDecideThePartition() {
        MikaTester tester = MikaTester.builder()
                .topic("orders", 8)
                .consumer("orders", inbox)
                .start();

        int partition = tester.publish("orders", "key", "a").partition();

        assertThat(tester.publish("orders", "key", "b").partition()).isEqualTo(partition);
        tester.runUntilIdle();
        assertThat(inbox.delivery("b").record().partition()).isEqualTo(partition);
    }

    @Test
    void aRecordWithHeadersAndTimestampArrivesAsItIs() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("orders", 0, 42L, null, new byte[] {'v'});
        record.headers().add("trace", new byte[] {'t'});

        tester.publish(record);
        tester.runUntilIdle();

        assertThat(inbox.delivery("v").header("trace")).hasValue("t");
        assertThat(inbox.delivery("v").record().timestamp()).isEqualTo(42);
    }

    @Test
    void aHandlersExceptionIsAmongTheErrorsAndTheDeliveryOpen() {
        IllegalStateException reason = new IllegalStateException("no such customer");
        MikaTester tester = MikaTester.builder()
                .consumer("orders", delivery -> {
                    throw reason;
                })
                .start();
        tester.publish("orders", "key", "value");

        tester.runUntilIdle();

        assertThat(tester.errors())
                .singleElement()
                .isInstanceOf(UnroutableFailureException.class)
                .returns(reason, Throwable::getCause);
        assertThat(tester.committed("orders", 0)).hasValue(0);
    }

    @Test
    void anAssertionThatFailsInAHandlerFailsTheTest() {
        MikaTester tester = MikaTester.builder()
                .consumer("orders", delivery -> {
                    throw new AssertionError("expected 1");
                })
                .start();
        tester.publish("orders", "key", "value");

        assertThatThrownBy(tester::runUntilIdle)
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected 1");
    }

    @Test
    void whatAListenerThrowsFailsTheTest() {
        MikaTester.Builder builder = MikaTester.builder()
                .consumer("orders", inbox)
                .listener(new ClientListener() {
                    @Override
                    public void onAssigned(Set<TopicPartition> partitions) {
                        throw new IllegalStateException("listener");
                    }
                });

        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("listener");
    }

    @Test
    void aHandlerThatTakesAWhileKeepsNobodyElseWaiting() {
        List<String> order = new ArrayList<>();
        List<MikaTester> tester = new ArrayList<>();
        tester.add(MikaTester.builder()
                .consumer("slow", delivery -> {
                    tester.get(0).advance(Duration.ofMinutes(1));
                    order.add("slow");
                    delivery.ack();
                })
                .consumer("quick", delivery -> {
                    order.add("quick");
                    delivery.ack();
                })
                .start());
        Instant before = tester.get(0).now();
        tester.get(0).publish("slow", null, "1");
        tester.get(0).publish("quick", null, "2");

        tester.get(0).runUntilIdle();

        assertThat(order).containsExactly("quick", "slow");
        assertThat(tester.get(0).now()).isEqualTo(before.plusSeconds(60));
        assertThat(tester.get(0).committed("slow", 0)).hasValue(1);
    }

    @Test
    void theFutureOfAFailureCompletes() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        tester.publish("orders", null, "a");
        tester.runUntilIdle();

        CompletableFuture<Settlement> failed = inbox.delivery("a").fail("no such customer");
        assertThat(failed).isNotDone();
        tester.runUntilIdle();

        assertThat(failed).isCompletedExceptionally();
    }

    @Test
    void closeDrainsWhatIsOpen() {
        List<MikaTester> tester = new ArrayList<>();
        tester.add(MikaTester.builder()
                .consumer("orders", delivery -> {
                    tester.get(0).advance(Duration.ofSeconds(3));
                    delivery.ack();
                })
                .start());
        tester.get(0).publish("orders", null, "a");
        CompletableFuture<CloseReport> closed = tester.get(0).closeGracefully(Duration.ofSeconds(10));

        tester.get(0).runUntilIdle();

        assertThat(closed).isCompletedWithValueMatching(CloseReport::drained);
    }

    @Test
    void closeReportsWhatWasNotSettledInTime() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        tester.publish("orders", null, "a");
        tester.publish("orders", null, "b");
        tester.runUntilIdle();
        inbox.ack("a");

        CloseReport report = tester.close(Duration.ofSeconds(10));

        assertThat(report.drained()).isFalse();
        assertThat(report.abandoned()).extracting(AbandonedRecord::offset).containsExactly(1L);
        assertThat(report.lastCommits()).containsEntry(new TopicPartition("orders", 0), 1L);
        assertThat(report.leftGroup()).isTrue();
        assertThat(inbox.ack("b")).isEqualTo(Settlement.NOT_OWNED);
        tester.close();
    }

    @Test
    void closeInAHandlerReturnsAtOnce() {
        List<CloseReport> reports = new ArrayList<>();
        List<MikaTester> tester = new ArrayList<>();
        tester.add(MikaTester.builder()
                .consumer("orders", delivery -> {
                    reports.add(tester.get(0).close(Duration.ofSeconds(5)));
                    delivery.ack();
                })
                .start());
        tester.get(0).publish("orders", null, "a");

        tester.get(0).advance(Duration.ofSeconds(5));

        assertThat(reports).singleElement().returns(false, CloseReport::isFinal);
        assertThat(tester.get(0).closed()).isCompletedWithValueMatching(CloseReport::drained);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void anotherClientSharesThePartitions(GroupProtocol protocol) {
        MikaTester first = MikaTester.builder()
                .groupProtocol(protocol)
                .topic("orders", 4)
                .consumer("orders", Delivery::ack)
                .start();

        MikaTester second = first.another();

        assertThat(first.kafka().group("test").members().values())
                .extracting(Set::size)
                .containsExactly(2, 2);
        for (int partition = 0; partition < 4; partition++) {
            second.publish(new ProducerRecord<>("orders", partition, null, new byte[] {1}));
        }
        second.runUntilIdle();
        for (int partition = 0; partition < 4; partition++) {
            assertThat(first.committed("orders", partition)).hasValue(1);
        }
    }

    @Test
    void whatAKilledClientHadOpenComesToAnother() {
        MikaTester first = MikaTester.builder().consumer("orders", inbox).start();
        first.publish("orders", null, "a");
        first.publish("orders", null, "b");
        first.runUntilIdle();
        inbox.ack("a");
        first.runUntilIdle();

        first.kill();
        inbox.clear();
        MikaTester second = first.another();
        second.advance(Duration.ofMinutes(1));

        assertThat(inbox.values).containsExactly("b");
    }

    @Test
    void aClientWithoutAGroupReadsEverythingAndCommitsNothing() {
        MikaTester tester = MikaTester.builder()
                .withoutGroup()
                .topic("orders", 2)
                .consumer("orders", inbox)
                .start();
        tester.publish(new ProducerRecord<>("orders", 0, null, new byte[] {'a'}));
        tester.publish(new ProducerRecord<>("orders", 1, null, new byte[] {'b'}));

        tester.runUntilIdle();
        inbox.ackAll();
        tester.advance(Duration.ofMinutes(1));

        assertThat(inbox.values).containsExactlyInAnyOrder("a", "b");
        assertThat(tester.committed("orders", 0)).isEmpty();
    }

    @Test
    void aTopicMayAppearLater() {
        MikaTester tester = MikaTester.builder()
                .topic("orders", 0)
                .startFrom(StartPosition.latest())
                .consumer("orders", inbox)
                .start();

        tester.publish("orders", null, "a");
        tester.advance(Duration.ofSeconds(10));

        assertThat(inbox.values).containsExactly("a");
    }

    @Test
    void publishWaitsForTheBroker() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        tester.kafka().faults(new ScriptedFaults().nextProduce(Fate.late(Duration.ofSeconds(2))));

        tester.publish("orders", null, "a");

        assertThat(tester.now()).isEqualTo(Instant.parse("2026-01-01T00:00:02Z"));
    }

    @Test
    void whatTheBrokerRefusesIsThrown() {
        MikaTester tester = MikaTester.builder().consumer("orders", inbox).start();
        tester.kafka().faults(new ScriptedFaults().nextProduce(Fate.failed(new TimeoutException("expired"))));

        assertThatThrownBy(() -> tester.publish("orders", null, "a"))
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void topicsOfOthersCanBeRead() {
        MikaTester tester =
                MikaTester.builder().topic("mails", 3).consumer("orders", inbox).start();

        tester.publish("mails", "k", "v");

        assertThat(tester.records("mails"))
                .singleElement()
                .extracting(ConsumerRecord::value)
                .extracting(Inbox::text)
                .isEqualTo("v");
        assertThat(tester.records("elsewhere")).isEmpty();
    }

    @Test
    void aConsumerMayBeAnObject() {
        TopicConsumer consumer = new TopicConsumer() {
            @Override
            public String topic() {
                return "orders";
            }

            @Override
            public void consume(Delivery delivery) {
                delivery.ack();
            }
        };
        MikaTester tester = MikaTester.builder().consumer(consumer).start();

        tester.publish("orders", null, "a");
        tester.runUntilIdle();

        assertThat(tester.committed("orders", 0)).hasValue(1);
    }

    @Test
    void wrongOptionsAreReported() {
        MikaTester.Builder builder = MikaTester.builder()
                .consumer("orders", options -> options.maxInFlight(0), inbox)
                .consumer("orders", inbox);

        assertThatThrownBy(builder::start)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maxInFlight")
                .hasMessageContaining("registered twice");
    }

    @Test
    void aHandlerThatKeepsItselfBusyIsFoundOut() {
        List<MikaTester> tester = new ArrayList<>();
        tester.add(MikaTester.builder()
                .consumer("orders", delivery -> {
                    Objects.requireNonNull(tester.get(0)).publish("orders", null, "again");
                    delivery.ack();
                })
                .start());
        tester.get(0).publish("orders", null, "a");

        assertThatThrownBy(tester.get(0)::runUntilIdle)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("publish to its own topic");
    }
}

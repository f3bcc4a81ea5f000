package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.engine.Limits;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.test.EngineDoors;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 8 and 9: how much is held, and what is paused. */
class FlowTest {
    private static final long MIB = 1024 * 1024;

    private static Scene holding(int partitions, Limits limits) {
        return new Scene(plan -> EngineDoors.limits(
                        plan.topic("orders", partitions).consumerProperty("max.poll.records", 2), limits))
                .holds(offset -> true);
    }

    // ---- rule 8

    @Test
    void aFullPartitionIsPausedAndNoOther() {
        Scene scene = holding(2, new Limits(10, MIB, 1000, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        assertThat(scene.handed()).hasSizeBetween(10, 11);
        assertThat(scene.calls.behind().paused()).containsExactly(ORDERS);

        scene.holds(offset -> false).publish(ORDERS_1, 100).seconds(5);
        assertThat(scene.handed(ORDERS_1)).hasSize(100);
        assertThat(scene.handed()).hasSizeBetween(10, 11);
    }

    @Test
    void aFullPartitionGoesOnWhenHalfOfItIsSettled() {
        Scene scene = holding(1, new Limits(10, MIB, 1000, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        assertThat(scene.handed()).hasSize(10);

        List.copyOf(scene.deliveries).subList(0, 4).forEach(Delivery::ack);
        scene.seconds(5);
        assertThat(scene.handed()).hasSize(10);

        scene.deliveries.get(4).ack();
        scene.seconds(5);
        assertThat(scene.handed()).hasSize(16);
    }

    @Test
    void aPartitionIsFullOfBytesToo() {
        Scene scene = holding(1, new Limits(1000, 1000, 1000, MIB, 2, MIB)).publish(100);

        scene.seconds(5);

        assertThat(scene.handed()).hasSizeLessThan(20);
        assertThat(scene.calls.behind().paused()).containsExactly(ORDERS);
    }

    @Test
    void aFullClientLeavesEveryPartitionItsShare() {
        Scene scene = holding(4, new Limits(100, MIB, 16, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        assertThat(scene.handed()).hasSizeBetween(16, 17);

        for (int partition = 1; partition < 4; partition++) {
            scene.publish(new TopicPartition("orders", partition), 100);
        }
        scene.seconds(5);
        for (int partition = 1; partition < 4; partition++) {
            assertThat(scene.handed(new TopicPartition("orders", partition))).hasSizeBetween(2, 4);
        }
    }

    // ---- rule 9

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aNewPartitionIsPausedBeforeTheFirstFetch(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol).startFrom(StartPosition.latest())).publish(4);
        List<TopicPartition> fetched = new ArrayList<>();
        scene.kafka().faults(new Faults() {
            @Override
            public int fetch(String member, TopicPartition partition, int room) {
                fetched.add(partition);
                return room;
            }

            @Override
            public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
                return Fate.answeredLate(Duration.ofSeconds(3));
            }
        });

        scene.seconds(2);
        assertThat(scene.told.events("assigned")).hasSize(1);
        assertThat(fetched).isEmpty();
        scene.seconds(2);
        assertThat(fetched).isNotEmpty();
    }

    @Test
    void aFullPartitionStaysPausedOverARebalance() {
        Scene scene = holding(2, new Limits(10, MIB, 1000, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        scene.kafka().growTopic("orders", 4);
        scene.seconds(5);

        assertThat(scene.calls.behind().assignment()).hasSize(4);
        assertThat(scene.calls.behind().paused()).containsExactly(ORDERS);
        assertThat(scene.handed()).hasSize(10);
    }

    @Test
    void aPauseThatGotLostComesBackWithinASecond() {
        Scene scene = holding(1, new Limits(10, MIB, 1000, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        scene.kafka().faults(new Faults() {
            @Override
            public int fetch(String member, TopicPartition partition, int room) {
                return 0;
            }
        });
        scene.calls.behind().resume(Set.of(ORDERS));

        scene.advance(Duration.ofMillis(1100));

        assertThat(scene.calls.behind().paused()).containsExactly(ORDERS);
    }

    @Test
    void thereIsAtMostOnePauseAndOneResumeInATurnAndNoneWithoutADifference() {
        Scene scene = holding(4, new Limits(10, MIB, 1000, MIB, 10, MIB));
        for (int round = 0; round < 10; round++) {
            for (int partition = 0; partition < 4; partition++) {
                scene.publish(new TopicPartition("orders", partition), 12);
            }
            scene.seconds(3);
            List.copyOf(scene.deliveries).forEach(Delivery::ack);
        }

        List<String> turn = new ArrayList<>();
        for (ConsumerCalls.Call call : scene.calls.all()) {
            if (call.is("poll")) {
                turn.clear();
            } else if (call.is("pause") || call.is("resume")) {
                assertThat(turn).doesNotContain(call.method());
                turn.add(call.method());
                assertThat(call.partitions()).isNotEmpty();
            }
        }
        assertThat(scene.calls.all().stream().filter(call -> call.is("resume"))).hasSizeGreaterThan(5);
    }

    @Test
    void whatIsPausedAlreadyIsNotPausedAgain() {
        Scene scene = holding(1, new Limits(10, MIB, 1000, MIB, 2, MIB)).publish(100);
        scene.seconds(5);
        scene.calls.clear();

        scene.advance(Duration.ofMinutes(1));

        assertThat(scene.calls.all()).noneMatch(call -> call.is("pause") || call.is("resume"));
    }
}

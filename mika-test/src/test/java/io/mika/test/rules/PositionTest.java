package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 7: positions that the log does not have. Rather again than never. */
class PositionTest {
    @Test
    void aTruncatedLogIsReadAgainFromWhereItDiverged() {
        Scene scene = new Scene().publish(10).idle();
        scene.kafka().partition(ORDERS).truncate(6);
        scene.publish(2).seconds(2);

        assertThat(scene.handed().subList(10, scene.handed().size())).containsExactly(6L, 7L);
        assertThat(scene.committed()).isEqualTo(8);
        assertThat(scene.told.events("rewound")).containsExactly("rewound orders-0 from 10 to 6");
        assertThat(scene.tester().closed()).isNotDone();
    }

    @Test
    void aLowerOffsetIsCommittedAtOnce() {
        Scene scene = new Scene(plan -> plan.topic("orders", 2).commitInterval(Duration.ofHours(1)));
        scene.publish(10).idle();
        assertThat(scene.committed()).isEqualTo(10);
        scene.holds(offset -> true).publish(ORDERS_1, 1).idle(); // never idle from here on

        scene.kafka().partition(ORDERS).truncate(6);
        scene.publish(1).seconds(1);

        assertThat(scene.committed()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 500})
    void whatLiesAtOrAboveTheDivergenceIsNotOwnedAndWhatLiesBelowStaysOpen(int polledAtOnce) {
        Scene scene = new Scene(plan -> plan.consumerProperty("max.poll.records", polledAtOnce))
                .holds(offset -> offset == 3 || offset == 6);
        scene.publish(10).idle();
        Delivery below = scene.delivery(3);
        Delivery above = scene.delivery(6);

        scene.kafka().partition(ORDERS).truncate(6);
        scene.publish(2).seconds(2);

        assertThat(scene.handed().subList(10, scene.handed().size())).containsExactly(6L, 7L);
        assertThat(above.ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(below.isOwned()).isTrue();
        assertThat(scene.committed()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 500})
    void whatWasSettledAboveTheDivergenceIsForgotten(int polledAtOnce) {
        Scene scene = new Scene(plan -> plan.consumerProperty("max.poll.records", polledAtOnce))
                .holds(3)
                .publish(10)
                .idle()
                .seconds(2);
        assertThat(scene.committed()).isEqualTo(3);

        scene.kafka().partition(ORDERS).truncate(6);
        scene.holds(7).publish(3).seconds(2);
        scene.delivery(3).ack();
        scene.seconds(2);

        assertThat(scene.committed()).isEqualTo(7);
    }

    @Test
    void recordsThatAreGoneBeforeTheyWereReadAreReported() {
        Scene scene = new Scene().publish(10);
        scene.group().reset(ORDERS, new OffsetAndMetadata(2));
        scene.kafka().partition(ORDERS).deleteRecords(6);

        scene.seconds(5);

        assertThat(scene.handed()).containsExactly(6L, 7L, 8L, 9L);
        assertThat(scene.told.events("expired")).containsExactly("expired orders-0 from 2 to 6");
        assertThat(scene.committed()).isEqualTo(10);
        assertThat(scene.tester().closed()).isNotDone();
    }

    @Test
    void aPositionAboveTheEndGoesToTheEarliest() {
        Scene scene = new Scene().publish(4);
        scene.group().reset(ORDERS, new OffsetAndMetadata(50));
        scene.kafka().partition(ORDERS).deleteRecords(1);

        scene.seconds(5);

        assertThat(scene.handed()).containsExactly(1L, 2L, 3L);
        assertThat(scene.told.events("rewound")).containsExactly("rewound orders-0 from 50 to 1");
        assertThat(scene.committed()).isEqualTo(4);
        assertThat(scene.tester().closed()).isNotDone();
    }

    @Test
    void onePartitionOutOfRangeKeepsNoOtherWaiting() {
        Scene scene = new Scene(plan -> plan.topic("orders", 2));
        scene.publish(4).publish(ORDERS_1, 4);
        scene.group().reset(ORDERS, new OffsetAndMetadata(50));
        scene.group().reset(ORDERS_1, new OffsetAndMetadata(0));
        scene.kafka().faults(new Faults() {
            @Override
            public Fate lookup(String question) {
                return question.equals("ranges") ? Fate.answeredLate(Duration.ofSeconds(30)) : Fate.OK;
            }
        });

        scene.seconds(10);
        assertThat(scene.handed()).isEmpty();
        assertThat(scene.handed(ORDERS_1)).hasSize(4);
        scene.seconds(40);
        assertThat(scene.handed()).hasSize(4);
    }
}

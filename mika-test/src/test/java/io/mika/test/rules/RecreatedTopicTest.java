package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.engine.Lookups.TopicFacts;
import io.mika.env.StartPosition;
import io.mika.record.CommitText;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Topics that are deleted and created again under a running client: what was known of the old one is of no use. */
class RecreatedTopicTest {
    @Test
    void aTopicThatIsCreatedAgainIsReadFromItsBeginning() {
        Scene scene = new Scene().publish(5).idle();

        createAgain(scene).publish(10).seconds(60);

        assertThat(scene.handed().subList(5, scene.handed().size())).contains(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(scene.told.events("rewound")).containsExactly("rewound orders-0 from 10 to 0");
        assertThat(scene.committed()).isEqualTo(10);
    }

    @Test
    void whatWasCommittedOfATopicThatIsGoneIsNoStartInTheOneThatTookItsPlace() {
        Scene scene = new Scene(plan -> plan.startFrom(StartPosition.latest())).idle();
        scene.publish(5).idle();
        OffsetAndMetadata commit = scene.commit();

        createAgain(scene).publish(10);
        scene.group().reset(ORDERS, commit); // by a member that had not heard of it
        scene.loseMembership();
        scene.seconds(60);

        assertThat(scene.handed().subList(5, scene.handed().size())).contains(0L, 1L, 2L, 3L, 4L);
        assertThat(scene.committed()).isEqualTo(10);
    }

    @Test
    void whatIsOpenOfATopicThatIsGoneIsNotOwned() {
        Scene scene = new Scene().holds(3).publish(5).idle();
        Delivery open = scene.delivery(3);

        createAgain(scene).seconds(60);

        assertThat(open.ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(scene.committed()).isZero();
    }

    @Test
    void whatWasSettledOfATopicThatIsGoneIsNotWhatTookItsPlace() {
        Scene scene = new Scene().holds(0).publish(10).idle().seconds(2);

        createAgain(scene).publish(10).seconds(60); // the first one stays open, the others are settled
        scene.tester().kill();
        Scene successor = scene.second(plan -> {}).idle().seconds(60);

        assertThat(scene.handed().subList(10, scene.handed().size())).hasSize(10);
        assertThat(successor.handed()).containsExactly(0L);
    }

    @Test
    void whatAnEarlierOwnerSettledOfATopicThatIsGoneIsNotWhatTookItsPlace() {
        Scene before = new Scene().holds(0).publish(10).idle().seconds(2);
        before.tester().kill();
        Scene scene = before.second(plan -> {});
        before.kafka().faults(nothingIsFetched());
        scene.idle().seconds(60); // begun, and has read nothing of what it knows to be settled

        createAgain(scene).publish(10);
        before.kafka().faults(Faults.NONE);
        scene.seconds(60);

        assertThat(scene.handed()).contains(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    private static Faults nothingIsFetched() {
        return new Faults() {
            @Override
            public int fetch(String member, TopicPartition partition, int room) {
                return 0;
            }
        };
    }

    @Test
    void aPartitionThatIsAddedToATopicThatWasCreatedAgainBeginsAtItsEarliest() {
        Scene scene = new Scene(plan -> plan.startFrom(StartPosition.latest())).idle();

        createAgain(scene).seconds(60);
        scene.kafka().growTopic("orders", 2);
        scene.publish(ORDERS_1, 3).seconds(60);

        assertThat(scene.handed(ORDERS_1)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void nothingOfItIsHandedOutBeforeItsStartIsCommitted() {
        Scene scene = new Scene(plan -> plan.startFrom(StartPosition.latest())).idle();
        scene.publish(5).idle();
        createAgain(scene).publish(10);
        scene.kafka().faults(noCommits());

        scene.seconds(60);
        assertThat(scene.handed()).as("a successor would begin at the end").hasSizeLessThanOrEqualTo(10);
        assertThat(scene.told.events("rewound")).isNotEmpty();

        scene.kafka().faults(Faults.NONE);
        scene.seconds(60);
        assertThat(scene.handed()
                        .subList(scene.handed().size() - 10, scene.handed().size()))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    private static Faults noCommits() {
        return new Faults() {
            @Override
            public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
                return Fate.failed(new TimeoutException("no"));
            }
        };
    }

    @Test
    void theTextOfEachCommitIsThatOfTheTopicWhichIsThere() {
        Scene scene = new Scene().idle();

        createAgain(scene).seconds(60);
        assertThat(isOfToday(scene)).isTrue();
        createAgain(scene).seconds(60); // the very same is to be noted of this one
        assertThat(isOfToday(scene)).isTrue();
    }

    private static boolean isOfToday(Scene scene) {
        TopicFacts facts = scene.kafka()
                .lookups()
                .describe(Set.of("orders"))
                .join()
                .getOrDefault("orders", new TopicFacts(Uuid.ZERO_UUID, 0));
        OffsetAndMetadata commit = scene.commit();
        return CommitText.read(
                        commit.metadata(), new CommitText.Place("billing", facts.topicId(), ORDERS, commit.offset()))
                .isPresent();
    }

    @Test
    void aStartThatWasLookedUpInTheOneThatIsGoneIsNone() {
        Scene scene = new Scene(plan -> plan.startFrom(StartPosition.earliest()));
        scene.publish(8);
        scene.kafka().partition(ORDERS).deleteRecords(5);
        scene.kafka().faults(rangesAreAnsweredAfter(Duration.ofSeconds(60)));
        scene.idle().seconds(5);

        createAgain(scene).publish(10).seconds(180);

        assertThat(scene.handed()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void whereTheOneThatIsGoneBeganIsNoPositionInTheOneThatTookItsPlace() {
        Scene scene = new Scene();
        scene.publish(8);
        scene.kafka().partition(ORDERS).deleteRecords(5);
        scene.group().reset(ORDERS, new OffsetAndMetadata(50));
        scene.kafka().faults(rangesAreAnsweredAfter(Duration.ofSeconds(60)));
        scene.idle().seconds(5);

        createAgain(scene).publish(10);
        scene.kafka().partition(ORDERS).deleteRecords(2);
        scene.seconds(240);

        assertThat(scene.handed()).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    private static Faults rangesAreAnsweredAfter(Duration time) {
        return new Faults() {
            @Override
            public Fate lookup(String question) {
                return question.equals("ranges") ? Fate.answeredLate(time) : Fate.OK;
            }
        };
    }

    @Test
    void whatIsFoundCommittedWhileTheTopicIsGoneIsNoStart() {
        Scene scene = new Scene(plan -> plan.startFrom(StartPosition.earliest()));
        scene.publish(10);
        scene.group().reset(ORDERS, new OffsetAndMetadata(5));
        boolean[] hearsOfItsGroup = {true};
        scene.kafka().faults(new Faults() {
            @Override
            public Fate lookup(String question) {
                return question.equals("committed")
                        ? Fate.answeredLate(Duration.ofSeconds(1))
                        : question.equals("describe") ? Fate.late(Duration.ofMillis(500)) : Fate.OK;
            }

            @Override
            public boolean heartbeat(String member) {
                return hearsOfItsGroup[0];
            }
        });
        scene.advance(Duration.ofMillis(200)); // asks what is committed, and of the topic
        assertThat(scene.group().members().values()).containsExactly(Set.of(ORDERS));

        scene.kafka().deleteTopic("orders");
        hearsOfItsGroup[0] = false;
        scene.seconds(2);
        scene.kafka().createTopic("orders", 1);
        scene.publish(10).seconds(60);

        assertThat(scene.handed()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void anOffsetWithALeaderEpochThatTheTopicNeverHadIsNotWaitedForForEver() {
        Scene scene = new Scene().publish(5);
        scene.group().reset(ORDERS, new OffsetAndMetadata(3, Optional.of(7), ""));

        scene.seconds(60);

        assertThat(scene.handed()).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    private static Scene createAgain(Scene scene) {
        scene.kafka().deleteTopic("orders");
        scene.kafka().createTopic("orders", 1);
        return scene;
    }
}

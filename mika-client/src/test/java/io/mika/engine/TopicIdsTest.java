package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.engine.Lookups.TopicFacts;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicIdsTest {
    private static final Uuid OLD = new Uuid(1, 1);
    private static final Uuid NEW = new Uuid(1, 2);
    private final TopicIds ids = new TopicIds();

    @Test
    void aTopicWithAnotherIdIsAnother() {
        assertThat(answer(ids.ask(), OLD)).isEmpty();
        assertThat(answer(ids.ask(), NEW)).containsExactly("orders");
        assertThat(ids.former("orders")).containsExactly(OLD);
        assertThat(answer(ids.ask(), NEW)).isEmpty();
    }

    @Test
    void anAnswerThatMayBeOlderThanWhatIsKnownMakesNoOther() {
        long first = ids.ask();
        long second = ids.ask();
        assertThat(answer(second, NEW)).isEmpty();

        assertThat(ids.certain(first, facts(OLD))).isEmpty();
        assertThat(ids.certain(first, facts(NEW))).containsOnlyKeys("orders");
        assertThat(ids.former("orders")).isEmpty();
    }

    @Test
    void ofTwoQuestionsAtOnceNobodyKnowsWhichWasHeardLater() {
        long first = ids.ask();
        long second = ids.ask();
        assertThat(answer(first, OLD)).isEmpty();
        assertThat(answer(second, NEW)).as("in doubt").isEmpty();

        assertThat(answer(ids.ask(), NEW)).containsExactly("orders");
    }

    @Test
    void whoHeardOfTheOldOneFromABrokerThatLagsBehindGoesBackToTheNewOne() {
        answer(ids.ask(), NEW);
        assertThat(answer(ids.ask(), OLD)).containsExactly("orders");
        assertThat(answer(ids.ask(), NEW)).containsExactly("orders");
        assertThat(ids.former("orders")).containsExactly(OLD);
    }

    @Test
    void aBrokerThatKnowsNoIdsTellsOfNoOther() {
        answer(ids.ask(), OLD);
        assertThat(answer(ids.ask(), Uuid.ZERO_UUID)).isEmpty();
        assertThat(answer(ids.ask(), OLD)).isEmpty();
        assertThat(ids.changes()).isZero();
    }

    private Set<String> answer(long question, Uuid id) {
        return ids.others(ids.certain(question, facts(id)));
    }

    private static Map<String, TopicFacts> facts(Uuid id) {
        return Map.of("orders", new TopicFacts(id, 3));
    }
}

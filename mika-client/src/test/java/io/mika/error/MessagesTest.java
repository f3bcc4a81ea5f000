package io.mika.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {
    @Test
    void aSingleProblemIsTheMessage() {
        assertThat(new ConfigException("KAFKA_BROKERS: \"x\" is not host:port"))
                .hasMessage("KAFKA_BROKERS: \"x\" is not host:port");
    }

    @Test
    void severalProblemsStandOneALine() {
        ConfigException exception = new ConfigException(List.of("a is wrong", "b is missing"));

        assertThat(exception).hasMessage("2 problems in the configuration:\n- a is wrong\n- b is missing");
        assertThat(exception.problems()).containsExactly("a is wrong", "b is missing");
    }

    @Test
    void problemsAreCopied() {
        List<String> problems = new ArrayList<>(List.of("a is wrong"));
        ConfigException exception = new ConfigException(problems);

        problems.clear();

        assertThat(exception.problems()).containsExactly("a is wrong");
    }

    @Test
    void aConfigExceptionNeedsAProblem() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfigException(List.of()));
    }

    @Test
    void aSecondConsumerOfATopicIsAConfigurationProblem() {
        ConsumerAlreadyRegisteredException exception = new ConsumerAlreadyRegisteredException("orders");

        assertThat(exception)
                .isInstanceOf(ConfigException.class)
                .hasMessage("topic \"orders\" has a consumer already: a topic has one");
        assertThat(exception.topic()).isEqualTo("orders");
    }

    @Test
    void anUnknownConsumerComesWithTheKnownOnes() {
        UnknownConsumerException exception = new UnknownConsumerException("order", List.of("payments", "orders"));

        assertThat(exception)
                .hasMessage("topic \"order\" has no consumer in this client; those that have: orders, payments");
        assertThat(exception.topic()).isEqualTo("order");
    }

    @Test
    void withoutConsumersNoneIsKnown() {
        assertThat(new UnknownConsumerException("orders", List.of()))
                .hasMessage("topic \"orders\" has no consumer in this client; those that have: none");
    }

    @Test
    void aMissingDlqSaysHowToNameOne() {
        assertThat(new DlqNotConfiguredException("enableDlqConsumption()"))
                .hasMessage("enableDlqConsumption() needs a dead letter queue: name its topic with dlqTopic(...) on the"
                        + " builder");
    }

    @Test
    void aClosedClientSaysWhy() {
        IllegalStateException cause = new IllegalStateException("fenced");

        assertThat(new ClientClosedException())
                .hasMessage("the client is closed")
                .hasNoCause();
        assertThat(new ClientClosedException(cause))
                .hasMessageContaining("fenced")
                .hasCause(cause);
    }

    @Test
    void anUnroutableFailureNamesItsRecordAndWhatToDo() {
        IllegalStateException cause = new IllegalStateException("no funds");
        UnroutableFailureException exception = new UnroutableFailureException("orders", 3, 42, cause);

        assertThat(exception)
                .hasMessageContaining("orders-3@42")
                .hasMessageContaining("ack() or fail()")
                .hasCause(cause);
        assertThat(exception.topic()).isEqualTo("orders");
        assertThat(exception.partition()).isEqualTo(3);
        assertThat(exception.offset()).isEqualTo(42);
    }

    @Test
    void aMalformedHeaderIsShownCut() {
        String text = "😀".repeat(101);
        MalformedHeaderException exception = new MalformedHeaderException("tries", text, "a number");

        assertThat(exception).hasMessage("header tries: \"" + "😀".repeat(100) + "…\" is not a number");
        assertThat(exception.header()).isEqualTo("tries");
        assertThat(exception.text()).isEqualTo(text);
    }
}

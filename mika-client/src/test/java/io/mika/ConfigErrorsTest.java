package io.mika;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.TopicConsumer;
import io.mika.env.GroupProtocol;
import io.mika.env.Sasl;
import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import io.mika.error.ConsumerAlreadyRegisteredException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigErrorsTest {
    private static final DeliveryHandler HANDLER = Delivery::ack;

    /** What is told to the builder, and the one problem that comes of it. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(b -> b.group(" "), "group: \" \" is blank"),
                mistake(b -> b.group("a").group("b"), "group: set twice, to \"a\" and to \"b\""),
                mistake(
                        b -> b.consumer("orders", HANDLER),
                        "group: not set, so there are no committed offsets to begin at; call group(...), or say where to"
                                + " begin with startFrom(...) or KAFKA_CONSUMER_START_FROM"),
                mistake(
                        b -> b.retryTopic("retry"),
                        "retryTopic: \"retry\" needs a group, whose name is in the headers of failed records; call"
                                + " group(...)"),
                mistake(
                        b -> b.dlqTopic("dlq"),
                        "dlqTopic: \"dlq\" needs a group, whose name is in the headers of failed records; call"
                                + " group(...)"),
                mistake(
                        b -> b.group("g").retryTopic("failed").dlqTopic("failed"),
                        "dlqTopic: \"failed\" is the retry topic too; failed records would be read again for ever"),
                mistake(b -> b.group("g").retryTopic(""), "retryTopic: the topic's name \"\" is blank"),
                mistake(
                        b -> b.group("g").dlqTopic("d l q"),
                        "dlqTopic: \"d l q\" is no topic's name: letters, digits, '.', '_' and '-' make one"),
                mistake(b -> b.group("g").consumer("", HANDLER), "consumer \"\": the topic's name \"\" is blank"),
                mistake(
                        b -> b.group("g").consumer("..", HANDLER),
                        "consumer \"..\": \"..\" is no topic's name: letters, digits, '.', '_' and '-' make one"),
                mistake(
                        b -> b.group("g").globalSuffix("-eu").retryTopic("x".repeat(247)),
                        "retryTopic: \"" + "x".repeat(247)
                                + "-eu\" has 250 characters; a topic's name, global suffix included, has at most 249"),
                mistake(
                        b -> b.group("g").retryTopic("retry").consumer("retry", HANDLER),
                        "consumer \"retry\": is this client's own retry topic; its records come to the consumers of the"
                                + " topics where they failed"),
                mistake(
                        b -> b.group("g").dlqTopic("dlq").consumer("dlq", HANDLER),
                        "consumer \"dlq\": is this client's own dead letter queue; to consume it, use a client whose"
                                + " dlqTopic is another"),
                mistake(
                        b -> b.group("g").consumer("orders", c -> c.retries(2), HANDLER),
                        "consumer \"orders\": retries(2) needs a retry topic; call retryTopic(...)"),
                mistake(
                        b -> b.group("g").consumer("orders", c -> c.useDlq(), HANDLER),
                        "consumer \"orders\": useDlq() needs a dead letter queue; call dlqTopic(...)"),
                mistake(
                        b -> b.group("g").retryTopic("r").consumer("orders", c -> c.retries(-1), HANDLER),
                        "consumer \"orders\": retries: -1 is less than 0"),
                mistake(
                        b -> b.group("g").consumer("orders", c -> c.concurrency(0), HANDLER),
                        "consumer \"orders\": concurrency: 0 is less than 1"),
                mistake(
                        b -> b.group("g").consumer("orders", c -> c.maxInFlight(0), HANDLER),
                        "consumer \"orders\": maxInFlight: 0 is less than 1"),
                mistake(
                        b -> b.group("g").consumer("orders", c -> c.retryOn(), HANDLER),
                        "consumer \"orders\": retryOn: no exception type given"),
                mistake(
                        b -> b.group("g")
                                .consumer("orders", c -> c.maxInFlight(1).maxInFlight(2), HANDLER),
                        "consumer \"orders\": maxInFlight: set twice, to 1 and to 2"),
                mistake(b -> b.brokers("nowhere"), "brokers: \"nowhere\" is not host:port"),
                mistake(b -> b.brokers(), "brokers: \"\" has an empty entry"),
                mistake(b -> b.brokers("a:1").brokers("b:1", "c:1"), "brokers: set twice, to [a:1] and to [b:1, c:1]"),
                mistake(
                        b -> b.startFrom(StartPosition.earliest()).startFrom(StartPosition.latest()),
                        "startFrom: set twice, to earliest and to latest"),
                mistake(
                        b -> b.sasl(Sasl.plain("alice", "hunter2")).sasl(Sasl.plain("alice", "hunter3")),
                        "sasl: set twice, to PLAIN as \"alice\", password hidden and to PLAIN as \"alice\", password"
                                + " hidden"),
                mistake(
                        b -> b.groupProtocol(GroupProtocol.CLASSIC).groupProtocol(GroupProtocol.CONSUMER),
                        "groupProtocol: set twice, to CLASSIC and to CONSUMER"),
                mistake(
                        b -> b.property("ssl.key.password", "a").property("ssl.key.password", "b"),
                        "property(\"ssl.key.password\"): set twice"),
                mistake(
                        b -> b.consumerProperty("fetch.min.bytes", "many"),
                        "consumerProperty(\"fetch.min.bytes\"): Invalid value many for configuration fetch.min.bytes:"
                                + " Not a number of type INT"),
                mistake(b -> b.closeTimeout(Duration.ofSeconds(-1)), "closeTimeout: PT-1S is negative"),
                mistake(b -> b.drainTimeout(Duration.ofSeconds(-1)), "drainTimeout: PT-1S is negative"),
                mistake(b -> b.unclaimedFor(Duration.ofSeconds(-1)), "unclaimedFor: PT-1S is negative"),
                mistake(b -> b.commitInterval(Duration.ZERO), "commitInterval: PT0S is not above zero"),
                mistake(
                        b -> b.commitInterval(Duration.ofSeconds(1)).commitInterval(Duration.ofSeconds(2)),
                        "commitInterval: set twice, to PT1S and to PT2S"),
                mistake(
                        b -> b.group("a").consumer("single", o -> o.batch(10, Duration.ofSeconds(1)), delivery -> {}),
                        "consumer \"single\": batch(...) is for a consumer of batches; call batchConsumer(...)"),
                mistake(
                        b -> b.group("a").batchConsumer("many", o -> o.maxInFlight(100), batch -> {}),
                        "consumer \"many\": maxInFlight(100) is below the batch of 500 records, which would never be"
                                + " full"),
                mistake(
                        b -> b.group("a").batchConsumer("none", o -> o.batch(0, Duration.ofSeconds(1)), batch -> {}),
                        "consumer \"none\": batch: 0 is less than 1"));
    }

    private static Arguments mistake(UnaryOperator<KafkaClient.Builder> telling, String problem) {
        return Arguments.of(telling, problem);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void aMistakeIsReportedInASentence(UnaryOperator<KafkaClient.Builder> telling, String problem) {
        assertThat(problems(telling.apply(builder()))).containsExactly(problem);
    }

    @Test
    void ownedPropertiesAreRefusedWithTheReason() {
        assertThat(problems(builder().property("group.id", "g")))
                .containsExactly("property(\"group.id\"): the client's own, for the group is also in the headers of"
                        + " failed records; use group(...)");
    }

    @Test
    void aTopicWithTwoConsumersIsAnErrorOfItsOwn() {
        KafkaClient.Builder builder = builder()
                .group("g")
                .consumer("orders", HANDLER)
                .consumer("orders", HANDLER)
                .consumer("orders", HANDLER);

        ConsumerAlreadyRegisteredException error =
                catchThrowableOfType(ConsumerAlreadyRegisteredException.class, builder::build);

        assertThat(error.topic()).isEqualTo("orders");
        assertThat(error).hasMessage("topic \"orders\" has a consumer already: a topic has one");
    }

    @Test
    void allProblemsComeAtOnce() {
        KafkaClient.Builder builder = KafkaClient.builder(
                        Map.of("KAFKA_TLS_ENABLED", "yes", "KAFKA_SASL_MECHANISM", "md5")::get)
                .retryTopic("retry")
                .consumer("orders", c -> c.useDlq(), HANDLER)
                .consumer("orders", HANDLER)
                .closeTimeout(Duration.ofSeconds(-1));

        assertThat(problems(builder))
                .extracting(problem -> problem.substring(0, problem.indexOf(':')))
                .containsExactly(
                        "KAFKA_TLS_ENABLED",
                        "KAFKA_SASL_MECHANISM",
                        "KAFKA_SASL_USERNAME",
                        "KAFKA_SASL_PASSWORD",
                        "closeTimeout",
                        "group",
                        "retryTopic",
                        "consumer \"orders\"",
                        "topic \"orders\" has a consumer already");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(builder::build)
                .withMessageStartingWith("9 problems in the configuration:\n- ");
    }

    @Test
    void aWrongStartPositionIsOneProblemNotTwo() {
        KafkaClient.Builder builder = KafkaClient.builder(Map.of("KAFKA_CONSUMER_START_FROM", "monday")::get)
                .consumer("orders", HANDLER);

        assertThat(problems(builder)).singleElement().asString().startsWith("KAFKA_CONSUMER_START_FROM: ");
    }

    @Test
    void aTopicConsumersOptionsAreChecked() {
        TopicConsumer consumer = new TopicConsumer() {
            @Override
            public String topic() {
                return "orders";
            }

            @Override
            public int retries() {
                return 3;
            }

            @Override
            public boolean useDlq() {
                return true;
            }

            @Override
            public void configure(ConsumerOptions options) {
                options.retries(4);
            }

            @Override
            public void consume(Delivery delivery) {}
        };

        assertThat(problems(builder().group("g").consumer(consumer)))
                .containsExactly(
                        "consumer \"orders\": retries: set twice, to 3 and to 4",
                        "consumer \"orders\": retries(4) needs a retry topic; call retryTopic(...)",
                        "consumer \"orders\": useDlq() needs a dead letter queue; call dlqTopic(...)");
    }

    @Test
    void whatIsRightIsBuilt() {
        assertThat(problems(builder())).isEmpty();
        assertThat(problems(builder().group("g"))).isEmpty();
        assertThat(problems(builder().startFrom(StartPosition.latest()).consumer("orders", HANDLER)))
                .isEmpty();
        assertThat(problems(builder()
                        .group("g")
                        .retryTopic("retry")
                        .dlqTopic("dlq")
                        .consumer("orders", c -> c.retries(2).useDlq().retryOn(IllegalStateException.class), HANDLER)
                        .consumer("payments", HANDLER)
                        .closeTimeout(Duration.ZERO)
                        .drainTimeout(Duration.ofSeconds(Long.MAX_VALUE))))
                .isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tested
    void nullIsRefusedWhereItIsGiven() {
        assertThatNullPointerException().isThrownBy(() -> builder().group(null)).withMessage("group");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().consumer("orders", null))
                .withMessage("handler");
    }

    private static KafkaClient.Builder builder() {
        return KafkaClient.builder(Map.<String, String>of()::get);
    }

    private static List<String> problems(KafkaClient.Builder builder) {
        try {
            builder.build().close();
            return List.of();
        } catch (ConfigException wrong) {
            return wrong.problems();
        }
    }
}

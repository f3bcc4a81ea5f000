package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserPropertiesTest {
    static Iterable<String> owned() {
        return OwnedProperties.names();
    }

    @ParameterizedTest
    @MethodSource("owned")
    void whatIsTheClientsOwnIsRefusedWhereverItIsSet(String name) {
        assertThat(OwnedProperties.problems(any(name, "x")))
                .singleElement()
                .asString()
                .startsWith("property(\"" + name);
        assertThat(OwnedProperties.problems(consumer(name, "x")))
                .singleElement()
                .asString()
                .startsWith("consumerProperty(\"" + name);
        assertThat(OwnedProperties.problems(new UserProperties(Map.of(), Map.of(), Map.of(name, "x"))))
                .singleElement()
                .asString()
                .startsWith("producerProperty(\"" + name + "\"): the client's own, for ")
                .contains("use");
    }

    @Test
    void aRefusalSaysWhyAndWhatToUse() {
        assertThat(PropertyChecks.problems(any("group.id", "billing"), GroupProtocol.CLASSIC))
                .containsExactly("property(\"group.id\"): the client's own, for the group is also in the headers of"
                        + " failed records; use group(...)");
    }

    @Test
    void otherPropertiesAreTheUsers() {
        UserProperties user = new UserProperties(
                Map.of("client.rack", "a", "group.instance.id", "i", "sasl.mechanism", "OAUTHBEARER"),
                Map.of("isolation.level", "read_committed", "fetch.min.bytes", "1024", "max.poll.records", 10),
                Map.of("compression.type", "zstd", "linger.ms", 20L));

        assertThat(PropertyChecks.problems(user, GroupProtocol.CLASSIC)).isEmpty();
        assertThat(PropertyChecks.problems(user, GroupProtocol.CONSUMER)).isEmpty();
    }

    @Test
    void namesThatKafkaDoesNotKnowMayBeAnInterceptors() {
        assertThat(PropertyChecks.problems(any("my.interceptor.name", 1), GroupProtocol.CLASSIC))
                .isEmpty();
    }

    @Test
    void aValueThatKafkaWouldRefuseIsAProblem() {
        assertThat(PropertyChecks.problems(any("fetch.min.bytes", "many"), GroupProtocol.CLASSIC))
                .containsExactly("property(\"fetch.min.bytes\"): Invalid value many for configuration fetch.min.bytes:"
                        + " Not a number of type INT");
        assertThat(PropertyChecks.problems(consumer("isolation.level", "none"), GroupProtocol.CLASSIC))
                .singleElement()
                .asString()
                .startsWith("consumerProperty(\"isolation.level\"): ");
        assertThat(PropertyChecks.problems(
                        new UserProperties(Map.of(), Map.of(), Map.of("compression.type", "rar")),
                        GroupProtocol.CLASSIC))
                .singleElement()
                .asString()
                .startsWith("producerProperty(\"compression.type\"): ");
    }

    @Test
    void aReferenceIsLeftToKafkasProviders() {
        assertThat(PropertyChecks.problems(any("fetch.min.bytes", "${env:BYTES}"), GroupProtocol.CLASSIC))
                .isEmpty();
    }

    @Test
    void aSecretIsInNoProblemAndNoText() {
        UserProperties user = any("sasl.jaas.config", List.of("hunter2"));

        assertThat(PropertyChecks.problems(user, GroupProtocol.CLASSIC))
                .containsExactly("property(\"sasl.jaas.config\"): Kafka refuses the value, which is not shown, for it"
                        + " is a secret");
        assertThat(user.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"session.timeout.ms", "heartbeat.interval.ms"})
    void whatTheBrokersSayCannotBeSetWithTheConsumerProtocol(String name) {
        assertThat(PropertyChecks.problems(any(name, 1000), GroupProtocol.CLASSIC))
                .isEmpty();
        assertThat(PropertyChecks.problems(any(name, 1000), GroupProtocol.CONSUMER))
                .containsExactly(
                        "property(\"" + name + "\"): with the group protocol consumer the brokers say this; set"
                                + " group.consumer." + name + " there, or consumer." + name + " for the group");
    }

    @Test
    void aRemoteAssignorNeedsTheConsumerProtocol() {
        UserProperties user = consumer("group.remote.assignor", "range");

        assertThat(PropertyChecks.problems(user, GroupProtocol.CONSUMER)).isEmpty();
        assertThat(PropertyChecks.problems(user, GroupProtocol.CLASSIC))
                .containsExactly("consumerProperty(\"group.remote.assignor\"): needs the group protocol consumer; use"
                        + " groupProtocol(GroupProtocol.CONSUMER)");
    }

    private static UserProperties any(String name, Object value) {
        return new UserProperties(Map.of(name, value), Map.of(), Map.of());
    }

    private static UserProperties consumer(String name, Object value) {
        return new UserProperties(Map.of(), Map.of(name, value), Map.of());
    }
}

package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.ConfigException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {
    @Test
    void anEmptyEnvironmentMeansTheDefaults() {
        KafkaSettings settings = Env.of().settings();

        assertThat(settings.brokers()).containsExactly("localhost:29092");
        assertThat(settings.tls()).isEmpty();
        assertThat(settings.sasl()).isEmpty();
        assertThat(settings.startFrom()).isEmpty();
        assertThat(settings.globalSuffix()).isEmpty();
        assertThat(settings.groupProtocol()).isEqualTo(GroupProtocol.CLASSIC);
    }

    @Test
    void anEmptyVariableIsUnset() {
        String[] empty = Arrays.stream(Variable.values())
                .flatMap(variable -> Stream.of(variable.name(), ""))
                .toArray(String[]::new);

        assertThat(Env.of(empty).settings()).hasToString(Env.of().settings().toString());
    }

    @Test
    void eachVariableIsRead() {
        Env env = Env.of("KAFKA_TLS_ENABLED", "true");
        env.settings();

        assertThat(env.read())
                .containsAll(
                        Arrays.stream(Variable.values()).map(Variable::name).toList());
    }

    @Test
    void brokersAreTrimmed() {
        assertThat(Env.of("KAFKA_BROKERS", " a:9092 ,\tb.example.com:9093, [::1]:9094,k_1:1")
                        .settings()
                        .brokers())
                .containsExactly("a:9092", "b.example.com:9093", "[::1]:9094", "k_1:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:9092,", ",a:9092", "a:9092, ,b:9092", " "})
    void anEmptyBrokerIsAProblem(String text) {
        assertThat(Env.of("KAFKA_BROKERS", text).problems())
                .contains("KAFKA_BROKERS: \"" + text + "\" has an empty entry");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:",
                ":9092",
                "a:0",
                "a:65536",
                "a:99999999999",
                "a:b",
                "http://a:9092",
                "a b:1",
                "::1:9092",
                "a:-1"
            })
    void whatIsNoAddressIsAProblem(String address) {
        assertThat(Env.of("KAFKA_BROKERS", "a:1," + address).problems())
                .containsExactly("KAFKA_BROKERS: \"" + address + "\" is not host:port");
    }

    @ParameterizedTest
    @CsvSource({
        "1, true", "t, true", "T, true", "TRUE, true", "true, true", "True, true",
        "0, false", "f, false", "F, false", "FALSE, false", "false, false", "False, false"
    })
    void tlsIsOnOrOffAsGoReadsIt(String text, boolean on) {
        assertThat(Env.of("KAFKA_TLS_ENABLED", text).settings().tls().isPresent())
                .isEqualTo(on);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "tRUE", " true", "on", "2", "no"})
    void allElseIsNeitherTrueNorFalse(String text) {
        assertThat(Env.of("KAFKA_TLS_ENABLED", text).problems())
                .containsExactly("KAFKA_TLS_ENABLED: \"" + text + "\" is not true or false");
    }

    @Test
    void filesWithoutTlsAreAProblem() {
        assertThat(Env.of("KAFKA_TLS_CA_FILE", "ca.pem").problems())
                .containsExactly("KAFKA_TLS_ENABLED: TLS is off, but these are set: KAFKA_TLS_CA_FILE; set"
                        + " KAFKA_TLS_ENABLED=true, or unset them");
        assertThat(Env.of("KAFKA_TLS_ENABLED", "false", "KAFKA_TLS_CERT_FILE", "c", "KAFKA_TLS_KEY_FILE", "k")
                        .problems())
                .containsExactly("KAFKA_TLS_ENABLED: TLS is off, but these are set: KAFKA_TLS_CERT_FILE,"
                        + " KAFKA_TLS_KEY_FILE; set KAFKA_TLS_ENABLED=true, or unset them");
    }

    @Test
    void certificateAndKeyNeedEachOther() {
        assertThat(Env.of("KAFKA_TLS_ENABLED", "true", "KAFKA_TLS_CERT_FILE", "cert.pem")
                        .problems())
                .containsExactly(
                        "KAFKA_TLS_KEY_FILE: not set, but KAFKA_TLS_CERT_FILE is; a certificate needs its key");
        assertThat(Env.of("KAFKA_TLS_ENABLED", "true", "KAFKA_TLS_KEY_FILE", "key.pem")
                        .problems())
                .containsExactly(
                        "KAFKA_TLS_CERT_FILE: not set, but KAFKA_TLS_KEY_FILE is; a key needs its certificate");
    }

    @ParameterizedTest
    @CsvSource({
        "plain, PLAIN",
        "PLAIN, PLAIN",
        "Scram-Sha-256, SCRAM-SHA-256",
        "scram-sha-512, SCRAM-SHA-512",
    })
    void aMechanismIsTakenInAnyCase(String text, String mechanism) {
        Sasl sasl = saslEnv(text, "alice", "hunter2").settings().sasl().orElseThrow();

        assertThat(sasl.mechanism()).isEqualTo(mechanism);
        assertThat(sasl.user()).isEqualTo("alice");
    }

    @Test
    void anUnknownMechanismIsAProblem() {
        assertThat(saslEnv("OAUTHBEARER", "alice", "hunter2").problems())
                .containsExactly("KAFKA_SASL_MECHANISM: \"OAUTHBEARER\" is not PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512;"
                        + " others are set with property(\"sasl.mechanism\", ...) on the builder");
    }

    @Test
    void aMechanismNeedsUserNameAndPassword() {
        assertThat(saslEnv("plain", "", "").problems())
                .containsExactly(
                        "KAFKA_SASL_USERNAME: not set, but KAFKA_SASL_MECHANISM is \"plain\", which needs it",
                        "KAFKA_SASL_PASSWORD: not set, but KAFKA_SASL_MECHANISM is \"plain\", which needs it");
    }

    @ParameterizedTest
    @CsvSource({
        "alice, hunter2, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are",
        "alice, '', KAFKA_SASL_USERNAME is",
        "'', hunter2, KAFKA_SASL_PASSWORD is"
    })
    void credentialsNeedAMechanism(String user, String password, String set) {
        assertThat(saslEnv("", user, password).problems())
                .containsExactly("KAFKA_SASL_MECHANISM: not set, but " + set
                        + "; set it to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    }

    @Test
    void theStartIsReadAsATime() {
        assertThat(Env.of("KAFKA_CONSUMER_START_FROM", "2026-01-31T08:00:00.000000001Z")
                        .settings()
                        .startFrom())
                .contains(StartPosition.at(Instant.parse("2026-01-31T08:00:00.000000001Z")));
    }

    @Test
    void aStartThatIsNoTimeIsAProblem() {
        assertThat(Env.of("KAFKA_CONSUMER_START_FROM", "yesterday").problems())
                .containsExactly("KAFKA_CONSUMER_START_FROM: \"yesterday\" is not a time as in RFC 3339 (such as"
                        + " 2026-01-31T08:00:00Z), nor earliest, nor latest");
    }

    @Test
    void theGlobalSuffixIsAppended() {
        KafkaSettings settings = Env.of("KAFKA_GLOBAL_SUFFIX", "-dev").settings();

        assertThat(settings.suffixed("orders")).isEqualTo("orders-dev");
        assertThat(settings.consumerProperties("billing")).containsEntry("group.id", "billing-dev");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev", " dev", "-dév", "-a,b"})
    void aSuffixThatNoTopicCanHaveIsAProblem(String suffix) {
        assertThat(Env.of("KAFKA_GLOBAL_SUFFIX", suffix).problems())
                .containsExactly(
                        "KAFKA_GLOBAL_SUFFIX: \"" + suffix + "\" has a character that no topic's name can have:"
                                + " letters, digits, '.', '_' and '-' can");
    }

    @Test
    void aSuffixLeavesRoomForATopic() {
        assertThat(Env.of("KAFKA_GLOBAL_SUFFIX", "x".repeat(248)).problems()).isEmpty();
        assertThat(Env.of("KAFKA_GLOBAL_SUFFIX", "x".repeat(249)).problems())
                .containsExactly("KAFKA_GLOBAL_SUFFIX: 249 characters leave no room for a topic's name, which has at"
                        + " most 249");
    }

    @ParameterizedTest
    @CsvSource({"classic, CLASSIC", "Classic, CLASSIC", "consumer, CONSUMER", "CONSUMER, CONSUMER"})
    void aGroupProtocolIsTakenInAnyCase(String text, GroupProtocol protocol) {
        KafkaSettings settings = Env.of("KAFKA_GROUP_PROTOCOL", text).settings();

        assertThat(settings.groupProtocol()).isEqualTo(protocol);
        assertThat(settings.consumerProperties("g")).containsEntry("group.protocol", protocol.kafkaName());
    }

    @Test
    void anUnknownGroupProtocolIsAProblem() {
        assertThat(Env.of("KAFKA_GROUP_PROTOCOL", "streams").problems())
                .containsExactly("KAFKA_GROUP_PROTOCOL: \"streams\" is not classic or consumer");
    }

    @Test
    void allProblemsComeAtOnce() {
        Env env = Env.of(
                "KAFKA_BROKERS", "a,b:1,",
                "KAFKA_TLS_ENABLED", "yes",
                "KAFKA_SASL_MECHANISM", "GSSAPI",
                "KAFKA_SASL_PASSWORD", "hunter2",
                "KAFKA_CONSUMER_START_FROM", "now",
                "KAFKA_GLOBAL_SUFFIX", "/",
                "KAFKA_GROUP_PROTOCOL", "raft");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(env::settings)
                .satisfies(e -> assertThat(e.problems()).hasSize(8))
                .withMessageStartingWith(
                        "8 problems in the configuration:\n- KAFKA_BROKERS: \"a\" is not host:port\n- ")
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"false, '', PLAINTEXT", "true, '', SSL", "false, PLAIN, SASL_PLAINTEXT", "true, PLAIN, SASL_SSL"})
    void theSecurityProtocolFollowsFromTlsAndSasl(String tls, String mechanism, String protocol) {
        String credential = mechanism.isEmpty() ? "" : "x";
        KafkaSettings settings = Env.of(
                        "KAFKA_TLS_ENABLED", tls,
                        "KAFKA_SASL_MECHANISM", mechanism,
                        "KAFKA_SASL_USERNAME", credential,
                        "KAFKA_SASL_PASSWORD", credential)
                .settings();

        for (Map<String, Object> properties :
                List.of(settings.adminProperties(), settings.producerProperties(), settings.consumerProperties("g"))) {
            assertThat(properties)
                    .containsEntry("security.protocol", protocol)
                    .containsEntry("bootstrap.servers", "localhost:29092");
            assertThat(properties.containsKey("sasl.mechanism")).isEqualTo(!mechanism.isEmpty());
        }
    }

    @Test
    void thePasswordIsInNoText() {
        KafkaSettings settings = saslEnv("PLAIN", "alice", "hunter2").settings();

        assertThat(settings.toString()).contains("alice").doesNotContain("hunter2");
        assertThat(settings.consumerProperties("g").toString()).doesNotContain("hunter2");
        assertThat(settings.producerProperties().toString()).doesNotContain("hunter2");
        assertThat(settings.adminProperties().toString()).doesNotContain("hunter2");
    }

    @Test
    void allSettingsCanBeSeen() {
        assertThat(Env.of("KAFKA_BROKERS", "a:1,b:2", "KAFKA_GLOBAL_SUFFIX", "-dev")
                        .settings())
                .hasToString("brokers=a:1,b:2; tls=off; sasl=off; startFrom=unset; globalSuffix=\"-dev\";"
                        + " groupProtocol=classic");
    }

    @Test
    void whatTheBuilderSaysWinsAndItsVariableIsNotRead() {
        Env env = Env.of(
                "KAFKA_BROKERS", "wrong",
                "KAFKA_TLS_ENABLED", "wrong",
                "KAFKA_SASL_MECHANISM", "wrong",
                "KAFKA_CONSUMER_START_FROM", "wrong",
                "KAFKA_GLOBAL_SUFFIX", "/wrong",
                "KAFKA_GROUP_PROTOCOL", "wrong");
        SettingsOverrides overrides = SettingsOverrides.none()
                .withBrokers(List.of("a:1", " b:2, c:3"))
                .withTls(Tls.system())
                .withSasl(Sasl.plain("alice", "hunter2"))
                .withStartFrom(StartPosition.latest())
                .withGlobalSuffix("-dev")
                .withGroupProtocol(GroupProtocol.CONSUMER);

        KafkaSettings settings = env.settings(overrides);

        assertThat(settings)
                .hasToString("brokers=a:1,b:2,c:3; tls=trusting the system's authorities; sasl=PLAIN as \"alice\","
                        + " password hidden; startFrom=latest; globalSuffix=\"-dev\"; groupProtocol=consumer");
        assertThat(env.read()).isEmpty();
    }

    @Test
    void whatTheBuilderDoesNotSayComesFromTheEnvironment() {
        KafkaSettings settings = Env.of("KAFKA_BROKERS", "a:1", "KAFKA_GLOBAL_SUFFIX", "-dev")
                .settings(SettingsOverrides.none().withGlobalSuffix(""));

        assertThat(settings.brokers()).containsExactly("a:1");
        assertThat(settings.globalSuffix()).isEmpty();
    }

    @Test
    void theBuildersValuesAreCheckedToo() {
        SettingsOverrides overrides =
                SettingsOverrides.none().withBrokers(List.of("a")).withGlobalSuffix("/");

        assertThat(Env.of().problems(overrides))
                .containsExactly(
                        "brokers: \"a\" is not host:port",
                        "globalSuffix: \"/\" has a character that no topic's name can have: letters, digits, '.', '_'"
                                + " and '-' can");
        assertThat(Env.of().problems(SettingsOverrides.none().withBrokers(List.of())))
                .containsExactly("brokers: \"\" has an empty entry");
    }

    private static Env saslEnv(String mechanism, String user, String password) {
        return Env.of("KAFKA_SASL_MECHANISM", mechanism, "KAFKA_SASL_USERNAME", user, "KAFKA_SASL_PASSWORD", password);
    }
}

package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.ConfigException;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaslTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "simple",
                "\"",
                "\\",
                "\\\"",
                "a\"; user_admin=\"b",
                "'",
                "a b=c;d",
                "line\nbreak\r\n",
                "tab\tü😀",
                "\\n",
                "\\101",
                "//no comment",
                "/* none */",
                "#"
            })
    void kafkaReadsUserAndPasswordAsGiven(String text) {
        Map<String, ?> options = optionsAsKafkaReadsThem(Sasl.plain("u" + text, "p" + text));

        assertThat(options).isEqualTo(Map.of("username", "u" + text, "password", "p" + text));
    }

    @Test
    void eachMechanismHasItsLoginModule() {
        assertThat(module(Sasl.plain("u", "p"))).endsWith(".plain.PlainLoginModule");
        assertThat(module(Sasl.scramSha256("u", "p"))).endsWith(".scram.ScramLoginModule");
        assertThat(module(Sasl.scramSha512("u", "p"))).endsWith(".scram.ScramLoginModule");
        assertThat(Sasl.scramSha256("u", "p").mechanism()).isEqualTo("SCRAM-SHA-256");
        assertThat(Sasl.scramSha512("u", "p").mechanism()).isEqualTo("SCRAM-SHA-512");
    }

    @Test
    void thePasswordIsInNoText() {
        assertThat(Sasl.plain("alice", "hunter2")).hasToString("PLAIN as \"alice\", password hidden");
    }

    @Test
    void emptyCredentialsAreRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Sasl.plain("", "hunter2"))
                .withMessage("SASL: the user name is empty");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Sasl.scramSha512("alice", ""))
                .withMessage("SASL: the password is empty");
    }

    private static Map<String, ?> optionsAsKafkaReadsThem(Sasl sasl) {
        return context(sasl).configurationEntries().get(0).getOptions();
    }

    private static String module(Sasl sasl) {
        return context(sasl).configurationEntries().get(0).getLoginModuleName();
    }

    private static JaasContext context(Sasl sasl) {
        Map<String, Object> properties =
                Env.of().settings(SettingsOverrides.none().withSasl(sasl)).adminProperties();
        assertThat(properties.get("sasl.jaas.config")).isInstanceOf(Password.class);
        return JaasContext.loadClientContext(properties);
    }
}

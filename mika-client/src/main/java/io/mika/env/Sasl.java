package io.mika.env;

import static java.util.Objects.requireNonNull;

import io.mika.error.ConfigException;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;

/**
 * How the client tells the brokers who it is: by user name and password. Other mechanisms ({@code OAUTHBEARER} and so
 * on) are set with {@code property} on the builder. <i>Immutable.</i> The password is in no text that this class makes.
 */
public final class Sasl {
    private final SaslMechanism mechanism;
    private final String user;
    private final String password;

    private Sasl(SaslMechanism mechanism, String user, String password) {
        this.mechanism = mechanism;
        this.user = requireFilled("user name", user);
        this.password = requireFilled("password", password);
    }

    /**
     * Mechanism {@code PLAIN}: the brokers get to see the password, so use it with TLS only.
     *
     * @param user the user name; at Confluent Cloud, the API key
     * @param password the password; at Confluent Cloud, the API secret
     * @return the credentials
     * @throws ConfigException when one of them is empty
     */
    public static Sasl plain(String user, String password) {
        return new Sasl(SaslMechanism.PLAIN, user, password);
    }

    /**
     * Mechanism {@code SCRAM-SHA-256}.
     *
     * @param user the user name
     * @param password the password
     * @return the credentials
     * @throws ConfigException when one of them is empty
     */
    public static Sasl scramSha256(String user, String password) {
        return new Sasl(SaslMechanism.SCRAM_SHA_256, user, password);
    }

    /**
     * Mechanism {@code SCRAM-SHA-512}.
     *
     * @param user the user name
     * @param password the password
     * @return the credentials
     * @throws ConfigException when one of them is empty
     */
    public static Sasl scramSha512(String user, String password) {
        return new Sasl(SaslMechanism.SCRAM_SHA_512, user, password);
    }

    static Sasl of(SaslMechanism mechanism, String user, String password) {
        return new Sasl(mechanism, user, password);
    }

    /**
     * The mechanism.
     *
     * @return {@code PLAIN}, {@code SCRAM-SHA-256} or {@code SCRAM-SHA-512}
     */
    public String mechanism() {
        return mechanism.kafkaName();
    }

    /**
     * The user name.
     *
     * @return never empty
     */
    public String user() {
        return user;
    }

    /** Mechanism and user name; the password is hidden. */
    @Override
    public String toString() {
        return mechanism() + " as \"" + user + "\", password hidden";
    }

    void addTo(Map<String, Object> properties) {
        properties.put(SaslConfigs.SASL_MECHANISM, mechanism());
        // A Password, for it hides itself should someone print the map.
        properties.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(jaasConfig()));
    }

    /** Whether TLS is on decides between the two protocols that know SASL, and the two that do not. */
    static void addProtocol(Map<String, Object> properties, boolean tls, boolean sasl) {
        properties.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                sasl ? (tls ? "SASL_SSL" : "SASL_PLAINTEXT") : (tls ? "SSL" : "PLAINTEXT"));
    }

    private String jaasConfig() {
        return mechanism.loginModule() + " required username=" + quoted(user) + " password=" + quoted(password) + ";";
    }

    /** Kafka reads the line with a StreamTokenizer: a line break ends a string, a backslash escapes as in C. */
    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + "\"";
    }

    private static String requireFilled(String name, String text) {
        if (requireNonNull(text, name).isEmpty()) {
            throw new ConfigException("SASL: the " + name + " is empty");
        }
        return text;
    }
}

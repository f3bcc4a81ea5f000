package io.mika.env;

import io.mika.error.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the environment variables, each by a method of its own. What is wrong goes to the list of problems, and the
 * variable then counts as unset. For one thread.
 */
final class EnvironmentReader {
    /** Exactly what Go's ParseBool takes, for the Go client reads the same variable. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final Pattern IN_A_TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]*");
    /** The longest name of a topic. */
    private static final int LONGEST = 249;

    private final UnaryOperator<@Nullable String> env;
    private final List<String> problems;

    EnvironmentReader(UnaryOperator<@Nullable String> env, List<String> problems) {
        this.env = env;
        this.problems = problems;
    }

    List<String> brokers() {
        return BrokerAddresses.parse(
                Variable.KAFKA_BROKERS.name(),
                value(Variable.KAFKA_BROKERS).orElse(Variable.KAFKA_BROKERS.defaultValue()),
                problems);
    }

    Optional<Tls> tls() {
        Optional<String> text = value(Variable.KAFKA_TLS_ENABLED);
        if (text.isEmpty() || FALSE.contains(text.get())) {
            reportFilesWithoutTls();
            return Optional.empty();
        }
        if (!TRUE.contains(text.get())) {
            problems.add("KAFKA_TLS_ENABLED: \"" + text.get() + "\" is not true or false");
            return Optional.empty();
        }
        Optional<Path> certFile = path(Variable.KAFKA_TLS_CERT_FILE);
        Optional<Path> keyFile = path(Variable.KAFKA_TLS_KEY_FILE);
        reportOneWithoutOther();
        Tls trust = path(Variable.KAFKA_TLS_CA_FILE).map(Tls::pem).orElse(Tls.system());
        return Optional.of(
                certFile.isPresent() && keyFile.isPresent()
                        ? trust.clientCertificate(certFile.get(), keyFile.get())
                        : trust);
    }

    Optional<Sasl> sasl() {
        Optional<String> text = value(Variable.KAFKA_SASL_MECHANISM);
        Optional<String> user = value(Variable.KAFKA_SASL_USERNAME);
        Optional<String> password = value(Variable.KAFKA_SASL_PASSWORD);
        if (text.isEmpty()) {
            reportCredentialsWithoutMechanism(user.isPresent(), password.isPresent());
            return Optional.empty();
        }
        Optional<SaslMechanism> mechanism = SaslMechanism.named(text.get());
        if (mechanism.isEmpty()) {
            problems.add("KAFKA_SASL_MECHANISM: \"" + text.get() + "\" is not PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512;"
                    + " others are set with property(\"sasl.mechanism\", ...) on the builder");
        }
        reportMissing(Variable.KAFKA_SASL_USERNAME, user, text.get());
        reportMissing(Variable.KAFKA_SASL_PASSWORD, password, text.get());
        return mechanism.isPresent() && user.isPresent() && password.isPresent()
                ? Optional.of(Sasl.of(mechanism.get(), user.get(), password.get()))
                : Optional.empty();
    }

    Optional<StartPosition> startFrom() {
        return value(Variable.KAFKA_CONSUMER_START_FROM).flatMap(text -> {
            try {
                return Optional.of(StartPosition.parse(text));
            } catch (ConfigException wrong) {
                wrong.problems().forEach(problem -> problems.add("KAFKA_CONSUMER_START_FROM: " + problem));
                return Optional.empty();
            }
        });
    }

    String globalSuffix() {
        return suffix(
                Variable.KAFKA_GLOBAL_SUFFIX.name(),
                value(Variable.KAFKA_GLOBAL_SUFFIX).orElse(""),
                problems);
    }

    GroupProtocol groupProtocol() {
        Optional<String> text = value(Variable.KAFKA_GROUP_PROTOCOL);
        Optional<GroupProtocol> protocol = text.flatMap(GroupProtocol::named);
        if (text.isPresent() && protocol.isEmpty()) {
            problems.add("KAFKA_GROUP_PROTOCOL: \"" + text.get() + "\" is not classic or consumer");
        }
        return protocol.orElse(GroupProtocol.CLASSIC);
    }

    /** Also for the builder's suffix: empty, or what may stand in a topic's name. */
    static String suffix(String label, String text, List<String> problems) {
        if (!IN_A_TOPIC_NAME.matcher(text).matches()) {
            problems.add(label + ": \"" + text
                    + "\" has a character that no topic's name can have: letters, digits, '.', '_' and '-' can");
            return "";
        }
        if (text.length() >= LONGEST) {
            problems.add(label + ": " + text.length()
                    + " characters leave no room for a topic's name, which has at most " + LONGEST);
            return "";
        }
        return text;
    }

    private void reportFilesWithoutTls() {
        String set = Stream.of(Variable.KAFKA_TLS_CA_FILE, Variable.KAFKA_TLS_CERT_FILE, Variable.KAFKA_TLS_KEY_FILE)
                .filter(variable -> value(variable).isPresent())
                .map(Variable::name)
                .collect(Collectors.joining(", "));
        if (!set.isEmpty()) {
            problems.add("KAFKA_TLS_ENABLED: TLS is off, but these are set: " + set
                    + "; set KAFKA_TLS_ENABLED=true, or unset them");
        }
    }

    private void reportOneWithoutOther() {
        boolean cert = value(Variable.KAFKA_TLS_CERT_FILE).isPresent();
        boolean key = value(Variable.KAFKA_TLS_KEY_FILE).isPresent();
        if (cert && !key) {
            problems.add("KAFKA_TLS_KEY_FILE: not set, but KAFKA_TLS_CERT_FILE is; a certificate needs its key");
        }
        if (key && !cert) {
            problems.add("KAFKA_TLS_CERT_FILE: not set, but KAFKA_TLS_KEY_FILE is; a key needs its certificate");
        }
    }

    private void reportCredentialsWithoutMechanism(boolean user, boolean password) {
        if (user || password) {
            problems.add("KAFKA_SASL_MECHANISM: not set, but "
                    + (user && password
                            ? "KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are"
                            : user ? "KAFKA_SASL_USERNAME is" : "KAFKA_SASL_PASSWORD is")
                    + "; set it to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
        }
    }

    private void reportMissing(Variable variable, Optional<String> value, String mechanism) {
        if (value.isEmpty()) {
            problems.add(variable + ": not set, but KAFKA_SASL_MECHANISM is \"" + mechanism + "\", which needs it");
        }
    }

    private Optional<Path> path(Variable variable) {
        return value(variable).flatMap(text -> {
            try {
                return Optional.of(Path.of(text));
            } catch (InvalidPathException wrong) {
                problems.add(variable + ": \"" + text + "\" is not a path: " + wrong.getReason());
                return Optional.empty();
            }
        });
    }

    private Optional<String> value(Variable variable) {
        return Optional.ofNullable(env.apply(variable.name())).filter(text -> !text.isEmpty());
    }
}

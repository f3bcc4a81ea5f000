package io.mika;

import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.OutageBreaker;
import io.mika.env.GroupProtocol;
import io.mika.env.Sasl;
import io.mika.env.SettingsOverrides;
import io.mika.env.StartPosition;
import io.mika.env.Tls;
import io.mika.env.UserProperties;
import io.mika.event.ClientListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a builder was told, as it was told; what is wrong with the telling itself is noted. For one thread. */
final class Settings {
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);
    static final Duration UNCLAIMED_FOR = Duration.ofMinutes(15);
    static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

    final UnaryOperator<@Nullable String> env;

    /** Calls that were wrong by themselves, in the order of the calls. */
    final List<String> problems = new ArrayList<>();

    final Once<String> group = new Once<>("group", problems);
    final Once<String> retryTopic = new Once<>("retryTopic", problems);
    final Once<String> dlqTopic = new Once<>("dlqTopic", problems);
    final Once<List<String>> brokers = new Once<>("brokers", problems);
    final Once<StartPosition> startFrom = new Once<>("startFrom", problems);
    final Once<String> globalSuffix = new Once<>("globalSuffix", problems);
    final Once<Tls> tls = new Once<>("tls", problems);
    final Once<Sasl> sasl = new Once<>("sasl", problems);
    final Once<GroupProtocol> groupProtocol = new Once<>("groupProtocol", problems);
    final Once<Executor> executor = new Once<>("executor", problems);
    final Once<CompletionStage<?>> closeWhen = new Once<>("closeWhen", problems);
    final Once<Duration> closeTimeout = new Once<>("closeTimeout", problems);
    final Once<Duration> drainTimeout = new Once<>("drainTimeout", problems);
    final Once<Duration> unclaimedFor = new Once<>("unclaimedFor", problems);
    final Once<Duration> commitInterval = new Once<>("commitInterval", problems);
    final Once<Boolean> rememberSettled = new Once<>("rememberSettled", problems);
    final Once<OutageBreaker> outageBreaker = new Once<>("outageBreaker", problems);
    final List<Registration> consumers = new ArrayList<>();
    final List<ClientListener> listeners = new ArrayList<>();
    final List<DeliveryInterceptor> interceptors = new ArrayList<>();
    boolean closeOnShutdown;

    private final Map<String, Object> anyProperties = new LinkedHashMap<>();
    private final Map<String, Object> consumerProperties = new LinkedHashMap<>();
    private final Map<String, Object> producerProperties = new LinkedHashMap<>();

    Settings(UnaryOperator<@Nullable String> env) {
        this.env = env;
    }

    void property(String name, Object value) {
        put("property", anyProperties, name, value);
    }

    void consumerProperty(String name, Object value) {
        put("consumerProperty", consumerProperties, name, value);
    }

    void producerProperty(String name, Object value) {
        put("producerProperty", producerProperties, name, value);
    }

    /** The values are not shown, for they may be secrets. */
    private void put(String setter, Map<String, Object> properties, String name, Object value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (properties.put(name, value) != null) {
            problems.add(setter + "(\"" + name + "\"): set twice");
        }
    }

    SettingsOverrides overrides() {
        return new SettingsOverrides(
                brokers.value(),
                tls.value(),
                sasl.value(),
                startFrom.value(),
                globalSuffix.value(),
                groupProtocol.value());
    }

    UserProperties userProperties() {
        return new UserProperties(anyProperties, consumerProperties, producerProperties);
    }
}

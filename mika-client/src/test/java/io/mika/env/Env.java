package io.mika.env;

import io.mika.error.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An environment of a test's own, and what the settings make of it. */
final class Env {
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> read = new ArrayList<>();

    private Env() {}

    /** Names and values in turn. */
    static Env of(String... namesAndValues) {
        Env env = new Env();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            env.variables.put(namesAndValues[index], namesAndValues[index + 1]);
        }
        return env;
    }

    UnaryOperator<@Nullable String> lookUp() {
        return name -> {
            read.add(String.valueOf(name));
            return variables.get(name);
        };
    }

    KafkaSettings settings() {
        return KafkaSettings.from(lookUp());
    }

    KafkaSettings settings(SettingsOverrides overrides) {
        List<String> problems = new ArrayList<>();
        KafkaSettings settings = KafkaSettings.resolve(lookUp(), overrides, problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return settings;
    }

    List<String> problems() {
        return problems(SettingsOverrides.none());
    }

    List<String> problems(SettingsOverrides overrides) {
        try {
            settings(overrides);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /** The variables looked up so far. */
    List<String> read() {
        return List.copyOf(read);
    }
}

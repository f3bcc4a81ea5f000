package io.mika;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A setting that takes one value: setting it again is a problem, not a silent replacement. For one thread. */
final class Once<T> {
    private final String setter;
    private final List<String> problems;
    private @Nullable T value;

    Once(String setter, List<String> problems) {
        this.setter = setter;
        this.problems = problems;
    }

    void set(T given) {
        Objects.requireNonNull(given, setter);
        if (value != null) {
            problems.add(setter + ": set twice, to " + shown(value) + " and to " + shown(given));
        }
        value = given;
    }

    @Nullable T value() {
        return value;
    }

    T or(T standard) {
        return value == null ? standard : value;
    }

    /** Types that hold secrets hide them in their text. */
    private static String shown(Object value) {
        return value instanceof String ? "\"" + value + "\"" : value.toString();
    }
}

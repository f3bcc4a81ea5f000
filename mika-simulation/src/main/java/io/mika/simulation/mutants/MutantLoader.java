package io.mika.simulation.mutants;

import io.mika.simulation.Judge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A library of its own, with the mutant's classes, and a simulation of its own that runs on it; all else is shared.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.mika.";

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> mutated;

    MutantLoader(Map<String, byte[]> mutated) {
        super(Judge.class.getClassLoader());
        this.mutated = mutated;
    }

    /** Runs seeds on the mutant. */
    @SuppressWarnings("unchecked")
    LongFunction<@Nullable String> judge() {
        return (LongFunction<@Nullable String>) make(Judge.class.getName());
    }

    /** Tells of broken rules. */
    @SuppressWarnings("unchecked")
    LongFunction<String> teller() {
        return (LongFunction<String>) make(Judge.Teller.class.getName());
    }

    private Object make(String name) {
        try {
            return loadClass(name).getConstructor().newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = mutated.containsKey(name) ? mutated.get(name) : original(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte @Nullable [] original(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

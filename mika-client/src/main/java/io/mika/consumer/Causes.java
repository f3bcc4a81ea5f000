package io.mika.consumer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Cause chains, which may contain cycles. Pure functions. */
final class Causes {

    private Causes() {}

    /** The failure and all its causes, from the outside in, each once. */
    static List<Throwable> chain(@Nullable Throwable failure) {
        if (failure == null || failure.getCause() == null) {
            return failure == null ? List.of() : List.of(failure);
        }
        List<Throwable> chain = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable next = failure; next != null && seen.add(next); next = next.getCause()) {
            chain.add(next);
        }
        return chain;
    }

    /** What a future failed with, without the wrappers that futures put around it. */
    static Throwable unwrapped(Throwable failure) {
        for (Throwable next : chain(failure)) {
            boolean wrapper = next instanceof CompletionException || next instanceof ExecutionException;
            if (!wrapper || next.getCause() == null) {
                return next;
            }
        }
        return failure;
    }
}

package io.mika;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Futures that are given to the application. Pure functions. */
final class Futures {
    private Futures() {}

    /** A future that completes as the source does, on the executor; what is done to it does not reach the source. */
    static <T> CompletableFuture<T> completedOn(Executor executor, CompletableFuture<T> source) {
        CompletableFuture<T> copy = new CompletableFuture<>();
        source.whenComplete((value, error) -> executor.execute(() -> {
            if (error == null) {
                copy.complete(value);
            } else {
                copy.completeExceptionally(error);
            }
        }));
        return copy;
    }
}

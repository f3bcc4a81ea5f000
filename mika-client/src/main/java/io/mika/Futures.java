package io.mika;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Futures that are given to the application. Pure functions. */
final class Futures {
    private Futures() {}

    /** A future that completes as the source does, on the executor; what is done to it does not reach the source. */
    static <T> CompletableFuture<T> completedOn(Executor executor, CompletableFuture<T> source) {
        CompletableFuture<T> copy = new CompletableFuture<>();
        whenDone(source, (value, error) -> executor.execute(() -> complete(copy, value, error)));
        return copy;
    }

    /** With the value, unless there is an error. */
    static <T> void complete(CompletableFuture<T> future, T value, @Nullable Throwable error) {
        if (error == null) {
            future.complete(value);
        } else {
            future.completeExceptionally(error);
        }
    }

    /** Runs the action with value or error, on the thread that completes the stage; nobody awaits the action. */
    static <T> void whenDone(CompletionStage<T> stage, BiConsumer<? super T, ? super Throwable> action) {
        stage.whenComplete(action);
    }
}

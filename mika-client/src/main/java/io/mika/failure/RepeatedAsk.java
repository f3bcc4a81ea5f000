package io.mika.failure;

import io.mika.error.MikaException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;

/** Questions to the brokers, asked until they are answered; answers come in turns. <i>For one thread at a time.</i> */
final class RepeatedAsk {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SerialTurns turns;
    private final LongSupplier clock;
    private final Consumer<Throwable> errors;
    private final Consumer<RuntimeException> refused;
    private final PriorityQueue<Again> again = new PriorityQueue<>(Comparator.comparingLong(Again::at));

    private record Again(long at, Runnable question) {}

    /** @param refused is told, in a turn, of what asking again would not mend; there is no answer then */
    RepeatedAsk(SerialTurns turns, LongSupplier clock, Consumer<Throwable> errors, Consumer<RuntimeException> refused) {
        this.turns = turns;
        this.clock = clock;
        this.errors = errors;
        this.refused = refused;
    }

    /** @param what completes "cannot ..." */
    <T> void ask(String what, Supplier<CompletableFuture<T>> question, Consumer<T> then) {
        var unused = asked(question)
                .whenComplete((answer, error) -> turns.send(() -> {
                    if (error == null) {
                        then.accept(answer);
                    } else {
                        failed(what, WriteError.runtime(error), () -> ask(what, question, then));
                    }
                }));
    }

    private static <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> question) {
        try {
            return question.get();
        } catch (RuntimeException unasked) {
            return CompletableFuture.failedFuture(unasked);
        }
    }

    private void failed(String what, RuntimeException error, Runnable question) {
        if (error instanceof RetriableException) {
            errors.accept(new MikaException("cannot " + what + ", trying again: " + error.getMessage(), error));
            again.add(new Again(clock.getAsLong() + AGAIN_NANOS, question));
        } else {
            refused.accept(new MikaException("cannot " + what + ": " + error.getMessage(), error));
        }
    }

    /** Asks again what is due. */
    void advance(long now) {
        while (!again.isEmpty() && now - again.element().at() >= 0) {
            again.remove().question().run();
        }
        if (!again.isEmpty()) {
            turns.scheduleAt(again.element().at());
        }
    }
}

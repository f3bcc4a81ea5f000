package io.mika.micrometer;

import io.mika.consumer.FailureReason;
import io.mika.consumer.RetryableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What {@code error.type} says of an exception. Pure functions. */
final class ErrorTypes {
    /** Causes may form a ring. */
    private static final int DEPTH = 100;

    private ErrorTypes() {}

    /** The name of its class; of what only carries another exception, that of the other. */
    static String of(@Nullable Throwable error) {
        Throwable bare = error;
        for (int depth = 0; depth < DEPTH && bare != null && isCarrier(bare) && bare.getCause() != null; depth++) {
            bare = bare.getCause();
        }
        if (bare == null || bare instanceof FailureReason) {
            return Names.OTHER_ERROR;
        }
        String canonical = bare.getClass().getCanonicalName();
        return canonical == null ? bare.getClass().getName() : canonical;
    }

    /** As the headers of a failed record have it: these very classes, not their subclasses. */
    private static boolean isCarrier(Throwable error) {
        Class<?> type = error.getClass();
        return type == RetryableException.class
                || type == CompletionException.class
                || type == ExecutionException.class;
    }
}

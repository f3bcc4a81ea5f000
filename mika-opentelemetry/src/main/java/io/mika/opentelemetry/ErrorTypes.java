package io.mika.opentelemetry;

import io.mika.consumer.FailureReason;
import io.mika.consumer.RetryableException;
import io.mika.record.Reason;
import org.jspecify.annotations.Nullable;

/** What {@code error.type} says of an exception. Pure functions. */
final class ErrorTypes {
    private ErrorTypes() {}

    /** The name of its class; of what only carries another exception, that of the other, as in a failed record's headers. */
    static String of(@Nullable Throwable error) {
        Throwable bare = error == null ? null : Reason.bare(error, RetryableException.class);
        if (bare == null || bare instanceof FailureReason) {
            return Names.OTHER_ERROR;
        }
        String canonical = bare.getClass().getCanonicalName();
        return canonical == null ? bare.getClass().getName() : canonical;
    }
}

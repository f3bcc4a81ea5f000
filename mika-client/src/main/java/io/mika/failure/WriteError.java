package io.mika.failure;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/** What a failed write says about its record, and about its destination. Pure. */
enum WriteError {
    /** The broker takes no record of this size. */
    TOO_LARGE,
    /** The broker takes no such record; others it does. */
    RECORD,
    /** We are not allowed to: somebody has to change that, which takes its time. */
    REFUSED,
    /** It does not work at the moment, or does not exist; what became of the record is not known. */
    DESTINATION;

    static WriteError of(RuntimeException error) {
        if (error instanceof RecordTooLargeException || error instanceof RecordBatchTooLargeException) {
            return TOO_LARGE;
        }
        if (error instanceof InvalidRecordException
                || error instanceof InvalidTimestampException
                || error instanceof SerializationException) {
            return RECORD;
        }
        if (error instanceof AuthenticationException || error instanceof AuthorizationException) {
            return REFUSED;
        }
        return DESTINATION;
    }

    /** Without the wrappers of futures; what is no runtime exception becomes one. */
    static RuntimeException runtime(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new KafkaException(cause);
    }
}

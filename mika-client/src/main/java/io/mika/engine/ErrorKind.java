package io.mika.engine;

import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What an exception from Kafka means for the client. By a list of names: in kafka-clients 4.4 superclasses do not tell
 * what can be tried again from what cannot. Pure.
 */
enum ErrorKind {
    /** Report, wait a little, go on. */
    RETRY,
    /** The brokers do not let us: report, go on slowly, somebody may be mending it. */
    REFUSED,
    /** The group changes; the next poll goes along with it. */
    REBALANCING,
    /** The commit's text is longer than this broker takes. */
    TEXT_TOO_LARGE,
    /** Nothing will mend this while the client lives: close with the cause. */
    FATAL;

    private static final Set<Class<?>> FATAL_ERRORS = Set.of(
            FencedInstanceIdException.class,
            UnsupportedVersionException.class,
            UnsupportedAssignorException.class,
            InconsistentGroupProtocolException.class,
            InvalidGroupIdException.class,
            InvalidTopicException.class,
            InterruptException.class,
            ConfigException.class);

    static ErrorKind of(Throwable error) {
        Throwable cause = unwrap(error);
        if (cause instanceof OffsetMetadataTooLarge) {
            return TEXT_TOO_LARGE;
        }
        if (cause instanceof RebalanceInProgressException) {
            return REBALANCING;
        }
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return REFUSED;
        }
        if (FATAL_ERRORS.contains(cause.getClass())) {
            return FATAL;
        }
        // Not Kafka's own: an error in a program, ours or an interceptor's, that trying again only repeats
        boolean programming = cause instanceof Error || !isKafkas(cause);
        return programming ? FATAL : RETRY;
    }

    private static boolean isKafkas(Throwable cause) {
        return cause instanceof KafkaException || cause instanceof java.util.concurrent.TimeoutException;
    }

    private static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}

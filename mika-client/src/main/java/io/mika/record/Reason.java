package io.mika.record;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Why a record failed, in the words that its headers use. Internal: for the library; no API. <i>Immutable.</i>
 *
 * @param message in words; the headers hold at most 1 KiB of it
 * @param exceptionClass full name of the exception's class; null if there was none
 */
public record Reason(String message, @Nullable String exceptionClass) {
    /** Causes may form a ring. */
    private static final int DEPTH = 100;

    /**
     * The reason that an exception gives, or the {@linkplain #bare bare} one in it. Calls its {@code getMessage()}, which
     * may be an application's code.
     *
     * @param failure null for none: "unknown"
     * @param carriers further classes that only carry another exception
     * @return its message, or its class if it has none
     */
    public static Reason of(@Nullable Throwable failure, Class<?>... carriers) {
        if (failure == null) {
            return new Reason(FailureHeaders.UNKNOWN, null);
        }
        Throwable bare = bare(failure, carriers);
        String name = bare.getClass().getName();
        String message = message(bare);
        return new Reason(message == null || message.isEmpty() ? name : message, name);
    }

    /**
     * A reason in words.
     *
     * @param message null for none: "unknown"
     * @return without an exception
     */
    public static Reason ofText(@Nullable String message) {
        return new Reason(message == null ? FailureHeaders.UNKNOWN : message, null);
    }

    /**
     * Looks through what only carries another exception: {@link CompletionException}, {@link ExecutionException}, and what
     * else is named; not through their subclasses.
     *
     * @param failure what was thrown, or is the reason
     * @param carriers further classes that only carry another exception
     * @return the exception itself, or the first below it that carries none
     */
    public static Throwable bare(Throwable failure, Class<?>... carriers) {
        List<Class<?>> further = List.of(carriers);
        Throwable bare = failure;
        for (int depth = 0; depth < DEPTH && isCarrier(bare.getClass(), further); depth++) {
            Throwable cause = bare.getCause();
            if (cause == null) {
                break;
            }
            bare = cause;
        }
        return bare;
    }

    private static boolean isCarrier(Class<?> type, List<Class<?>> carriers) {
        return type == CompletionException.class || type == ExecutionException.class || carriers.contains(type);
    }

    private static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException itself) {
            // An exception that cannot say what happened has still happened.
            return null;
        }
    }
}

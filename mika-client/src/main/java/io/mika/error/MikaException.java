package io.mika.error;

import org.jspecify.annotations.Nullable;

/** Above every exception of this library. The message is a sentence with the values in it; secrets are never among them. */
public class MikaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Makes an exception without a cause.
     *
     * @param message a sentence with the values in it
     */
    public MikaException(String message) {
        super(message);
    }

    /**
     * Makes an exception with a cause.
     *
     * @param message a sentence with the values in it
     * @param cause what led to it, or null
     */
    public MikaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

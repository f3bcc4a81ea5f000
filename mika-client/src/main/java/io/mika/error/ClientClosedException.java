package io.mika.error;

import org.jspecify.annotations.Nullable;

/** The client is closed, or closed before what was asked could be done. A closed client is not started again. */
public class ClientClosedException extends MikaException {
    private static final long serialVersionUID = 1;

    /** Makes an exception for a client that was closed on purpose. */
    public ClientClosedException() {
        this(null);
    }

    /**
     * Makes an exception for a client that closed for a reason.
     *
     * @param cause what closed the client, or null when it was closed on purpose
     */
    public ClientClosedException(@Nullable Throwable cause) {
        super(cause == null ? "the client is closed" : "the client is closed, for this reason: " + cause, cause);
    }
}

package io.mika.consumer;

/**
 * A failure that was given as text, as by {@link Delivery#fail(String)}, where an exception is asked for. It bears no
 * stack trace: there is none to show, and none to pay for.
 */
public final class FailureReason extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Of that text.
     *
     * @param message in words
     */
    public FailureReason(String message) {
        super(message, null, false, false);
    }
}

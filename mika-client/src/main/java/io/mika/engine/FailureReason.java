package io.mika.engine;

/** A failure that was given as text. It bears no stack trace: there is none to show, and none to pay for. */
final class FailureReason extends Exception {
    private static final long serialVersionUID = 1L;

    FailureReason(String message) {
        super(message, null, false, false);
    }
}

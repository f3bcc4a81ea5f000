package io.mika.error;

/** Something was asked that needs a dead letter queue, and the client has none. */
public class DlqNotConfiguredException extends MikaException {
    private static final long serialVersionUID = 1;

    /**
     * Makes an exception for one call.
     *
     * @param call what was asked, as the user wrote it: {@code enableDlqConsumption()}
     */
    public DlqNotConfiguredException(String call) {
        super(call + " needs a dead letter queue: name its topic with dlqTopic(...) on the builder");
    }
}

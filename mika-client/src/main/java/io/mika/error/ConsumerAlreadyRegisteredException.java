package io.mika.error;

/** Two consumers were given for one topic. A topic has one; let that one tell its records apart. */
public class ConsumerAlreadyRegisteredException extends ConfigException {
    private static final long serialVersionUID = 1;

    /** Without the global suffix. */
    private final String topic;

    /**
     * Makes an exception for one topic.
     *
     * @param topic the topic that has two consumers, without the global suffix
     */
    public ConsumerAlreadyRegisteredException(String topic) {
        super("topic \"" + topic + "\" has a consumer already: a topic has one");
        this.topic = topic;
    }

    /**
     * The topic that has two consumers.
     *
     * @return its name without the global suffix
     */
    public final String topic() {
        return topic;
    }
}

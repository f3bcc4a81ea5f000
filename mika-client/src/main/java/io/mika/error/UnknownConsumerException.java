package io.mika.error;

import java.util.Collection;
import java.util.TreeSet;

/** A command named a topic that has no consumer in this client. */
public class UnknownConsumerException extends MikaException {
    private static final long serialVersionUID = 1;

    /** Without the global suffix. */
    private final String topic;

    /**
     * Makes an exception for one topic.
     *
     * @param topic the topic asked for, without the global suffix
     * @param registered the topics that do have a consumer, for the message
     */
    public UnknownConsumerException(String topic, Collection<String> registered) {
        super("topic \"" + topic + "\" has no consumer in this client; those that have: "
                + (registered.isEmpty() ? "none" : String.join(", ", new TreeSet<>(registered))));
        this.topic = topic;
    }

    /**
     * The topic asked for.
     *
     * @return its name without the global suffix
     */
    public final String topic() {
        return topic;
    }
}

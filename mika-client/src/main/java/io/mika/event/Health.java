package io.mika.event;

import java.util.List;

/**
 * Whether a client does its work. One that is paused on purpose does. <i>Immutable.</i>
 *
 * @param healthy whether there are no reasons
 * @param reasons what is wrong, a sentence each
 */
public record Health(boolean healthy, List<String> reasons) {
    /** Copies the list. */
    public Health {
        reasons = List.copyOf(reasons);
    }

    /**
     * What follows from the reasons.
     *
     * @param reasons none for a healthy client
     * @return healthy or not
     */
    public static Health of(List<String> reasons) {
        return new Health(reasons.isEmpty(), reasons);
    }
}

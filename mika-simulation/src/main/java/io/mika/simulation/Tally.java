package io.mika.simulation;

/**
 * What happened in runs, counted.
 *
 * @param schedules runs
 * @param events what the seeds drew, one after another; what happened within these is not counted
 * @param members processes that took part
 * @param deliveries calls of a handler
 * @param passedOver records that were not handed out because they had been settled before
 * @param commits commits that were sent
 * @param copies records that failed, or waited, and were written anew
 * @param virtualMillis time that went by in the simulated worlds
 */
public record Tally(
        long schedules,
        long events,
        long members,
        long deliveries,
        long passedOver,
        long commits,
        long copies,
        long virtualMillis) {
    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0);

    Tally plus(Tally other) {
        return new Tally(
                schedules + other.schedules,
                events + other.events,
                members + other.members,
                deliveries + other.deliveries,
                passedOver + other.passedOver,
                commits + other.commits,
                copies + other.copies,
                virtualMillis + other.virtualMillis);
    }
}

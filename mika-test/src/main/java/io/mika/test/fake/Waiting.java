package io.mika.test.fake;

/**
 * What a blocking call of the fake does while it has nothing to return: the driver lets virtual time pass there, or
 * runs whatever else would run meanwhile (handlers, other members, {@link FakeKafka#runDue()}).
 *
 * <p>If the clock has not moved when {@code await} returns, the call ends as if its time were over: a {@code poll}
 * returns no records, a {@code commitSync} throws its {@code TimeoutException}. So {@code nanos -> {}} makes the fake
 * never wait, which suits a driver that steps several clients by turns.
 */
@FunctionalInterface
public interface Waiting {

    /**
     * Lets at most this much time pass.
     *
     * @param nanos how long the fake has nothing to do, above 0
     */
    void await(long nanos);
}

package io.mika.failure;

import java.util.concurrent.TimeUnit;

/** So many per second, with a quarter of a second's worth at once. <i>For one thread.</i> */
final class TokenBucket {
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double perSecond;
    private final double most;
    private double tokens;
    private long filledAt;

    TokenBucket(double perSecond, long now) {
        this.perSecond = perSecond;
        this.most = Math.max(1, perSecond / 4);
        this.tokens = 1;
        this.filledAt = now;
    }

    /** Whether one may be taken now. */
    boolean hasOne(long now) {
        tokens = Math.min(most, tokens + (now - filledAt) / SECOND * perSecond);
        filledAt = now;
        return tokens >= 1 || perSecond == Double.POSITIVE_INFINITY;
    }

    void takeOne() {
        tokens--;
    }

    /** When the next one may be taken. */
    long nextAt(long now) {
        return now + Math.max(1, (long) Math.ceil((1 - tokens) / perSecond * SECOND));
    }
}

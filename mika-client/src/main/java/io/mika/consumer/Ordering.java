package io.mika.consumer;

/**
 * In which order a consumer's handler is called for records of one partition. The next call begins when the one that it
 * waits for has returned; when deliveries are settled makes no difference. A record that goes through the retry topic has
 * lost its place.
 */
public enum Ordering {
    /** One after another, as they lie in the partition; different partitions at once. The default. */
    PARTITION,

    /** One after another where the keys are the same bytes, else at once. A record without a key waits for none. */
    KEY,

    /** All at once, as far as the concurrency allows. */
    NONE
}

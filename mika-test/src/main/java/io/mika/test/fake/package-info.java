/**
 * A Kafka broker that exists only in memory: topics, consumer groups, a consumer, a producer and look-ups, in one
 * thread and in virtual time. What happens depends on the calls and on nothing else, so a test that fails once fails
 * every time.
 */
@NullMarked
package io.mika.test.fake;

import org.jspecify.annotations.NullMarked;

/** A real Kafka broker in a child JVM, for tests and for development. */
@NullMarked
package io.mika.test.broker;

import org.jspecify.annotations.NullMarked;

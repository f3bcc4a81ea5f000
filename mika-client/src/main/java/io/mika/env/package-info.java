/**
 * From environment variables to Kafka's properties. {@link io.mika.env.KafkaSettings} is for everybody, and so are the
 * values that the builder takes; what is marked as internal is for the client alone.
 */
@NullMarked
package io.mika.env;

import org.jspecify.annotations.NullMarked;

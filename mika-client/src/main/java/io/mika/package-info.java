/**
 * Where an application starts: {@link io.mika.KafkaClient} and its builder.
 */
@NullMarked
package io.mika;

import org.jspecify.annotations.NullMarked;

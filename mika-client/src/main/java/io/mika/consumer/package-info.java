/**
 * What an application implements and receives: handlers, {@link io.mika.consumer.Delivery}, {@link
 * io.mika.consumer.Settlement}, {@link io.mika.consumer.ConsumerOptions}.
 */
@NullMarked
package io.mika.consumer;

import org.jspecify.annotations.NullMarked;

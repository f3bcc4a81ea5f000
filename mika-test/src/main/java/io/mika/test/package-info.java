/**
 * Tests of handlers without a broker: {@link io.mika.test.TestDelivery} for a handler alone, {@link
 * io.mika.test.MikaTester} for a handler in a client, whose real engine it runs by hand, in virtual time, on the fake
 * broker of {@link io.mika.test.fake}.
 */
@NullMarked
package io.mika.test;

import org.jspecify.annotations.NullMarked;

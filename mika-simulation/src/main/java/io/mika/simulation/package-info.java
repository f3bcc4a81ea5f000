/**
 * The real engine in one thread and in virtual time, on a fake broker, with everything that goes wrong drawn from a
 * seed.
 */
@NullMarked
package io.mika.simulation;

import org.jspecify.annotations.NullMarked;

/**
 * Metrics of a MiKa client through Micrometer: the same, by the same names, as {@code mika-opentelemetry} has.
 */
@NullMarked
package io.mika.micrometer;

import org.jspecify.annotations.NullMarked;

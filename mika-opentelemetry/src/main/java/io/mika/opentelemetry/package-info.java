/**
 * Traces and metrics of a MiKa client through OpenTelemetry's API. Without an SDK nothing of it does anything.
 *
 * <p>{@link io.mika.opentelemetry.KafkaTracing} and {@link io.mika.opentelemetry.KafkaMetrics} are independent of each
 * other.
 */
@NullMarked
package io.mika.opentelemetry;

import org.jspecify.annotations.NullMarked;

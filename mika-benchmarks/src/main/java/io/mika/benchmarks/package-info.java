/** Side-by-side runs against bare Kafka clients. */
@NullMarked
package io.mika.benchmarks;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.mika.benchmarks;

import org.jspecify.annotations.NullMarked;

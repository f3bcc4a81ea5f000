@NullMarked
package io.mika.opentelemetry;

import org.jspecify.annotations.NullMarked;

/** One small program per feature. The documents quote them, and tests run them. */
@NullMarked
package io.mika.examples;

import org.jspecify.annotations.NullMarked;

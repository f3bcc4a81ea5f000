/** The library on a real broker. */
@NullMarked
package io.mika.it;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.mika.examples;

import org.jspecify.annotations.NullMarked;

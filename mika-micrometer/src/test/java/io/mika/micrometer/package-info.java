@NullMarked
package io.mika.micrometer;

import org.jspecify.annotations.NullMarked;

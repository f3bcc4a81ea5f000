@NullMarked
package io.mika.simulation;

import org.jspecify.annotations.NullMarked;

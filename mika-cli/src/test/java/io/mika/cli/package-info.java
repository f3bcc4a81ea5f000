@NullMarked
package io.mika.cli;

import org.jspecify.annotations.NullMarked;

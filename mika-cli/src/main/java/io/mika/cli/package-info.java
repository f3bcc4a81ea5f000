/** The {@code mika} command: its entry point and the commands beside the demo. */
@NullMarked
package io.mika.cli;

import org.jspecify.annotations.NullMarked;

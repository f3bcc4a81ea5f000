/** The rules that the engine must keep, each with a test that fails when it is broken. */
@NullMarked
package io.mika.test.rules;

import org.jspecify.annotations.NullMarked;

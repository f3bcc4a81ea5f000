@NullMarked
package io.mika.test.broker;

import org.jspecify.annotations.NullMarked;

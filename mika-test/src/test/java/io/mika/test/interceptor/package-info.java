@NullMarked
package io.mika.test.interceptor;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.mika.cli.demo;

import org.jspecify.annotations.NullMarked;

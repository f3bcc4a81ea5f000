/** What can go wrong, as types: {@link io.mika.error.MikaException} and its few subclasses. */
@NullMarked
package io.mika.error;

import org.jspecify.annotations.NullMarked;

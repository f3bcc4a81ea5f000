/**
 * Where a failed record goes: the decision, which is pure, and what writes it to the retry topic or the dead letter
 * queue. Internal: for the engine; no API.
 */
@NullMarked
package io.mika.failure;

import org.jspecify.annotations.NullMarked;

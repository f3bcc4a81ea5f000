/**
 * The machine: poll loop, lanes, commits, rebalances, dispatch, closing. Not API: its doors are {@link
 * io.mika.engine.Engine} for the client and {@link io.mika.engine.EngineParts} for tests that step it by hand.
 */
@NullMarked
package io.mika.engine;

import org.jspecify.annotations.NullMarked;

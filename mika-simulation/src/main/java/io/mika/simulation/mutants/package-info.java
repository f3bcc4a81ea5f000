/**
 * The engine with one rule broken in each: patches of its source, compiled for the purpose, so that nothing of them is
 * in the engine. They show that the simulation would see it.
 */
@NullMarked
package io.mika.simulation.mutants;

import org.jspecify.annotations.NullMarked;

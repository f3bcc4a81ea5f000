@NullMarked
package io.mika.simulation.mutants;

import org.jspecify.annotations.NullMarked;

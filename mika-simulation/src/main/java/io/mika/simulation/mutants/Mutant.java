package io.mika.simulation.mutants;

import java.util.List;

/**
 * A bug that somebody could write. <i>Immutable.</i>
 *
 * @param name the name of its file
 * @param title what is wrong with it
 * @param budget so many schedules may pass until it is caught
 * @param withoutFailureTopics only schedules without retry topic and dead letter queue count, which are short: the bug
 *     takes many, and has nothing to do with these topics
 * @param patch what changes in the source
 */
public record Mutant(String name, String title, int budget, boolean withoutFailureTopics, List<FilePatch> patch) {}

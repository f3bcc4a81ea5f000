package io.mika.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What the demo says at its end. Immutable.
 *
 * @param elapsed from the first publish to the last settlement
 */
record DemoResult(Reconciliation reconciliation, int clients, Duration elapsed) {
    private static final List<String> COLUMNS =
            List.of("published", "acked", "dead-lettered", "retried", "duplicates", "lost", "left in flight");
    private static final int NARROWEST = 10;

    /** One JSON object on one line. */
    String json() {
        Figures total = reconciliation.total();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("published", total.published());
        json.put("acked", total.acked());
        json.put("deadLettered", total.deadLettered());
        json.put("retried", total.retried());
        json.put("duplicates", total.duplicates());
        json.put("lost", total.lost());
        json.put("leftInFlight", total.leftInFlight());
        json.put("uncommitted", total.uncommitted());
        json.put("unconfirmed", reconciliation.unconfirmed());
        json.put("misrouted", total.misrouted());
        json.put("clients", clients);
        json.put("seconds", elapsed.toMillis() / 1e3);
        return json.toString();
    }

    /** A table, and a sentence. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(row("topic", COLUMNS));
        reconciliation.topics().forEach((topic, figures) -> text.append(row(topic, cells(figures))));
        return text.append(row("total", cells(reconciliation.total())))
                .append(System.lineSeparator())
                .append(verdict())
                .toString();
    }

    private static List<String> cells(Figures figures) {
        return LongStream.of(
                        figures.published(),
                        figures.acked(),
                        figures.deadLettered(),
                        figures.retried(),
                        figures.duplicates(),
                        figures.lost(),
                        figures.leftInFlight())
                .mapToObj(number -> String.format(Locale.ROOT, "%,d", number))
                .toList();
    }

    private static String row(String name, List<String> cells) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> String.format("%" + width(column) + "s", cells.get(column)))
                .collect(Collectors.joining("", String.format("%-10s", name), System.lineSeparator()));
    }

    private static int width(int column) {
        return 2 + Math.max(NARROWEST, COLUMNS.get(column).length());
    }

    private String verdict() {
        Figures total = reconciliation.total();
        double seconds = Math.max(1e-3, elapsed.toMillis() / 1e3);
        String verdict = String.format(
                Locale.ROOT,
                "%s: %,d published = %,d acked + %,d dead-lettered%s; %d clients of one group, %.1f s (%,.0f records/s).",
                reconciliation.isComplete() ? "Nothing lost" : "NOT COMPLETE",
                total.published(),
                total.acked(),
                total.deadLettered(),
                missing(total),
                clients,
                seconds,
                total.published() / seconds);
        return verdict
                + sentence(reconciliation.unconfirmed(), "could not be published for certain")
                + sentence(total.misrouted(), "did not end where they belong")
                + sentence(total.uncommitted(), "are not committed: the group would be given them again");
    }

    private static String missing(Figures total) {
        long missing = total.lost() + total.leftInFlight();
        return missing == 0 ? "" : String.format(Locale.ROOT, " + %,d missing", missing);
    }

    private static String sentence(long records, String predicate) {
        return records == 0 ? "" : String.format(Locale.ROOT, " %,d records %s.", records, predicate);
    }
}

package io.mika.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What the demo says at its end. Immutable.
 *
 * @param elapsed from the first publish to the last ack
 */
record DemoResult(Reconciliation reconciliation, int clients, Duration elapsed) {
    /** One JSON object on one line. */
    String json() {
        Figures total = reconciliation.total();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("published", total.published());
        json.put("acked", total.acked());
        json.put("deadLettered", 0L);
        json.put("retried", 0L);
        json.put("duplicates", total.duplicates());
        json.put("lost", total.lost());
        json.put("leftInFlight", total.leftInFlight());
        json.put("uncommitted", total.uncommitted());
        json.put("unconfirmed", reconciliation.unconfirmed());
        json.put("clients", clients);
        json.put("seconds", elapsed.toMillis() / 1e3);
        return json.toString();
    }

    /** A table, and a sentence. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(row("topic", List.of("published", "acked", "duplicates", "lost", "left in flight")));
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
                        figures.duplicates(),
                        figures.lost(),
                        figures.leftInFlight())
                .mapToObj(number -> String.format(Locale.ROOT, "%,d", number))
                .toList();
    }

    private static String row(String name, List<String> cells) {
        return cells.stream()
                .map(cell -> String.format("%16s", cell))
                .collect(Collectors.joining("", String.format("%-10s", name), System.lineSeparator()));
    }

    private String verdict() {
        Figures total = reconciliation.total();
        double seconds = Math.max(1e-3, elapsed.toMillis() / 1e3);
        String verdict = String.format(
                Locale.ROOT,
                "%s: %,d records, %d clients of one group, %.1f s (%,.0f records/s).",
                reconciliation.isComplete() ? "Nothing lost" : "NOT COMPLETE",
                total.published(),
                clients,
                seconds,
                total.published() / seconds);
        if (reconciliation.unconfirmed() > 0) {
            verdict += String.format(
                    Locale.ROOT, " %,d records could not be published for certain.", reconciliation.unconfirmed());
        }
        if (total.uncommitted() > 0) {
            verdict += String.format(
                    Locale.ROOT,
                    " %,d records are not committed: the group would be given them again.",
                    total.uncommitted());
        }
        return verdict;
    }
}

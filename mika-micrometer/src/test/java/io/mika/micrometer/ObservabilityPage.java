package io.mika.micrometer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table of metrics in docs/observability.md. */
final class ObservabilityPage {
    private static final Path PAGE = Path.of("..", "docs", "observability.md");

    /** One row. */
    record Metric(String name, String kind, String unit, Set<String> attributes) {
        Metric {
            attributes = new TreeSet<>(attributes);
        }
    }

    private ObservabilityPage() {}

    static Map<String, Metric> metrics() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| metric |"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(ObservabilityPage::metric)
                .collect(Collectors.toMap(Metric::name, metric -> metric));
    }

    private static Metric metric(String row) {
        String[] cells = row.replace("`", "").split("\\|", -1);
        return new Metric(
                cells[1].trim(),
                cells[2].trim(),
                cells[3].trim(),
                Arrays.stream(cells[4].split(",", -1)).map(String::trim).collect(Collectors.toSet()));
    }
}

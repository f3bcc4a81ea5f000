package io.mika.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Seeds that once found something; they are run first, so that what was mended stays so. */
public final class Corpus {
    private static final String FILE = "corpus.txt";

    /**
     * One of them.
     *
     * @param seed the seed
     * @param mutant the mutant that breaks the engine again as it was; the seed finds it
     */
    public record Entry(long seed, String mutant) {}

    private Corpus() {}

    /** All of them, in the order of the file. */
    public static List<Entry> read() {
        InputStream file = Objects.requireNonNull(Corpus.class.getResourceAsStream(FILE), FILE);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Corpus::entry)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Entry entry(String line) {
        String[] parts = line.strip().split("\\s+", 2);
        return new Entry(Long.parseLong(parts[0]), parts[1]);
    }
}

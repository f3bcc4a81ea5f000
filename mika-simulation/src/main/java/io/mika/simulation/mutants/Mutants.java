package io.mika.simulation.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the mutants from their files. */
public final class Mutants {
    private static final String INDEX = "index.txt";
    private static final String TITLE = "title: ";
    private static final String BUDGET = "budget: ";
    private static final String WITHOUT_FAILURE_TOPICS = "schedules: without failure topics";
    private static final String FILE = "--- ";
    private static final String HUNK = "@@";

    private Mutants() {}

    /** All of them, in the order of the index. */
    public static List<Mutant> all() {
        return text(INDEX)
                .lines()
                .filter(line -> !line.isBlank())
                .map(Mutants::named)
                .toList();
    }

    /** The one with this name. */
    public static Mutant named(String name) {
        String text = text(name + ".patch");
        String title = header(text, TITLE);
        int budget = Integer.parseInt(header(text, BUDGET));
        List<FilePatch> patch = new ArrayList<>();
        for (String file : text.substring(text.indexOf("\n" + FILE)).split("(?m)^" + FILE, -1)) {
            if (!file.isBlank()) {
                patch.add(filePatch(file));
            }
        }
        boolean withoutFailureTopics = text.lines().anyMatch(WITHOUT_FAILURE_TOPICS::equals);
        return new Mutant(name, title, budget, withoutFailureTopics, patch);
    }

    private static String header(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no \"" + key + "\" in " + text))
                .substring(key.length());
    }

    private static FilePatch filePatch(String text) {
        String[] parts = text.split("(?m)^" + HUNK + ".*\n", -1);
        List<FilePatch.Hunk> hunks = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            hunks.add(new FilePatch.Hunk(lines(parts[i], '-'), lines(parts[i], '+')));
        }
        return new FilePatch(parts[0].strip(), hunks);
    }

    /** Those of one side, and those of both. */
    private static String lines(String hunk, char side) {
        StringBuilder lines = new StringBuilder();
        hunk.lines().forEach(line -> {
            if (line.isEmpty()) {
                lines.append('\n');
            } else if (line.charAt(0) == ' ' || line.charAt(0) == side) {
                lines.append(line, 1, line.length()).append('\n');
            }
        });
        return lines.toString();
    }

    private static String text(String file) {
        return read(Mutants.class, file);
    }

    static String read(Class<?> from, String file) {
        try (InputStream in = from.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

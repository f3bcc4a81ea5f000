package io.mika.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown page whose code blocks say what they are: {@code <!-- example: Name#region -->} before a copy from this
 * module's programs, {@code <!-- file: path -->} before the whole of a file that the reader is to make.
 */
record Page(Path path, String text) {
    static final Path ROOT = Path.of("..");

    private static final Pattern MARKED =
            Pattern.compile("<!-- (example|file): (\\S+) -->\\n```\\w+\\n(.*?)\\n```", Pattern.DOTALL);

    private static final Pattern TEXT = Pattern.compile("```text\\n(.*?)\\n *```", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("(?m)^\\| `([^`]*[ …][^`]*)` \\|");

    static Page read(String name) {
        return read(ROOT.resolve(name));
    }

    private static Page read(Path path) {
        try {
            return new Page(path, Files.readString(path));
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    /** The pages at the root and those under docs. */
    static List<Page> all() {
        List<Page> pages = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(file -> pages.add(read(file)));
            } catch (IOException missing) {
                throw new AssertionError(missing);
            }
        }
        return pages;
    }

    /** The marked blocks of a kind, by what their mark names. */
    Map<String, String> blocks(String kind) {
        Map<String, String> blocks = new LinkedHashMap<>();
        for (Matcher block = MARKED.matcher(text); block.find(); ) {
            if (block.group(1).equals(kind)) {
                blocks.put(block.group(2), block.group(3));
            }
        }
        return blocks;
    }

    /** What the page says the library says: the lines of its text blocks, and first cells of tables that are quoted. */
    List<String> messages() {
        List<String> messages = new ArrayList<>();
        for (Matcher block = TEXT.matcher(text); block.find(); ) {
            block.group(1).lines().map(String::strip).forEach(messages::add);
        }
        for (Matcher cell = QUOTED.matcher(text); cell.find(); ) {
            messages.add(cell.group(1));
        }
        return messages;
    }

    /** How many lines say what the block behind them is. */
    int marks() {
        return (int) text.lines().filter(line -> line.startsWith("<!-- ")).count();
    }
}

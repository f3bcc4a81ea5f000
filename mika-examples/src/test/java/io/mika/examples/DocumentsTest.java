package io.mika.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the documents to the code: what they quote is what this module compiles and runs, and no link is dead. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(#[^)]*)?\\)");
    private static final Pattern CODE = Pattern.compile("```.*?```", Pattern.DOTALL);

    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    /** Where the library puts values into its messages. */
    private static final Pattern VALUES =
            Pattern.compile("…|KAFKA_[A-Z_]+|retryTopic|\\[]|(?<=cannot find out )|(?=, trying again: )");

    static Stream<Page> pages() {
        return Page.all().stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void quotedExamplesAreThePrograms(Page page) {
        page.blocks("example")
                .forEach((name, block) ->
                        assertThat(block).as("%s quotes %s", page.path(), name).isEqualTo(quoted(name)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyMarkIsFollowedByItsBlock(Page page) {
        int marked = page.blocks("example").size() + page.blocks("file").size();

        assertThat(page.marks()).as("marks in %s", page.path()).isEqualTo(marked);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadToFilesAndHeadings(Page page) {
        String prose = CODE.matcher(page.text()).replaceAll("");
        for (Matcher link = LINK.matcher(prose); link.find(); ) {
            String target = link.group(1);
            if (!target.contains(":")) {
                Path file = target.isEmpty() ? page.path() : page.path().resolveSibling(target);
                assertThat(file).as("%s links to %s", page.path(), target).exists();
                assertThat(headings(file)).contains(link.group(2) == null ? "" : link.group(2));
            }
        }
    }

    @Test
    void theConsumerOfTheFirstStepsIsTheOneOfTheReadme() {
        String file =
                Page.read("docs/first-consumer.md").blocks("file").get("src/main/java/com/example/FirstConsumer.java");

        assertThat(file).endsWith(Page.read("README.md").blocks("example").get("FirstConsumer"));
    }

    @Test
    void theMessagesInTroubleshootingAreTheLibrarys() {
        String source = sources();

        for (String message : Page.read("docs/troubleshooting.md").messages()) {
            for (String part : VALUES.split(message, -1)) {
                assertThat(source).as("part of: %s", message).contains(part.strip());
            }
        }
    }

    /** A page may name a test as {@code `NameTest.whatItSays`}. */
    @Test
    void theInvariantsNameTestsThatThereAre() throws IOException {
        for (Matcher name = TEST.matcher(Page.read("ARCHITECTURE.md").text()); name.find(); ) {
            assertThat(testSource(name.group(1))).as(name.group()).contains("void " + name.group(2) + "(");
        }
    }

    private static String testSource(String className) throws IOException {
        for (String module : List.of("mika-client", "mika-test", "mika-test-broker", "mika-simulation", "mika-cli")) {
            Path tests = Page.ROOT.resolve(Path.of(module, "src", "test", "java"));
            try (Stream<Path> files = Files.walk(tests)) {
                Optional<Path> file =
                        files.filter(path -> path.endsWith(className + ".java")).findFirst();
                if (file.isPresent()) {
                    return Files.readString(file.get());
                }
            }
        }
        throw new AssertionError("there is no " + className);
    }

    @Test
    void theReadmeStaysShort() {
        assertThat(Page.read("README.md").text().lines()).hasSizeLessThan(200);
    }

    /** All of the library, its texts put together and unescaped. A log line's {@code {}} is where values go. */
    private static String sources() {
        Path root = Page.ROOT.resolve(Path.of("mika-client", "src", "main", "java"));
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> String.join("\n", lines(file)))
                    .collect(Collectors.joining("\n"))
                    .replaceAll("\"\\s*\\+\\s*\"", "")
                    .replace("\\\"", "\"");
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    /** {@code Name} is the class without its head; {@code Name#region} what stands between the region's marks. */
    private static String quoted(String name) {
        String[] parts = name.split("#", 2);
        Path sources = Path.of("src", parts[0].endsWith("Test") ? "test" : "main", "java", "io", "mika", "examples");
        List<String> source = lines(sources.resolve(parts[0] + ".java"));
        Stream<String> quoted = parts.length == 1
                ? source.stream().dropWhile(line -> !line.startsWith("public "))
                : source.stream()
                        .dropWhile(line -> !line.endsWith("// [start:" + parts[1] + "]"))
                        .skip(1)
                        .takeWhile(line -> !line.endsWith("// [end:" + parts[1] + "]"));
        return quoted.collect(Collectors.joining("\n")).stripIndent();
    }

    /** As GitHub names them; the empty text stands for the page itself. */
    private static List<String> headings(Path file) {
        if (!file.toString().endsWith(".md")) {
            return List.of("");
        }
        Stream<String> names = lines(file).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> "#"
                        + line.replaceFirst("#+ ", "")
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^\\w\\- ]", "")
                                .replace(' ', '-'));
        return Stream.concat(Stream.of(""), names).toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }
}

package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md to the code. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageListsAllVariablesInOrder() throws IOException {
        assertThat(table("variable").keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(Variable.values()).map(Variable::name).toList());
    }

    @Test
    void thePageSaysEachDefault() throws IOException {
        Map<String, String> documented = table("variable").entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, row -> row.getValue().get(2)));

        for (Variable variable : Variable.values()) {
            String expected = variable.defaultValue().isEmpty() ? "none" : "`" + variable.defaultValue() + "`";
            assertThat(documented).containsEntry(variable.name(), expected);
        }
    }

    @Test
    void thePageListsAllOwnedPropertiesInOrder() throws IOException {
        assertThat(table("property | the client's value").keySet()).containsExactlyElementsOf(OwnedProperties.names());
    }

    @Test
    void thePageSaysWhatTheClientSetsOfItself() throws IOException {
        ClientProperties properties = new ClientProperties(Env.of().settings(), UserProperties.none());
        Map<String, Object> set = properties.groupConsumer("g", "unique");
        set.putAll(properties.failureProducer("unique"));

        Map<String, List<String>> rows = table("property | value");

        assertThat(rows).hasSize(9);
        rows.forEach((name, row) -> {
            if (!name.equals("client.id")) {
                assertThat(row.get(1)).matches(set.get(name) + "\\b.*");
            }
        });
    }

    /** The rows of the table whose head begins so, by the name in their first column. */
    private static Map<String, List<String>> table(String head) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| " + head + " |"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> List.of(line.substring(2).split(" \\| ")))
                .collect(Collectors.toMap(
                        row -> row.get(0).replace("`", ""), row -> row, (a, b) -> b, LinkedHashMap::new));
    }
}

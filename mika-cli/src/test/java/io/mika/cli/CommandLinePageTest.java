package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The documentation names the options that there are, and no others. */
class CommandLinePageTest {
    private static final Path PAGE = Path.of("..", "docs", "command-line.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`-.*?) \\|");
    private static final Pattern NAME = Pattern.compile("(?<![-\\w])--?[a-zA-Z]+(?:-[a-z]+)*");

    @Test
    void thePageNamesEveryOptionOfEveryCommand() throws IOException {
        Set<String> options = new TreeSet<>();
        CommandLine mika = Mika.commandLine();
        addOptions(options, mika);
        mika.getSubcommands().values().forEach(command -> addOptions(options, command));

        assertThat(documented(Files.readString(PAGE))).isEqualTo(options);
    }

    private static void addOptions(Set<String> options, CommandLine command) {
        command.getCommandSpec().options().forEach(option -> options.addAll(Arrays.asList(option.names())));
    }

    private static Set<String> documented(String page) {
        Set<String> names = new TreeSet<>();
        for (Matcher row = ROW.matcher(page); row.find(); ) {
            NAME.matcher(row.group(1)).results().forEach(name -> names.add(name.group()));
        }
        return names;
    }
}

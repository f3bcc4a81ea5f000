package io.mika.examples;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/first-consumer.md says: makes the files, builds them with Maven against the artifacts of this build,
 * publishes and consumes. Maven gets a local repository of its own, with nothing in it but those artifacts; all else
 * comes out of the repository of the build that runs this test, so nothing is downloaded.
 */
@WithBroker
class FirstConsumerIT {
    private static final Path TARGET = Path.of("target", "first-consumer");
    private static final int SIGTERM = 143;

    private final Map<String, String> blocks =
            Page.read("docs/first-consumer.md").blocks("file");

    @Test
    void theStepsLeadToAConsumer(KafkaFixture kafka, @TempDir Path project) throws Exception {
        kafka.topic("orders", 1);
        writeFiles(project);
        Path repository = installedArtifacts();
        configureMaven(project, repository);
        Map<String, String> environment = environment(kafka);

        try (Program build = step("build", project, environment)) {
            assertThat(build.rest()).noneMatch(line -> line.contains("ERROR"));
            assertThat(build.exitStatus()).isZero();
        }
        try (Program publish = step("publish", project, environment)) {
            assertThat(publish.rest()).containsExactlyElementsOf(outputBehind("publish"));
        }
        try (Program consume = step("consume", project, environment)) {
            assertThat(consume.lines(3)).containsExactlyElementsOf(outputBehind("consume"));
            assertThat(consume.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(kafka.committedOffsets(kafka.group("billing")).values()).containsExactly(3L);
    }

    private void writeFiles(Path project) throws IOException {
        for (Map.Entry<String, String> block : blocks.entrySet()) {
            if (block.getKey().contains(".")) {
                Path file = project.resolve(block.getKey());
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, block.getValue() + "\n");
            }
        }
    }

    /** What {@code mvn install} puts there, as far as the project needs it. */
    private static Path installedArtifacts() throws IOException {
        String version = System.getProperty("project.version");
        Path repository = TARGET.resolve("repository");
        install(repository, "mika-parent", version, ".pom", Page.ROOT.resolve("pom.xml"));
        Path module = Page.ROOT.resolve("mika-client");
        install(repository, "mika-client", version, ".pom", module.resolve("pom.xml"));
        install(
                repository,
                "mika-client",
                version,
                ".jar",
                module.resolve("target").resolve("mika-client-" + version + ".jar"));
        return repository;
    }

    private static void install(Path repository, String artifact, String version, String ending, Path file)
            throws IOException {
        Path folder = repository.resolve(Path.of("io", "mika", artifact, version));
        Files.createDirectories(folder);
        Files.copy(file, folder.resolve(artifact + "-" + version + ending), REPLACE_EXISTING);
    }

    private static void configureMaven(Path project, Path repository) throws IOException {
        Path settings = TARGET.resolve("settings.xml").toAbsolutePath();
        Path source = Path.of(System.getProperty("maven.repo.local"));
        Files.writeString(settings, """
                <settings>
                  <mirrors>
                    <mirror>
                      <id>this-machine</id>
                      <mirrorOf>*</mirrorOf>
                      <url>%s</url>
                    </mirror>
                  </mirrors>
                </settings>
                """.formatted(source.toUri()));
        Path options = project.resolve(".mvn").resolve("maven.config");
        Files.createDirectories(options.resolveSibling("."));
        Files.writeString(
                options,
                "--batch-mode\n--settings\n%s\n-Dmaven.repo.local=%s\n"
                        .formatted(settings, repository.toAbsolutePath()));
    }

    private Program step(String name, Path project, Map<String, String> environment) throws IOException {
        return Program.command(List.of("sh", "-c", "exec " + blocks.get(name)), project, environment);
    }

    /** The Java and the Maven of this build, before all others. */
    private static Map<String, String> environment(KafkaFixture kafka) {
        String javaHome = System.getProperty("java.home");
        String path = String.join(
                File.pathSeparator,
                Path.of(javaHome, "bin").toString(),
                Path.of(System.getProperty("maven.home"), "bin").toString(),
                System.getenv("PATH"));
        return Map.of(
                "PATH",
                path,
                "JAVA_HOME",
                javaHome,
                "KAFKA_BROKERS",
                kafka.bootstrapServers(),
                "KAFKA_GLOBAL_SUFFIX",
                kafka.unique(""));
    }

    /** The block of output that the page shows behind a step. */
    private static List<String> outputBehind(String step) {
        String page = Page.read("docs/first-consumer.md").text();
        String behind = page.substring(page.indexOf("<!-- file: " + step + " -->"));
        String output = behind.split("```", -1)[3];
        return output.strip().lines().toList();
    }
}

package io.mika.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program in a process of its own, run as a user runs it: environment in, lines of standard output out. */
final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String END = "<end of output>";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Program(ProcessBuilder builder) throws IOException {
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread reader = new Thread(this::read, "reads " + builder.command().get(0));
        reader.setDaemon(true);
        reader.start();
    }

    /** A main class, on the class path of this test. */
    static Program example(Class<?> mainClass, Map<String, String> environment) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
        return command(List.of(java, quiet, "-cp", classPath, mainClass.getName()), Path.of(""), environment);
    }

    static Program command(List<String> command, Path folder, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        return new Program(builder);
    }

    private void read() {
        try (BufferedReader out = process.inputReader(UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        } finally {
            lines.add(END);
        }
    }

    /** The next so many lines; fewer if the program ends before. */
    List<String> lines(int count) throws InterruptedException {
        List<String> read = new ArrayList<>();
        while (read.size() < count) {
            @Nullable String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no further line in " + PATIENCE_SECONDS + " s after " + read);
            }
            if (line.equals(END)) {
                return read;
            }
            read.add(line);
        }
        return read;
    }

    /** All lines until the program ends. */
    List<String> rest() throws InterruptedException {
        return lines(Integer.MAX_VALUE);
    }

    /** SIGTERM; unlike {@link Process#destroy} it leaves the output open, to be read to its end. */
    Program terminate() {
        process.toHandle().destroy();
        return this;
    }

    int exitStatus() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

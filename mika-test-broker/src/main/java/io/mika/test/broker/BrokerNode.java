package io.mika.test.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One broker process. <i>Thread-safe.</i> */
final class BrokerNode {
    private static final int LOG_LINES = 40;
    private static final long STOP_SECONDS = 20;

    private final String clusterId;
    private final Path folder;
    private final List<String> jvmFlags;
    private final Properties properties;
    private @Nullable Process process;

    BrokerNode(String clusterId, Path folder, List<String> jvmFlags, Properties properties) {
        this.clusterId = clusterId;
        this.folder = folder;
        this.jvmFlags = jvmFlags;
        this.properties = properties;
    }

    synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** The process id; fails when the node is not running. */
    synchronized long pid() {
        return running().pid();
    }

    private Process running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("the broker in " + folder + " is not running");
        }
        return process;
    }

    synchronized void start() {
        if (isRunning()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path config = folder.resolve("server.properties");
            try (var out = Files.newBufferedWriter(config)) {
                properties.store(out, null);
            }
            process = new ProcessBuilder(command(config))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start a broker in " + folder, failed);
        }
    }

    private List<String> command(Path config) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                BrokerJars.classPath(),
                BrokerMain.class.getName(),
                clusterId,
                config.toString()));
        return command;
    }

    synchronized void stop() {
        if (isRunning()) {
            signal("CONT");
            running().destroy();
            awaitEnd();
        }
    }

    synchronized void kill() {
        if (isRunning()) {
            running().destroyForcibly();
            awaitEnd();
        }
    }

    synchronized void freeze() {
        signal("STOP");
    }

    synchronized void thaw() {
        signal("CONT");
    }

    /** What the broker logged last. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log(), StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException none) {
            return "(no log: " + none.getMessage() + ")";
        }
    }

    private Path log() {
        return folder.resolve("broker.log");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-" + name, Long.toString(running().pid()))
                    .start();
            if (!kill.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("cannot send SIG" + name + " to the broker in " + folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot send SIG" + name + ": is there a kill command?", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd() {
        Process ending = process;
        if (ending == null) {
            return;
        }
        try {
            if (!ending.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

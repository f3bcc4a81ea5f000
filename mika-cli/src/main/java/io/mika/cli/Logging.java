package io.mika.cli;

/** Sets up slf4j-simple, which writes to standard error. Before the first logger is made. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private Logging() {}

    /** Quiet, only what the library warns of is shown; verbose, also what it and Kafka's clients do. */
    static void configure(boolean verbose) {
        System.setProperty(PREFIX + "defaultLogLevel", verbose ? "info" : "error");
        System.setProperty(PREFIX + "log.io.mika", verbose ? "info" : "warn");
        System.setProperty(PREFIX + "showDateTime", "true");
        System.setProperty(PREFIX + "dateTimeFormat", "HH:mm:ss.SSS");
    }
}

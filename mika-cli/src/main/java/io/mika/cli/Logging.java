package io.mika.cli;

/** Sets up slf4j-simple, which writes to standard error. Before the first logger is made. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private Logging() {}

    /** Quiet, only errors are shown; verbose, also what the library and Kafka's clients do. */
    static void configure(boolean verbose) {
        System.setProperty(PREFIX + "defaultLogLevel", verbose ? "info" : "error");
        System.setProperty(PREFIX + "showDateTime", "true");
        System.setProperty(PREFIX + "dateTimeFormat", "HH:mm:ss.SSS");
    }

    /** Clients that are simulated fail on purpose, thousands of them; unless verbose nobody wants to hear. */
    static void silenceSimulatedClients() {
        if (!"info".equals(System.getProperty(PREFIX + "defaultLogLevel"))) {
            System.setProperty(PREFIX + "log.io.mika", "off");
        }
    }
}

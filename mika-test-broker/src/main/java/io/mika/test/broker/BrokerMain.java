package io.mika.test.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/**
 * The child JVM: formats the data folder unless it is formatted, then runs the broker. Ends when its standard input
 * does, which is when the parent is gone, by whatever signal.
 *
 * <p>Kafka's classes are named in text, for they are on the child's class path alone.
 */
final class BrokerMain {
    private BrokerMain() {}

    /** Takes the cluster's id and the path of the properties. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Thread watch = new Thread(BrokerMain::haltWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        String[] format = {"format", "--ignore-formatted", "-t", args[0], "-c", args[1]};
        Object status = Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, format, System.out);
        if (!Integer.valueOf(0).equals(status)) {
            throw new IllegalStateException("formatting ended with " + status);
        }
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object) new String[] {args[1]});
    }

    private static void haltWithParent() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever written; the end of the stream is what is waited for
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}

package io.mika.test;

import io.mika.engine.Limits;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;

/** What tests of the engine ask of a tester, and no user's test should. */
public final class EngineDoors {
    private EngineDoors() {}

    /** How much the client may hold. */
    public static MikaTester.Builder limits(MikaTester.Builder builder, Limits limits) {
        return builder.limits(limits);
    }

    /** What stands between the engine and the fake consumer. */
    public static MikaTester.Builder wrapper(
            MikaTester.Builder builder, UnaryOperator<Consumer<byte[], byte[]>> between) {
        return builder.wrapper(between);
    }

    /** Nothing says where a group without commits begins. */
    public static MikaTester.Builder withoutStart(MikaTester.Builder builder) {
        return builder.withoutStart();
    }

    /** Makes the client; it starts with its first turn. */
    public static MikaTester create(MikaTester.Builder builder) {
        return builder.create();
    }
}

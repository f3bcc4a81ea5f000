package io.mika.it;

import io.mika.KafkaClient;
import io.mika.env.StartPosition;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The client of {@link RestartIT}, in a JVM of its own until that is killed. It acks all records but each so-manieth, and
 * prints now and then how many it was handed.
 */
final class ForgetfulClient {
    private static final int TOLD_EVERY = 1_000;

    private ForgetfulClient() {}

    /** Takes brokers, group, topic, and how far the records are apart that stay open. */
    public static void main(String[] args) {
        List<String> arguments = List.of(args);
        int apart = Integer.parseInt(args[3]);
        AtomicInteger handed = new AtomicInteger();
        builder(arguments)
                .consumer(args[2], delivery -> {
                    if (handed.incrementAndGet() % TOLD_EVERY == 0) {
                        System.out.println(handed.get());
                    }
                    if (delivery.record().offset() % apart != 0) {
                        delivery.ack();
                    }
                })
                .build()
                .start();
    }

    static KafkaClient.Builder builder(List<String> args) {
        return KafkaClient.builder(name -> null)
                .brokers(args.get(0))
                .group(args.get(1))
                .startFrom(StartPosition.earliest())
                // A killed member is to be replaced soon
                .consumerProperty("session.timeout.ms", 1_000)
                .consumerProperty("heartbeat.interval.ms", 300);
    }
}

package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import java.time.Duration;

/** Drains on SIGTERM: what the handler has in its hands is finished and committed before the JVM ends. */
public final class ShutdownExample {
    private ShutdownExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:shutdown]
        KafkaClient client = KafkaClient.builder()
                .group("shipping")
                .startFrom(StartPosition.earliest())
                .consumer("orders", ShutdownExample::ship)
                .closeOnShutdown()
                .closeTimeout(Duration.ofSeconds(20))
                .listener(new ClientListener() {
                    @Override
                    public void onClosed(CloseReport report) {
                        System.out.println("drained: " + report.drained());
                        report.abandoned().forEach(record -> System.out.println("not settled: " + record));
                    }
                })
                .build();
        client.start();
        client.awaitClosed().cause().ifPresent(cause -> System.exit(1));
        // [end:shutdown]
    }

    private static void ship(Delivery delivery) throws InterruptedException {
        System.out.println("begin " + delivery.record().offset());
        Thread.sleep(2_000);
        delivery.ack();
        System.out.println("end " + delivery.record().offset());
    }
}

package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.env.StartPosition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The handler only takes records in; another thread settles them in groups of three, the last one first. */
public final class LateAckExample {
    private static final BlockingQueue<Delivery> TAKEN = new LinkedBlockingQueue<>();

    private LateAckExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:consumer]
        KafkaClient client = KafkaClient.builder()
                .group("search-index")
                .startFrom(StartPosition.earliest())
                .consumer("orders", options -> options.maxInFlight(1_000), TAKEN::add)
                .closeOnShutdown()
                .build();
        // [end:consumer]
        Thread settling = new Thread(LateAckExample::settle, "settling");
        settling.setDaemon(true);
        settling.start();
        client.start();
        client.awaitClosed();
    }

    // [start:settle]
    private static void settle() {
        try {
            while (true) {
                List<Delivery> group = new ArrayList<>();
                while (group.size() < 3) {
                    group.add(TAKEN.take());
                }
                // index the three together, then:
                Collections.reverse(group);
                for (Delivery delivery : group) {
                    Settlement settlement = delivery.ack();
                    System.out.println(settlement + " " + delivery.record().offset());
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
    // [end:settle]
}

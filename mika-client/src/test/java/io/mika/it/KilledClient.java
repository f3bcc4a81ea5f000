package io.mika.it;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The client of {@link KillIT}, in a JVM of its own until that is killed. A third of the records it acks, a third it
 * retries twice and then acks, a third is fatal. It prints every delivery before it settles it, so that what a delivery
 * came to is known whatever the moment of its death.
 */
final class KilledClient {
    /** So many deliveries of a partition are open at most. */
    static final int MAX_IN_FLIGHT = 200;

    static final Duration COMMIT_INTERVAL = Duration.ofMillis(50);

    private KilledClient() {}

    /** Takes brokers, protocol, group, and the three topics. */
    public static void main(String[] args) {
        start(List.of(args), System.out::println);
    }

    static KafkaClient start(List<String> args, Consumer<String> printed) {
        GroupProtocol protocol = GroupProtocol.valueOf(args.get(1));
        KafkaClient.Builder builder = KafkaClient.builder(name -> null)
                .brokers(args.get(0))
                .groupProtocol(protocol)
                .group(args.get(2))
                .retryTopic(args.get(4))
                .dlqTopic(args.get(5))
                .startFrom(StartPosition.earliest())
                .commitInterval(COMMIT_INTERVAL)
                .consumer(
                        args.get(3),
                        options -> options.retries(2).useDlq().maxInFlight(MAX_IN_FLIGHT),
                        delivery -> handle(delivery, printed));
        if (protocol == GroupProtocol.CLASSIC) {
            // A killed member is to be replaced soon; in the other protocol the brokers say when
            builder.consumerProperty("session.timeout.ms", 1_000).consumerProperty("heartbeat.interval.ms", 300);
        }
        KafkaClient client = builder.build();
        client.start();
        return client;
    }

    private static void handle(Delivery delivery, Consumer<String> printed) {
        int number = Integer.parseInt(Records.text(delivery.value()));
        boolean last = delivery.attempt() == 3;
        Fate fate = number % 3 == 0 || (number % 3 == 1 && last) ? Fate.ACK : number % 3 == 1 ? Fate.RETRY : Fate.FATAL;
        printed.accept(new Line(
                        delivery.record().topic(),
                        delivery.record().partition(),
                        delivery.record().offset(),
                        number,
                        fate)
                .toString());
        switch (fate) {
            case ACK -> delivery.ack();
            case RETRY -> throw new RetryableException("not yet");
            case FATAL -> throw new IllegalStateException("never");
        }
    }

    /** What a delivery is about to come to. */
    enum Fate {
        ACK,
        RETRY,
        FATAL
    }

    /** A delivery, as it is printed. */
    record Line(String topic, int partition, long offset, int number, Fate fate) {
        static Line parse(String text) {
            String[] words = text.split(" ", -1);
            return new Line(
                    words[0],
                    Integer.parseInt(words[1]),
                    Long.parseLong(words[2]),
                    Integer.parseInt(words[3]),
                    Fate.valueOf(words[4]));
        }

        String place() {
            return topic + "-" + partition + "@" + offset;
        }

        @Override
        public String toString() {
            return topic + " " + partition + " " + offset + " " + number + " " + fate;
        }
    }
}

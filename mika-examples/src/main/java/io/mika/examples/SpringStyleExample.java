package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.TopicConsumer;
import io.mika.env.StartPosition;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The client as a bean: the container makes, starts and closes it. Here {@code main} plays the container. */
public final class SpringStyleExample {
    private SpringStyleExample() {}

    // [start:consumer]
    // @Component
    static final class BillingConsumer implements TopicConsumer {
        private final Bills bills;

        BillingConsumer(Bills bills) {
            this.bills = bills;
        }

        @Override
        public String topic() {
            return "orders";
        }

        @Override
        public void configure(ConsumerOptions options) {
            options.concurrency(4);
        }

        @Override
        public void consume(Delivery delivery) {
            bills.write(delivery.record().offset());
            delivery.ack();
        }
    }
    // [end:consumer]

    // [start:configuration]
    // @Configuration
    static final class BillingConfiguration {
        // @Bean(initMethod = "start", destroyMethod = "close")
        KafkaClient billingClient(BillingConsumer consumer) {
            return KafkaClient.builder()
                    .group("billing")
                    .startFrom(StartPosition.earliest())
                    .consumer(consumer)
                    .build();
        }
    }
    // [end:configuration]

    /** Stands for what the consumer needs. */
    interface Bills {
        void write(long offset);
    }

    public static void main(String[] args) throws InterruptedException {
        CountDownLatch three = new CountDownLatch(3);
        BillingConsumer consumer = new BillingConsumer(offset -> {
            System.out.println("billed " + offset);
            three.countDown();
        });
        KafkaClient client = new BillingConfiguration().billingClient(consumer);
        client.start();
        boolean billed = three.await(30, TimeUnit.SECONDS);
        client.close();
        System.out.println(billed ? "closed" : "closed without three bills");
    }
}

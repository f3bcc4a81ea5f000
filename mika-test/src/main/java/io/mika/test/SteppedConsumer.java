package io.mika.test;

import io.mika.test.SteppedClient.Place;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A consumer that notes whether its client polls or is in a callback. */
final class SteppedConsumer implements InvocationHandler {
    private final Consumer<byte[], byte[]> consumer;
    private final SteppedClient client;

    private SteppedConsumer(Consumer<byte[], byte[]> consumer, SteppedClient client) {
        this.consumer = consumer;
        this.client = client;
    }

    @SuppressWarnings("unchecked")
    static Consumer<byte[], byte[]> of(Consumer<byte[], byte[]> consumer, SteppedClient client) {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                SteppedConsumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                new SteppedConsumer(consumer, client));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (!method.getName().equals("poll")) {
            return call(method, withNotedCallbacks(arguments));
        }
        Place before = client.goTo(Place.POLL);
        try {
            return call(method, arguments);
        } finally {
            client.goTo(before);
        }
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private Object @Nullable [] withNotedCallbacks(Object @Nullable [] arguments) {
        if (arguments != null) {
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof ConsumerRebalanceListener listener) {
                    arguments[i] = noted(listener);
                }
            }
        }
        return arguments;
    }

    private ConsumerRebalanceListener noted(ConsumerRebalanceListener listener) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsRevoked(partitions));
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsAssigned(partitions));
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsLost(partitions));
            }
        };
    }

    private void inCallback(Runnable callback) {
        Place before = client.goTo(Place.CALLBACK);
        try {
            callback.run();
        } finally {
            client.goTo(before);
        }
    }
}

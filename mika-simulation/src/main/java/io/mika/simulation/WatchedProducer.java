package io.mika.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Kafka's producer behind the failure path: a call of {@code send} may take its time, and may throw. */
final class WatchedProducer implements InvocationHandler {
    private final World world;
    private final Member member;
    private final Producer<byte[], byte[]> producer;

    WatchedProducer(World world, Member member, Producer<byte[], byte[]> producer) {
        this.world = world;
        this.member = member;
        this.producer = producer;
    }

    @SuppressWarnings("unchecked")
    Producer<byte[], byte[]> proxy() {
        return (Producer<byte[], byte[]>)
                Proxy.newProxyInstance(Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("send") && arguments != null && !world.isViolated()) {
            ProducerRecord<?, ?> record = (ProducerRecord<?, ?>) arguments[0];
            world.note(() -> member + " sends " + Published.id(record.headers()) + " to " + record.topic() + ": "
                    + Copy.read(record.headers()));
            world.turmoil.send(member, record);
        }
        try {
            return method.invoke(producer, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}

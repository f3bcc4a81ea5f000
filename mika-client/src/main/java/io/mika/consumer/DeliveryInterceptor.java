package io.mika.consumer;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Stands around each call of a handler and beside each record on its way out, for tracing, metrics and the like: it sees,
 * and may add headers to what is written, but decides nothing. Of several, the first one that the builder was given is
 * the outermost.
 *
 * <p>It is called once per record, so it must be fast, and it must not block; {@link #delivering} and {@link #sending} say
 * on which threads, and it must be thread-safe. What it throws, and what its observers throw, stops nothing and loses
 * nothing: it is told to {@code ClientListener.onError}, the first time and whenever the number of such times has doubled.
 * It must settle no delivery.
 */
public interface DeliveryInterceptor {

    /**
     * A client is made. Called once for each client that the interceptor was given to, by {@code build()}, which fails if
     * this throws.
     *
     * @param clientId the client's name in logs and metrics, unique in this process
     * @param group its consumer group, as on the wire; null if it has none
     * @return what intercepts for this client; by default the interceptor itself
     */
    default DeliveryInterceptor forClient(String clientId, @Nullable String group) {
        return this;
    }

    /**
     * A delivery is about to be handed to its handler. Called on the handler's thread, right before the call, once per
     * delivery: a record that is handed out again in place is another delivery. What is set for this thread here is there
     * in the handler, and is taken back in {@link DeliveryObserver#returned}.
     *
     * @param delivery the very delivery that the handler gets, unless {@link Handlers} puts one around it
     * @return who is told what becomes of it; null for nobody
     */
    default @Nullable DeliveryObserver delivering(Delivery delivery) {
        return null;
    }

    /**
     * A record is about to be given to Kafka that was not handed out here: one that the application publishes, on the
     * thread that calls {@code publish}, and one that the client moves on, or replays, on a thread that sends. Those of failed
     * deliveries are shown to {@link DeliveryObserver#sending}.
     *
     * @param record a copy that is about to be sent, its topic named as on the wire; its headers may be changed, but those
     *     of failures must stay
     * @param purpose why it is sent
     * @return who is told whether it was written; null for nobody
     */
    default @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return null;
    }
}

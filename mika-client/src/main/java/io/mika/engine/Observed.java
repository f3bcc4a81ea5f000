package io.mika.engine;

import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Those who observe one delivery, which its {@link Chunk} knows until it is over: whoever takes this out of there tells
 * the outcome, and nobody else can. <i>Thread-safe.</i>
 */
final class Observed {
    private final Interception interception;
    private final List<DeliveryObserver> observers;

    /** Of the failure under way. */
    private volatile @Nullable Throwable reason;

    Observed(Interception interception, List<DeliveryObserver> observers) {
        this.interception = interception;
        this.observers = observers;
    }

    /** The handler's thread. The innermost first: each takes back what it set for this thread. */
    void returned(@Nullable Throwable thrown) {
        List<DeliveryObserver> inside = observers;
        if (observers.size() > 1) {
            inside = new ArrayList<>(observers);
            Collections.reverse(inside);
        }
        interception.tell(inside, observer -> observer.returned(thrown));
    }

    /** A failure is under way. */
    void failing(@Nullable Throwable why) {
        reason = why;
    }

    /** The failure under way leads nowhere. */
    void unroutable() {
        Throwable why = reason;
        reason = null;
        interception.tell(observers, observer -> observer.unroutable(why));
    }

    @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return interception.sends(interception.ask(observers, observer -> observer.sending(record, purpose)));
    }

    /** On the thread that acks, which is the application's. */
    void acked() {
        settledHere(Settlement.ACKED);
    }

    /** On this thread, so that it is told before anything that follows from it. */
    void settledHere(Settlement outcome) {
        Throwable why = reason;
        interception.tell(observers, observer -> observer.settled(outcome, why));
    }

    void settled(Settlement outcome) {
        Throwable why = reason;
        interception.tellOnCallbacks(observers, observer -> observer.settled(outcome, why));
    }
}

package io.mika.engine;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors of a client as one that can do no harm: what they throw becomes an event, and neither the poll thread
 * nor Kafka's runs them. A client without interceptors has none of this. <i>Thread-safe.</i>
 */
final class Interception {
    private final List<DeliveryInterceptor> interceptors;
    private final Consumer<Throwable> errors;
    private final Consumer<Runnable> callbacks;

    private Interception(
            List<DeliveryInterceptor> interceptors, Consumer<Throwable> errors, Consumer<Runnable> callbacks) {
        this.interceptors = interceptors;
        this.errors = errors;
        this.callbacks = callbacks;
    }

    /** Null if there are no interceptors. */
    static @Nullable Interception of(
            List<DeliveryInterceptor> interceptors, Consumer<Throwable> errors, Consumer<Runnable> callbacks) {
        return interceptors.isEmpty() ? null : new Interception(interceptors, errors, callbacks);
    }

    /** The handler's thread; null if nobody wants to know more of this delivery. */
    @Nullable Observed delivering(Delivery delivery) {
        List<DeliveryObserver> observers = ask(interceptors, interceptor -> interceptor.delivering(delivery));
        return observers.isEmpty() ? null : new Observed(this, observers);
    }

    /** A record on its way out that was not handed out here. */
    @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return sends(ask(interceptors, interceptor -> interceptor.sending(record, purpose)));
    }

    /** What each of them answers, but for null. */
    <T, R> List<R> ask(List<T> all, Function<T, @Nullable R> question) {
        List<R> answers = List.of(); // for every record, and where nobody watches this is all
        for (T each : all) {
            R answer = tried(each, question);
            if (answer != null) {
                answers = answers.isEmpty() ? new ArrayList<>(all.size()) : answers;
                answers.add(answer);
            }
        }
        return answers;
    }

    private <T, R> @Nullable R tried(T each, Function<T, @Nullable R> question) {
        try {
            return question.apply(each);
        } catch (RuntimeException | Error thrown) {
            errors.accept(thrown);
            return null;
        }
    }

    <T> void tell(List<T> all, Consumer<T> message) {
        for (T each : all) {
            try {
                message.accept(each);
            } catch (RuntimeException | Error thrown) {
                errors.accept(thrown);
            }
        }
    }

    <T> void tellOnCallbacks(List<T> all, Consumer<T> message) {
        callbacks.accept(() -> tell(all, message));
    }

    /** As one; null for none. */
    @Nullable SendObserver sends(List<SendObserver> observers) {
        return observers.isEmpty() ? null : new Sends(observers);
    }

    private final class Sends implements SendObserver {
        private final List<SendObserver> observers;

        Sends(List<SendObserver> observers) {
            this.observers = observers;
        }

        @Override
        public void sent(RecordMetadata where) {
            tellOnCallbacks(observers, observer -> observer.sent(where));
        }

        @Override
        public void failed(Throwable error) {
            tellOnCallbacks(observers, observer -> observer.failed(error));
        }
    }
}

package io.mika.test.interceptor;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** An interceptor that notes what it is told, and leaves its name in a header of what is sent. */
final class Notes implements DeliveryInterceptor {
    private final String name;
    private final List<String> notes;

    Notes(String name, List<String> notes) {
        this.name = name;
        this.notes = notes;
    }

    private void note(String text) {
        notes.add(name + ": " + text);
    }

    @Override
    public DeliveryObserver delivering(Delivery delivery) {
        note("delivering attempt " + delivery.attempt());
        return new DeliveryObserver() {
            @Override
            public void returned(@Nullable Throwable thrown) {
                note("returned " + (thrown == null ? "" : thrown.getMessage()));
            }

            @Override
            public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
                return sends("sending", record, purpose);
            }

            @Override
            public void unroutable(@Nullable Throwable reason) {
                note("unroutable " + text(reason));
            }

            @Override
            public void settled(Settlement outcome, @Nullable Throwable reason) {
                note("settled " + outcome + " " + text(reason));
            }
        };
    }

    @Override
    public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return sends("moving", record, purpose);
    }

    private SendObserver sends(String how, ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        note(how + " " + purpose + " to " + record.topic());
        record.headers().remove("seen-by").add("seen-by", name.getBytes(StandardCharsets.UTF_8));
        return new SendObserver() {
            @Override
            public void sent(RecordMetadata where) {
                note("sent to " + where);
            }

            @Override
            public void failed(Throwable error) {
                note("not sent: " + error.getClass().getSimpleName());
            }
        };
    }

    private static String text(@Nullable Throwable reason) {
        return reason == null ? "" : reason.getClass().getSimpleName() + " " + reason.getMessage();
    }
}

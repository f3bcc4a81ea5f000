package io.mika.test.failure;

import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What becomes of the writes to one topic, and how many there were. <i>For one thread.</i> */
final class TopicFaults implements Faults {
    private final String topic;
    private final List<Fate> next = new ArrayList<>();
    private Fate always = Fate.OK;
    private int writes;

    TopicFaults(String topic) {
        this.topic = topic;
    }

    /** Decides over the next writes, one each. */
    TopicFaults next(Fate... fates) {
        next.addAll(List.of(fates));
        return this;
    }

    /** Decides over all others. */
    TopicFaults always(Fate fate) {
        always = fate;
        return this;
    }

    int writes() {
        return writes;
    }

    @Override
    public Fate produce(ProducerRecord<byte[], byte[]> record) {
        if (!record.topic().equals(topic)) {
            return Fate.OK;
        }
        writes++;
        return next.isEmpty() ? always : next.remove(0);
    }
}

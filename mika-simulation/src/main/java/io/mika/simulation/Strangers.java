package io.mika.simulation;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records in the retry topic and the dead letter queue that no client of this world wrote. */
final class Strangers {
    private final World world;

    Strangers(World world) {
        this.world = world;
    }

    /** Another group's, which shares the topic; or this one's, as a Go client leaves it. */
    void append(TopicPartition partition) {
        Headers headers = new RecordHeaders();
        byte[] id = World.bytes(world.logs.nextId());
        headers.add(Published.ID, id);
        boolean foreign = world.choices.chance(50);
        failed(headers, foreign ? "shipping" : World.GROUP);
        var unused = world.logs.append(partition, null, id, headers, foreign);
    }

    /** The three headers that every client writes. */
    private void failed(Headers headers, String group) {
        String prefix = "mika_err_" + group + "_";
        FailurePlan failures = world.plan.failures();
        boolean ofPayments = failures.payments() > 0 && world.choices.chance(40);
        headers.add(prefix + "org_topic", World.bytes(ofPayments ? World.PAYMENTS : World.TOPIC))
                .add(prefix + "msg", World.bytes("retryable: as before"))
                .add(prefix + "retries", World.bytes(Integer.toString(world.choices.next(3))));
    }
}

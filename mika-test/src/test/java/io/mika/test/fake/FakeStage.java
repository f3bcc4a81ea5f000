package io.mika.test.fake;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A script on the fake broker. */
final class FakeStage implements Stage {

    private final VirtualClock clock = new VirtualClock();
    private final FakeKafka kafka = new FakeKafka(clock).createTopic("topic", 2);

    @Override
    public String topic() {
        return "topic";
    }

    @Override
    public String group() {
        return "group";
    }

    @Override
    public Consumer<byte[], byte[]> consumer(@Nullable String group, Map<String, Object> properties) {
        return kafka.consumer(group, properties);
    }

    @Override
    public void produce(TopicPartition partition, String value) {
        kafka.partition(partition).append(null, value);
    }

    @Override
    public void produceInTransaction(TopicPartition partition, String value) {
        produce(partition, value);
        kafka.partition(partition).appendGap(1);
    }

    @Override
    public void deleteRecords(TopicPartition partition, long before) {
        kafka.partition(partition).deleteRecords(before);
    }

    @Override
    public void growTopic(int partitions) {
        kafka.growTopic("topic", partitions);
    }

    @Override
    public void deleteTopic() {
        kafka.deleteTopic("topic");
    }

    @Override
    public void createTopic(int partitions) {
        kafka.createTopic("topic", partitions);
    }

    @Override
    public void expire(Consumer<byte[], byte[]> consumer) {
        clock.advance(Duration.ofSeconds(2));
        kafka.runDue();
    }
}

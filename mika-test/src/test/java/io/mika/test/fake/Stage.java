package io.mika.test.fake;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where a script is played: on the fake broker or on a real one. */
interface Stage {

    /** The one topic, of two partitions. */
    String topic();

    /** The one group. */
    String group();

    Consumer<byte[], byte[]> consumer(@Nullable String group, Map<String, Object> properties);

    /** Appends a record. */
    void produce(TopicPartition partition, String value);

    /** Appends a record and the marker that ends its transaction. */
    void produceInTransaction(TopicPartition partition, String value);

    void deleteRecords(TopicPartition partition, long before);

    void growTopic(int partitions);

    void deleteTopic();

    /** Creates it again after that, as another one. */
    void createTopic(int partitions);

    /** Waits until a member has left that does not poll and whose poll interval is less than two seconds. */
    void expire(Consumer<byte[], byte[]> consumer);

    default TopicPartition partition(int number) {
        return new TopicPartition(topic(), number);
    }
}

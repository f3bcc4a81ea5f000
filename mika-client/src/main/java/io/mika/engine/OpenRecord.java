package io.mika.engine;

import org.apache.kafka.common.TopicPartition;

/** A record that was handed to a handler and is open; {@code since} is when its chunk was begun, the age's upper bound. */
record OpenRecord(TopicPartition partition, long offset, long since) {}

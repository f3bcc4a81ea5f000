package io.mika.engine;

/** The parts of the loop that need a consumer, made together on the poll thread. */
record PollParts(KafkaPoller poller, Lanes lanes, Pauses pauses, CommitTexts texts, Commits commits) {}

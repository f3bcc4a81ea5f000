package io.mika.failure;

import io.mika.error.MikaException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Whether the dead letter queue is still the one that a replay began with: what is known of one that was deleted says
 * nothing of what is created in its place, and of one that is gone nothing comes, ever. <i>For one thread at a time.</i>
 */
final class QueueWatch {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RepeatedAsk ask;
    private final ReplayLookups lookups;
    private final String topic;
    private final Consumer<RuntimeException> gone;
    private @Nullable Uuid began;
    private boolean asking;
    private long dueAt;

    /** @param gone is told, in a turn, that it is another one, or none */
    QueueWatch(RepeatedAsk ask, ReplayLookups lookups, String topic, Consumer<RuntimeException> gone) {
        this.ask = ask;
        this.lookups = lookups;
        this.topic = topic;
        this.gone = gone;
    }

    /** The replay is of this one. */
    void begin(Uuid topicId, long now) {
        began = topicId;
        dueAt = now + LOOK_NANOS;
    }

    /** Looks now and then. */
    void advance(long now) {
        if (began != null && !asking && now - dueAt >= 0) {
            asking = true;
            ifSame(() -> {
                asking = false;
                dueAt = now + LOOK_NANOS;
            });
        }
    }

    /** Looks, and goes on if it is still the same; there is nothing to be the same where no queue was. */
    void ifSame(Runnable then) {
        Uuid id = began;
        if (id == null) {
            then.run();
            return;
        }
        ask.ask("find out whether the dead letter queue is still there", () -> lookups.describe(topic), found -> {
            Optional<Uuid> now = found.map(ReplayLookups.Queue::topicId);
            if (now.filter(id::equals).isPresent()) {
                then.run();
            } else {
                gone.accept(new MikaException("the dead letter queue " + topic + " was deleted"
                        + (now.isPresent() ? " and created again" : "")
                        + " during its replay, which ends here; to replay what is there now, begin another replay"));
            }
        });
    }
}

package io.mika.test.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.env.GroupProtocol;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** An owner of two partitions, and a second member that is given one of them. <i>For one thread.</i> */
final class Revoke {
    /** The one of the two that the second member is given. */
    static final TopicPartition GOES = Scene.ORDERS;

    static final TopicPartition STAYS = Scene.ORDERS_1;

    final Scene owner;
    private final GroupProtocol protocol;
    private @Nullable Scene next;
    private final List<Meanwhile> meanwhile = new ArrayList<>();
    private @Nullable Instant began;
    private @Nullable Instant ended;

    private record Meanwhile(Duration after, Runnable action) {}

    Revoke(GroupProtocol protocol, Consumer<MikaTester.Builder> plan, Consumer<ConsumerOptions> options) {
        this.protocol = protocol;
        owner = new Scene(
                builder -> {
                    builder.groupProtocol(protocol).topic("orders", 2).commitInterval(Duration.ofHours(1));
                    plan.accept(builder);
                },
                options);
        owner.calls.onRevoke = () -> began = owner.tester().now();
        owner.told.onRevoke(() -> ended = owner.tester().now());
        owner.idle();
    }

    Revoke(GroupProtocol protocol) {
        this(protocol, plan -> {}, options -> {});
    }

    /** Happens so long after the revoke began, while the owner drains: at a poll of the other member. */
    Revoke after(Duration time, Runnable action) {
        meanwhile.add(new Meanwhile(time, action));
        return this;
    }

    private void meanwhile() {
        Instant since = began;
        if (since != null && ended == null) {
            Duration passed = Duration.between(since, owner.tester().now());
            List<Meanwhile> due = meanwhile.stream()
                    .filter(each -> each.after().compareTo(passed) <= 0)
                    .toList();
            meanwhile.removeAll(due);
            due.forEach(each -> each.action().run());
        }
    }

    /** The second member joins, and the group comes to rest. */
    Revoke happens() {
        Scene joining = owner.second(builder -> builder.groupProtocol(protocol));
        next = joining;
        joining.calls.beforePoll = this::meanwhile;
        joining.seconds(60);
        assertThat(owner.told.events("revoked")).containsExactly("revoked [" + GOES + "]");
        assertThat(meanwhile).isEmpty();
        return this;
    }

    /** The second member. */
    Scene next() {
        return Objects.requireNonNull(next, "not joined");
    }

    Duration took() {
        return Duration.between(Objects.requireNonNull(began), Objects.requireNonNull(ended));
    }
}

package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Source;
import io.mika.engine.Limits;
import io.mika.event.ClientListener;
import io.mika.event.Explanation;
import io.mika.event.SkipReason;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Retries that wait lie scattered among those that are through: more of them than the text of a commit can tell, of which
 * these brokers take a hundred characters only.
 */
class ParkingTest {
    private static final long MIB = 1 << 20;
    private static final int MOST_UNREMEMBERED = 400;
    private static final TopicPartition RETRY = new TopicPartition("retry", 0);
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final List<Delivery> again = new ArrayList<>();
    private final List<Long> unremembered = new ArrayList<>();
    private final Set<String> paused = new HashSet<>();
    private int parked;
    private boolean keeps;

    private MikaTester.Builder builder(int whole) {
        MikaTester.Builder builder = MikaTester.builder()
                .retryTopic("retry")
                .listener(new ClientListener() {
                    @Override
                    public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
                        parked += reason == SkipReason.PARKED ? records : 0;
                    }
                })
                .consumer("orders", options -> options.retries(1), this::handle);
        Limits limits =
                new Limits(20_000, 16 * MIB, 200_000, 16 * MIB, 100, MIB, whole, MIB, 100_000, MOST_UNREMEMBERED);
        return EngineDoors.limits(builder, limits);
    }

    private void handle(Delivery delivery) {
        if (delivery.source() == Source.TOPIC) {
            throw new RetryableException("not now").after(Duration.ofSeconds(Long.parseLong(text(delivery.key()))));
        }
        again.add(delivery);
        if (!keeps || number(delivery) % 2 == 0) {
            delivery.ack();
        }
    }

    private static String text(byte[] bytes) {
        return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    private static int number(Delivery delivery) {
        return Integer.parseInt(text(delivery.value()));
    }

    /** The client has learnt how little the brokers take. */
    private static MikaTester started(MikaTester.Builder plan) {
        MikaTester tester = plan.start();
        ShortTexts.learn(tester, () -> tester.publish("orders", "0", "-2"));
        return tester;
    }

    /** A hundred a second, of which every other waits and the rest are due at once. */
    private void publishScattered(MikaTester tester, int from, int to) {
        for (int i = from; i < to; i++) {
            publish(tester, i, i % 2 == 0 ? Duration.ZERO : WAIT);
        }
    }

    private void publish(MikaTester tester, int number, Duration wait) {
        tester.publish("orders", Long.toString(wait.toSeconds()), Integer.toString(number));
        if (number % 100 == 99) {
            tester.advance(Duration.ofSeconds(1));
            unremembered.add(retry(tester).unremembered());
            paused.addAll(retry(tester).pausedBy());
        }
    }

    private static Explanation.Partition retry(MikaTester tester) {
        return tester.explain().partitions().stream()
                .filter(each -> each.partition().equals(RETRY))
                .findFirst()
                .orElseThrow();
    }

    private List<Integer> numbers() {
        return again.stream()
                .map(ParkingTest::number)
                .filter(number -> number >= 0)
                .toList();
    }

    private static List<Integer> numbers(int to) {
        return IntStream.range(0, to).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 10})
    void theyAreWrittenAnewAndThePartitionGoesOn(int keptWhole) {
        try (MikaTester tester = started(builder(keptWhole))) {
            publishScattered(tester, 0, 2_500);
            assertThat(unremembered).allMatch(records -> records <= MOST_UNREMEMBERED);
            assertThat(paused).isEmpty();
            assertThat(parked).isPositive();

            tester.advance(WAIT.plusMinutes(1));
            assertThat(numbers()).containsExactlyInAnyOrderElementsOf(numbers(2_500));
            assertThat(again).allSatisfy(delivery -> {
                assertThat(delivery.attempt()).isEqualTo(2);
                assertThat(delivery.failure().orElseThrow().retries()).hasValue(1);
            });
            assertThat(tester.committed("retry", 0))
                    .hasValue(tester.records("retry").size());
        }
    }

    @Test
    void theyWaitNoLongerForIt() {
        try (MikaTester tester = started(builder(100_000))) {
            publishScattered(tester, 0, 2_000);
            assertThat(parked).isPositive();

            tester.advance(WAIT.minusSeconds(25));
            assertThat(numbers()).hasSize(1_000);
            tester.advance(Duration.ofSeconds(26));
            assertThat(numbers()).hasSize(2_000);
        }
    }

    @Test
    void aSuccessorIsHandedFewTwice() {
        try (MikaTester tester = started(builder(100_000))) {
            publishScattered(tester, 0, 2_500);
            tester.kill();
            try (MikaTester successor = builder(100_000).joining(tester).start()) {
                successor.advance(WAIT.plusMinutes(2));
            }
        }

        assertThat(numbers()).containsAll(numbers(2_500)).hasSizeLessThanOrEqualTo(2_500 + MOST_UNREMEMBERED + 100);
    }

    @Test
    void thoseThatStandInARowStay() {
        try (MikaTester tester = started(builder(100_000))) {
            for (int i = 0; i < 1_000; i++) {
                publish(tester, i, WAIT);
            }
            publishScattered(tester, 1_000, 2_500);
            tester.advance(WAIT.plusMinutes(1));

            assertThat(again)
                    .filteredOn(delivery ->
                            delivery.failure().orElseThrow().parkedAt().isPresent())
                    .isNotEmpty()
                    .allMatch(delivery -> number(delivery) >= 1_000);
            assertThat(numbers()).containsExactlyInAnyOrderElementsOf(numbers(2_500));
        }
    }

    @Test
    void whatHandlersHaveCannotGoAndThePartitionWaits() {
        keeps = true;
        try (MikaTester tester = started(builder(100_000))) {
            for (int i = 0; i < 2_500; i++) {
                publish(tester, i, Duration.ZERO);
            }
            assertThat(paused).containsOnly("unremembered");
            assertThat(numbers()).hasSizeLessThan(2_500);

            keeps = false;
            again.forEach(Delivery::ack);
            tester.advance(Duration.ofMinutes(1));
            assertThat(numbers()).containsExactlyInAnyOrderElementsOf(numbers(2_500));
            assertThat(parked).isZero();
        }
    }
}

package io.mika.test.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.Batch;
import io.mika.consumer.BatchHandler;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.Ordering;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchTest {
    private static final Duration WAIT = Duration.ofMillis(200);

    private final List<List<String>> batches = new ArrayList<>();
    private final List<Delivery> taken = new ArrayList<>();
    private @Nullable MikaTester running;

    @AfterEach
    void close() {
        tester().close();
    }

    private MikaTester tester() {
        return Objects.requireNonNull(running);
    }

    private void start(Consumer<ConsumerOptions> options, BatchHandler handler) {
        running = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .commitInterval(Duration.ofSeconds(1))
                .batchConsumer(
                        "orders",
                        each -> {
                            each.batch(3, WAIT);
                            options.accept(each);
                        },
                        batch -> {
                            batches.add(values(batch));
                            batch.forEach(taken::add);
                            handler.handle(batch);
                        })
                .start();
    }

    private static List<String> values(Batch batch) {
        return batch.deliveries().stream().map(BatchTest::value).toList();
    }

    private static String value(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
    }

    /** Key and value are the same, unless a text like {@code key:value} says otherwise. */
    private void publish(String... records) {
        for (String record : records) {
            String[] parts = record.split(":", -1);
            tester().publish("orders", parts[0], parts[parts.length - 1]);
        }
        tester().runUntilIdle();
    }

    private long committed() {
        tester().advance(Duration.ofSeconds(3));
        return tester().committed("orders", 0).orElse(-1);
    }

    @ParameterizedTest
    @EnumSource
    void aFullBatchIsHandedOutAtOnceAndTheRestWaits(Ordering ordering) {
        start(options -> options.ordering(ordering), Batch::ackAll);
        publish("a", "b", "c", "d", "e", "f", "g");

        assertThat(batches).containsExactly(List.of("a", "b", "c"), List.of("d", "e", "f"));
        tester().advance(WAIT.minusMillis(100));
        assertThat(batches).hasSize(2);
        tester().advance(Duration.ofMillis(200));
        assertThat(batches).hasSize(3).last().isEqualTo(List.of("g"));
        assertThat(committed()).isEqualTo(7);
    }

    @Test
    void eachIsSettledForItselfAndWhatIsLeftOpenHoldsTheCommit() {
        start(options -> {}, batch -> {
            assertThat(batch.size()).isEqualTo(3);
            assertThat(batch.topic()).isEqualTo("orders");
            batch.deliveries().get(0).ack();
            batch.deliveries().get(2).ack();
        });
        publish("a", "b", "c");
        assertThat(committed()).isEqualTo(1);

        taken.get(1).ack();
        assertThat(committed()).isEqualTo(3);
    }

    @Test
    void oneThatFailsDoesNotFailTheOthers() {
        start(options -> options.useDlq(), batch -> {
            var unused = batch.deliveries().get(1).fail("no");
            batch.ackAll();
        });
        publish("a", "b", "c");

        assertThat(committed()).isEqualTo(3);
        assertThat(tester().records("dlq")).hasSize(1);
        assertThat(taken.get(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
    }

    @Test
    void aHandlerThatThrowsFailsWhatIsOpen() {
        start(options -> options.useDlq(), batch -> {
            batch.deliveries().get(0).ack();
            throw new IllegalStateException("no");
        });
        publish("a", "b", "c");

        assertThat(committed()).isEqualTo(3);
        assertThat(tester().records("dlq")).hasSize(2);
    }

    @Test
    void aHandlerThatThrowsWhenAllIsSettledIsAnError() {
        start(options -> {}, batch -> {
            batch.ackAll();
            throw new IllegalStateException("late");
        });
        publish("a", "b", "c");

        assertThat(tester().errors())
                .singleElement()
                .satisfies(error -> assertThat(error).hasMessage("late"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRetriedInPlaceComesAgainAsASmallerBatchBeforeTheNext(Ordering ordering) {
        start(options -> options.ordering(ordering).concurrency(1).inPlaceRetries(1, Backoff.none()), batch -> {
            for (Delivery delivery : batch) {
                if (delivery.attempt() == 1 && !value(delivery).equals("b")) {
                    var unused = delivery.retry(null);
                } else {
                    delivery.ack();
                }
            }
        });
        publish("a", "b", "c", "d", "e", "f");

        assertThat(committed()).isEqualTo(6);
        assertThat(batches.get(0)).containsExactly("a", "b", "c");
        assertThat(batches.stream().flatMap(List::stream).filter("a"::equals)).hasSize(2);
        if (ordering == Ordering.PARTITION) {
            assertThat(batches.stream().flatMap(List::stream).toList())
                    .startsWith("a", "b", "c", "a", "c", "d", "e", "f");
        }
    }

    @Test
    void retriesComeInBatchesToo() {
        start(options -> options.retries(1, Backoff.fixed(Duration.ofSeconds(5))), batch -> {
            if (batch.deliveries().get(0).attempt() == 1) {
                var unused = batch.failAll(new RetryableException("again"));
            } else {
                batch.ackAll();
            }
        });
        publish("a", "b", "c");
        tester().advance(Duration.ofSeconds(10));

        assertThat(batches.stream().flatMap(List::stream).toList())
                .containsExactlyInAnyOrder("a", "b", "c", "a", "b", "c");
        assertThat(committed()).isEqualTo(3);
    }

    @Test
    void failingAllWithNowhereToGoSaysSo() {
        List<CompletableFuture<Void>> outcomes = new ArrayList<>();
        start(options -> {}, batch -> outcomes.add(batch.failAll(null)));
        publish("a", "b", "c");

        assertThat(outcomes)
                .singleElement()
                .satisfies(outcome -> assertThat(outcome)
                        .isCompletedExceptionally()
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withCauseInstanceOf(UnroutableFailureException.class));
        assertThat(committed()).isZero();
    }

    @Test
    void recordsOfAKeyStayInOrderAcrossBatches() {
        List<String> open = new ArrayList<>();
        Set<String> busy = new HashSet<>();
        start(options -> options.ordering(Ordering.KEY).concurrency(4), batch -> {
            for (Delivery delivery : batch) {
                open.add(value(delivery));
            }
            Set<String> keys = new HashSet<>();
            batch.forEach(
                    delivery -> keys.add(new String(Objects.requireNonNull(delivery.key()), StandardCharsets.UTF_8)));
            assertThat(busy).doesNotContainAnyElementsOf(keys);
            busy.addAll(keys);
            tester().advance(Duration.ofSeconds(1));
            busy.removeAll(keys);
            batch.ackAll();
        });
        publish("k:1", "k:2", "l:3", "k:4", "m:5", "k:6", "l:7", "l:8");
        tester().advance(Duration.ofSeconds(30));

        assertThat(open.stream().filter(Set.of("1", "2", "4", "6")::contains)).containsExactly("1", "2", "4", "6");
        assertThat(open.stream().filter(Set.of("3", "7", "8")::contains)).containsExactly("3", "7", "8");
        assertThat(committed()).isEqualTo(8);
    }

    @Test
    void interceptorsSurroundTheCallOnceForEachRecordLastOneInnermost() {
        List<String> told = new ArrayList<>();
        running = MikaTester.builder()
                .batchConsumer("orders", options -> options.batch(2, WAIT), Batch::ackAll)
                .interceptor(new DeliveryInterceptor() {
                    @Override
                    public DeliveryObserver delivering(Delivery delivery) {
                        told.add("in " + value(delivery));
                        return new DeliveryObserver() {
                            @Override
                            public void returned(@Nullable Throwable thrown) {
                                told.add("out " + value(delivery));
                            }
                        };
                    }
                })
                .start();
        publish("a", "b");

        assertThat(told).containsExactly("in a", "in b", "out b", "out a");
    }

    @Test
    void aRateLimitCountsRecords() {
        start(options -> options.rateLimit(2), Batch::ackAll);
        publish("a", "b", "c", "d", "e", "f");
        tester().advance(Duration.ofSeconds(1));
        assertThat(taken.size()).isLessThan(6);
        tester().advance(Duration.ofSeconds(10));

        assertThat(taken).hasSize(6);
    }
}

package io.mika.test.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.Handlers;
import io.mika.consumer.RetryableException;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What interceptors are told, and in which order; that they can do no harm. */
class InterceptorTest {
    private final List<String> notes = new ArrayList<>();
    private final List<Delivery> taken = new ArrayList<>();
    private final Notes interceptor = new Notes("a", notes);

    private MikaTester.Builder builder() {
        return MikaTester.builder().retryTopic("retry").dlqTopic("dlq").interceptor(interceptor);
    }

    private static void publishOne(MikaTester tester) {
        tester.publish("orders", "k", "apples");
        tester.runUntilIdle();
    }

    @Nested
    class AroundAHandlerCall {
        @Test
        void anAckWithinTheCallIsToldWithinTheAck() {
            MikaTester tester = builder()
                    .consumer("orders", delivery -> {
                        delivery.ack();
                        notes.add("acked");
                    })
                    .start();
            publishOne(tester);

            assertThat(notes).containsExactly("a: delivering attempt 1", "a: settled ACKED ", "acked", "a: returned ");
        }

        @Test
        void anAckAfterTheCallIsToldWhenItHappens() {
            MikaTester tester = builder().consumer("orders", taken::add).start();
            publishOne(tester);
            assertThat(notes).containsExactly("a: delivering attempt 1", "a: returned ");

            taken.get(0).ack();

            assertThat(notes).endsWith("a: settled ACKED ");
        }

        @Test
        void theFirstInterceptorIsTheOutermost() {
            MikaTester tester = builder()
                    .interceptor(new Notes("b", notes))
                    .consumer("orders", taken::add)
                    .start();
            publishOne(tester);

            assertThat(notes)
                    .containsExactly(
                            "a: delivering attempt 1", "b: delivering attempt 1", "b: returned ", "a: returned ");
        }

        @Test
        void whatIsSetForTheThreadIsThereInTheHandlerAndGoneAfterwards() {
            ThreadLocal<@Nullable String> context = new ThreadLocal<>();
            List<@Nullable String> seen = new ArrayList<>();
            DeliveryInterceptor setting = new DeliveryInterceptor() {
                @Override
                public DeliveryObserver delivering(Delivery delivery) {
                    context.set("order " + delivery.record().offset());
                    return new DeliveryObserver() {
                        @Override
                        public void returned(@Nullable Throwable thrown) {
                            context.remove();
                        }
                    };
                }
            };
            MikaTester tester = MikaTester.builder()
                    .interceptor(setting)
                    .consumer("orders", Handlers.async(delivery -> {
                        seen.add(context.get());
                        return CompletableFuture.completedFuture(null);
                    }))
                    .start();
            publishOne(tester);
            publishOne(tester);
            seen.add(context.get());

            assertThat(seen).containsExactly("order 0", "order 1", null);
        }

        @Test
        void anInterceptorMayBeMadeForEachClient() {
            DeliveryInterceptor shared = new DeliveryInterceptor() {
                @Override
                public DeliveryInterceptor forClient(String clientId, @Nullable String group) {
                    notes.add(clientId.substring(0, clientId.lastIndexOf('-')) + " of " + group);
                    return interceptor;
                }
            };
            MikaTester tester = MikaTester.builder()
                    .interceptor(shared)
                    .consumer("orders", taken::add)
                    .start();
            publishOne(tester);

            assertThat(notes).containsExactly("mika-test of test", "a: delivering attempt 1", "a: returned ");
        }

        @Test
        void nobodyIsToldMoreThanItAskedFor() {
            DeliveryInterceptor indifferent = new DeliveryInterceptor() {};
            MikaTester tester = MikaTester.builder()
                    .interceptor(indifferent)
                    .consumer("orders", Delivery::ack)
                    .start();
            publishOne(tester);

            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }

    @Nested
    class Failures {
        @Test
        void aRecordIsFollowedThroughItsRetryIntoTheDeadLetterQueue() {
            MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                        throw new RetryableException("no");
                    })
                    .start();
            publishOne(tester);

            assertThat(notes)
                    .containsExactly(
                            "a: delivering attempt 1",
                            "a: returned no",
                            "a: sending RETRY to retry",
                            "a: sent to retry-0@0",
                            "a: settled RETRIED RetryableException no",
                            "a: delivering attempt 2",
                            "a: returned no",
                            "a: sending DEAD_LETTER to dlq",
                            "a: sent to dlq-0@0",
                            "a: settled DEAD_LETTERED RetryableException no");
            assertThat(tester.records("dlq"))
                    .singleElement()
                    .satisfies(record -> assertThat(record.headers().headers("seen-by"))
                            .as("replaced on each hop")
                            .hasSize(1));
        }

        @Test
        void theOutcomeIsToldBeforeTheFutureCompletes() {
            MikaTester tester = builder()
                    .consumer("orders", options -> options.useDlq(), delivery -> {
                        var unused = delivery.fail("no")
                                .thenAccept(settlement -> notes.add("the application: " + settlement));
                    })
                    .start();
            publishOne(tester);

            assertThat(notes).endsWith("a: settled DEAD_LETTERED FailureReason no", "the application: DEAD_LETTERED");
        }

        @Test
        void eachTryInPlaceIsADeliveryOfItsOwn() {
            MikaTester tester = builder()
                    .consumer(
                            "orders",
                            options -> options.inPlaceRetries(1, Backoff.fixed(Duration.ofSeconds(1))),
                            delivery -> {
                                if (delivery.attempt() == 1) {
                                    throw new RetryableException("not yet");
                                }
                                delivery.ack();
                            })
                    .start();
            publishOne(tester);
            tester.advance(Duration.ofSeconds(2));

            assertThat(notes)
                    .containsExactly(
                            "a: delivering attempt 1",
                            "a: returned not yet",
                            "a: settled RETRIED_IN_PLACE RetryableException not yet",
                            "a: delivering attempt 2",
                            "a: settled ACKED ",
                            "a: returned ");
        }

        @Test
        void aFailureThatLeadsNowhereIsNotTheEnd() {
            MikaTester tester = builder().consumer("orders", taken::add).start();
            publishOne(tester);

            var unused = taken.get(0).fail("no");
            tester.runUntilIdle();
            assertThat(notes).endsWith("a: unroutable FailureReason no");

            taken.get(0).ack();
            assertThat(notes).endsWith("a: settled ACKED ");
        }

        @Test
        void aWriteThatIsRepeatedIsToldEachTime() {
            MikaTester tester = builder()
                    .consumer("orders", options -> options.useDlq(), delivery -> {
                        throw new IllegalStateException("no");
                    })
                    .start();
            tester.publish("orders", "k", "apples");
            tester.kafka().faults(new ScriptedFaults().nextProduce(Fate.failed(new TimeoutException("slow"))));
            tester.runUntilIdle();
            tester.advance(Duration.ofSeconds(1));

            assertThat(notes)
                    .containsSubsequence(
                            "a: sending DEAD_LETTER to dlq",
                            "a: not sent: TimeoutException",
                            "a: sending DEAD_LETTER to dlq",
                            "a: sent to dlq-0@0",
                            "a: settled DEAD_LETTERED IllegalStateException no");
        }

        @Test
        void whatIsParkedUnseenIsShownToTheInterceptorItself() {
            MikaTester tester = builder()
                    .unclaimedFor(Duration.ofSeconds(10))
                    .consumer("orders", Delivery::ack)
                    .start();
            Headers headers = FailureHeaders.init(new RecordHeaders(), "test", "invoices", "no");
            tester.publish(new ProducerRecord<>("retry", null, (byte[]) null, new byte[1], headers));
            tester.runUntilIdle();
            tester.advance(Duration.ofMinutes(1));

            assertThat(notes)
                    .containsExactly(
                            "a: moving PARK to retry",
                            "a: sent to retry-0@1",
                            "a: moving DEAD_LETTER to dlq",
                            "a: sent to dlq-0@0");
        }
    }

    @Nested
    class WhatIsTakenAway {
        @Test
        void onClose() {
            MikaTester tester = builder().consumer("orders", taken::add).start();
            publishOne(tester);
            tester.close();

            assertThat(notes).endsWith("a: settled NOT_OWNED ");
            assertThat(taken.get(0).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(notes).filteredOn(note -> note.contains("settled")).hasSize(1);
        }

        @Test
        void onRevoke() {
            MikaTester tester = builder()
                    .topic("orders", 2)
                    .drainTimeout(Duration.ZERO)
                    .consumer("orders", taken::add)
                    .start();
            for (int partition = 0; partition < 2; partition++) {
                tester.publish(new ProducerRecord<>("orders", partition, null, new byte[1]));
            }
            tester.runUntilIdle();
            notes.clear();

            tester.another();

            assertThat(notes)
                    .as("one partition goes, and its record comes to the other member")
                    .containsExactlyInAnyOrder("a: settled NOT_OWNED ", "a: delivering attempt 1", "a: returned ");
        }

        @Test
        void whileItsFailureIsBeingWritten() {
            MikaTester tester = builder()
                    .consumer("orders", options -> options.useDlq(), delivery -> {
                        throw new IllegalStateException("no");
                    })
                    .start();
            tester.publish("orders", "k", "apples");
            tester.kafka().faults(new ScriptedFaults().nextProduce(Fate.late(Duration.ofHours(1))));
            tester.runUntilIdle();
            tester.close();

            assertThat(notes).contains("a: settled NOT_OWNED IllegalStateException no");
        }

        @Test
        void betweenTheInterceptorAndTheHandler() {
            List<MikaTester> testers = new ArrayList<>();
            DeliveryInterceptor slow = new DeliveryInterceptor() {
                @Override
                public @Nullable DeliveryObserver delivering(Delivery delivery) {
                    if (testers.isEmpty()) {
                        return null;
                    }
                    testers.remove(0).another();
                    assertThat(delivery.isOwned())
                            .as("its partition is revoked")
                            .isFalse();
                    return interceptor.delivering(delivery);
                }
            };
            MikaTester tester = MikaTester.builder()
                    .interceptor(slow)
                    .topic("orders", 2)
                    .drainTimeout(Duration.ZERO)
                    .consumer("orders", Delivery::ack)
                    .start();
            testers.add(tester);
            tester.publish(new ProducerRecord<>("orders", 0, null, new byte[1]));
            tester.runUntilIdle();

            assertThat(notes)
                    .containsExactlyInAnyOrder("a: delivering attempt 1", "a: settled NOT_OWNED ", "a: returned ");
            assertThat(tester.committed("orders", 0)).as("by the other member").hasValue(1);
        }
    }

    @Nested
    class OneThatThrows {
        private final DeliveryInterceptor throwing = new DeliveryInterceptor() {
            @Override
            public DeliveryObserver delivering(Delivery delivery) {
                if (delivery.record().offset() % 2 == 0) {
                    throw new IllegalStateException("delivering");
                }
                return new ThrowingObserver();
            }
        };

        @Test
        void losesNoRecord() {
            MikaTester tester = builder()
                    .interceptor(throwing)
                    .consumer("orders", options -> options.retries(1).useDlq(), failingThenAcking())
                    .start();
            for (int i = 0; i < 4; i++) {
                publishOne(tester);
            }

            assertThat(tester.committed("orders", 0)).hasValue(4);
            assertThat(tester.committed("retry", 0)).hasValue(4);
            assertThat(notes).filteredOn("a: settled ACKED "::equals).hasSize(4);
        }

        @Test
        void isToldOfNowAndThen() {
            MikaTester tester = MikaTester.builder()
                    .interceptor(throwing)
                    .consumer("orders", Delivery::ack)
                    .start();
            for (int i = 0; i < 8; i++) {
                publishOne(tester);
            }

            assertThat(tester.errors())
                    .extracting(Throwable::getMessage)
                    .as("four times before the handler, four times at the ack, four times after the handler")
                    .containsExactly(
                            "an interceptor threw, 1 times so far: java.lang.IllegalStateException: delivering",
                            "an interceptor threw, 2 times so far: java.lang.LinkageError: settled",
                            "an interceptor threw, 4 times so far: java.lang.IllegalStateException: delivering",
                            "an interceptor threw, 8 times so far: java.lang.LinkageError: settled");
        }

        private DeliveryHandler failingThenAcking() {
            return delivery -> {
                if (delivery.attempt() == 1) {
                    throw new RetryableException("not yet");
                }
                delivery.ack();
            };
        }
    }

    private static final class ThrowingObserver implements DeliveryObserver {
        @Override
        public void returned(@Nullable Throwable thrown) {
            throw new IllegalStateException("returned");
        }

        @Override
        public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
            record.headers().add("half", "done".getBytes(StandardCharsets.UTF_8));
            return new SendObserver() {
                @Override
                public void sent(RecordMetadata where) {
                    throw new IllegalStateException("sent");
                }
            };
        }

        @Override
        public void settled(Settlement outcome, @Nullable Throwable reason) {
            throw new LinkageError("settled");
        }
    }
}

package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.failure.HandDestination.HandWrite;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
    private final RuntimeException down = new TimeoutException("expired");
    private final RuntimeException tooLarge = new RecordTooLargeException("too large");

    private final HandDestination hand = new HandDestination();

    @Nested
    class ThatWorks {
        @Test
        void thousandsAreUnderWayAtOnce() {
            hand.offer(10_000);

            assertThat(hand.sends()).isEqualTo(10_000);
            assertThat(hand.destination.underWay()).isEqualTo(10_000);
            assertThat(hand.destination.waiting()).isZero();
        }

        @Test
        void aWriteIsWrittenWhenTheBrokersSaySoAndNotBefore() {
            HandWrite first = hand.offer();
            HandWrite second = hand.offer();
            assertThat(first.written).isZero();

            hand.acknowledge(1);
            assertThat(first.written).isEqualTo(1);
            assertThat(second.written).isZero();
            assertThat(hand.destination.underWay()).isEqualTo(1);
        }

        @Test
        void whatIsNoLongerWantedIsNotSent() {
            HandWrite unwanted = new HandWrite();
            unwanted.wanted = false;
            hand.offer(unwanted);
            hand.offer();

            assertThat(hand.sent()).containsExactly("1.0");
            assertThat(hand.destination.waiting()).isZero();
        }

        @Test
        void fiftyThousandMayBeUnderWayAndHalfOfThatMakesRoom() {
            hand.offer(60_000);
            assertThat(hand.sends()).isEqualTo(50_000);

            hand.acknowledge(25_000);
            assertThat(hand.sends()).isEqualTo(50_000);
            hand.acknowledge(1);
            assertThat(hand.sends()).isEqualTo(60_000);
            assertThat(hand.acknowledgeAll()).isEqualTo(34_999);
            assertThat(hand.destination.underWay()).isZero();
            assertThat(hand.destination.waiting()).isZero();
        }

        @Test
        void thirtyTwoMebibytesMayBeUnderWay() {
            for (int i = 0; i < 40; i++) {
                HandWrite write = new HandWrite();
                write.size = 1024 * 1024;
                hand.offer(write);
            }
            assertThat(hand.sends()).isEqualTo(32);

            hand.acknowledge(17);
            assertThat(hand.sends()).isEqualTo(40);
        }

        @Test
        void aSingleRecordMayBeLargerThanTheBound() {
            HandWrite huge = new HandWrite();
            huge.size = 100L * 1024 * 1024;
            hand.offer(huge);
            hand.offer();
            assertThat(hand.sends()).isEqualTo(1);

            hand.acknowledge(1);
            assertThat(hand.sends()).isEqualTo(2);
        }
    }

    @Nested
    class ThatDoesNotWork {
        @Test
        void anUnknownOutcomeIsSentAgain() {
            HandWrite write = hand.offer();
            hand.refuse(down);
            assertThat(write.written).isZero();
            assertThat(hand.destination.waiting()).isEqualTo(1);

            hand.later(Duration.ofMillis(100));
            assertThat(hand.sends()).isEqualTo(2);
            hand.acknowledge(1);
            assertThat(write.written).isEqualTo(1);
        }

        @Test
        void oneWriteProbesItAndTheRestWaits() {
            hand.offer(100);
            for (int i = 0; i < 100; i++) {
                hand.refuse(down);
            }
            hand.offer(100);
            assertThat(hand.sends()).isEqualTo(100);

            hand.later(Duration.ofMillis(100));
            assertThat(hand.sends()).isEqualTo(101);
            hand.later(Duration.ofHours(1));
            assertThat(hand.sends())
                    .as("its outcome decides, however long that takes")
                    .isEqualTo(101);

            hand.acknowledge(1);
            assertThat(hand.sends()).isEqualTo(300);
            assertThat(hand.acknowledgeAll()).isEqualTo(199);
        }

        @Test
        void theBackoffDoublesUpToHalfAMinute() {
            hand.offer();
            hand.refuse(down);
            for (long millis : new long[] {100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000}) {
                int before = hand.sends();
                hand.later(Duration.ofMillis(millis).minusNanos(1));
                assertThat(hand.sends()).as("before " + millis + " ms").isEqualTo(before);
                hand.later(Duration.ofNanos(1));
                assertThat(hand.sends()).as("after " + millis + " ms").isEqualTo(before + 1);
                hand.refuse(new NotEnoughReplicasException("two of three"));
            }
        }

        @Test
        void theBackoffBeginsAnewOnceItWorked() {
            hand.offer();
            hand.refuse(down);
            hand.later(Duration.ofMillis(100));
            hand.refuse(down);
            hand.later(Duration.ofMillis(200));
            hand.acknowledge(1);

            hand.offer();
            hand.refuse(down);
            hand.later(Duration.ofMillis(100));
            assertThat(hand.sends()).isEqualTo(5);
        }

        @Test
        void eachBackoffIsReportedOnce() {
            hand.offer(100);
            for (int i = 0; i < 100; i++) {
                hand.refuse(down);
            }
            assertThat(hand.reports).containsExactly(down);

            hand.later(Duration.ofMillis(100));
            hand.refuse(down);
            assertThat(hand.reports).containsExactly(down, down);
        }

        @Test
        void anHourOfItIsNoHotLoop() {
            hand.offer(1_000);
            for (int i = 0; i < 36_000; i++) {
                while (hand.broker().errorNext(down)) {
                    // a missing topic: each that is sent
                }
                hand.runTurns();
                hand.later(Duration.ofMillis(100));
            }

            assertThat(hand.sends()).isBetween(1_100, 1_135);
            assertThat(hand.reports).hasSizeBetween(100, 135);
        }

        @Test
        void whatIsNoLongerWantedIsNotSentAgain() {
            HandWrite unwanted = hand.offer();
            HandWrite wanted = hand.offer();
            hand.refuse(down);
            hand.refuse(down);
            unwanted.wanted = false;

            hand.later(Duration.ofMillis(100));
            hand.acknowledge(1);
            assertThat(unwanted.written).isZero();
            assertThat(wanted.written).isEqualTo(1);
            assertThat(hand.destination.waiting()).isZero();
        }

        @ParameterizedTest
        @ValueSource(classes = {TopicAuthorizationException.class, SaslAuthenticationException.class})
        void whoIsNotAllowedAsksAgainInHalfAMinute(Class<? extends RuntimeException> refusal) throws Exception {
            HandWrite write = hand.offer();
            hand.refuse(refusal.getConstructor(String.class).newInstance("dlq"));

            hand.later(Duration.ofSeconds(30).minusNanos(1));
            assertThat(hand.sends()).isEqualTo(1);
            hand.later(Duration.ofNanos(1));
            hand.acknowledge(1);
            assertThat(write.written).isEqualTo(1);
            assertThat(hand.reports).hasSize(1);
        }

        @Test
        void aProducerThatBrokeIsReplaced() {
            hand.offer();
            hand.broker().sendException = new KafkaException("in an error state");
            HandWrite write = hand.offer();
            hand.later(Duration.ofMillis(100));

            assertThat(hand.producers).hasSize(2);
            assertThat(hand.producers.get(0).closed()).isTrue();
            hand.acknowledge(1);
            assertThat(write.written).isEqualTo(1);
        }
    }

    @Nested
    class ARecordThatItDoesNotTake {
        @Test
        void isMadeSmallerStepByStep() {
            HandWrite write = new HandWrite();
            write.smallerForms = 2;
            hand.offer(write);
            hand.refuse(tooLarge);
            hand.refuse(tooLarge);
            hand.acknowledge(1);

            assertThat(hand.sent()).containsExactly("0.0", "0.1", "0.2");
            assertThat(write.written).isEqualTo(1);
            assertThat(hand.reports).as("it found its way").isEmpty();
        }

        @Test
        void isKeptAndReportedIfNoFormIsSmallEnough() {
            HandWrite write = new HandWrite();
            write.smallerForms = 1;
            hand.offer(write);
            hand.refuse(tooLarge);
            hand.refuse(tooLarge);

            assertThat(write.refusals).containsExactly(tooLarge);
            assertThat(hand.reports).containsExactly(tooLarge);
            assertThat(hand.destination.waiting()).isEqualTo(1);
            hand.later(Duration.ofSeconds(30).minusNanos(1));
            assertThat(hand.sends()).isEqualTo(2);

            hand.later(Duration.ofNanos(1));
            hand.acknowledge(1);
            assertThat(write.written).as("somebody raised the limit").isEqualTo(1);
        }

        @Test
        void goesAnotherWayIfThereIsOne() {
            HandWrite write = new HandWrite();
            write.goesAnotherWay = true;
            hand.offer(write);
            hand.refuse(tooLarge);
            hand.later(Duration.ofMinutes(1));

            assertThat(hand.sends()).isEqualTo(1);
            assertThat(hand.destination.waiting()).isZero();
            assertThat(hand.reports).isEmpty();
        }

        @Test
        void holdsUpNoOther() {
            hand.offer();
            hand.refuse(new InvalidRecordException("a compacted topic takes no record without a key"));
            List<HandWrite> others = hand.offer(10);
            assertThat(hand.acknowledgeAll()).isEqualTo(10);

            assertThat(others).allMatch(write -> write.written == 1);
            assertThat(hand.destination.waiting()).isEqualTo(1);
        }

        @Test
        void holdsUpNoOtherIfItCannotEvenBeMade() {
            hand.offer(new HandWrite() {
                @Override
                protected ProducerRecord<byte[], byte[]> record(int smaller) {
                    throw new ArithmeticException("long overflow");
                }
            });
            HandWrite other = hand.offer();
            hand.acknowledgeAll();

            assertThat(other.written).isEqualTo(1);
            assertThat(hand.producers).hasSize(1);
            assertThat(hand.reports).singleElement().isInstanceOf(ArithmeticException.class);
        }

        @Test
        void showsThatTheDestinationWorks() {
            hand.offer(3);
            hand.refuse(down);
            hand.refuse(down);
            hand.refuse(down);
            hand.later(Duration.ofMillis(100));

            hand.refuse(tooLarge);
            assertThat(hand.sends()).isEqualTo(6);
        }
    }
}

package io.mika.engine;

import static io.mika.engine.LaneFixture.EPOCH;
import static io.mika.engine.LaneFixture.PARTITION;
import static io.mika.engine.LaneFixture.limits;
import static io.mika.engine.LaneFixture.range;
import static io.mika.engine.LaneFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneTest {
    private static Mark mark(long offset) {
        return new Mark(offset, EPOCH);
    }

    @Nested
    class Watermark {
        @Test
        void anOpenRecordHoldsTheCommitBack() {
            LaneFixture lane = new LaneFixture().startingAt(10);
            lane.pollAndHandOut(range(10, 20));

            lane.ack(11, 12, 13, 14, 15, 16, 17, 18, 19);
            assertThat(lane.watermark()).isEqualTo(mark(10));

            lane.ack(10);
            assertThat(lane.watermark()).isEqualTo(mark(20));
        }

        @Test
        void aQueuedRecordHoldsTheCommitBack() {
            LaneFixture lane = LaneFixture.withMaxInFlight(1).startingAt(0);
            lane.pollAndHandOut(range(0, 3));
            lane.ack(0);

            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void aRecordWhoseFailureIsUnderWayHoldsTheCommitBack() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0, 1);
            lane.ack(1);
            var unused = lane.delivery(0).fail("no");

            assertThat(lane.watermark()).isEqualTo(mark(0));
        }

        @Test
        void anUnroutableFailureHoldsTheCommitBackUntilItIsAcked() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0, 1);
            lane.ack(1);
            var unused = lane.delivery(0).fail("no");
            lane.context.routeNowhere();

            assertThat(lane.watermark()).isEqualTo(mark(0));
            lane.ack(0);
            assertThat(lane.watermark()).isEqualTo(mark(2));
        }

        @Test
        void theWatermarkMovesWithinAChunk() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 100));
            lane.ack(range(0, 40));

            assertThat(lane.watermark()).isEqualTo(mark(40));
        }

        @Test
        void aGapIsPassedOnlyByTheNextOffsets() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.lane.offer(List.of(record(0, EPOCH), record(5, EPOCH)), Limits.DEFAULT);
            lane.runHandlers();
            lane.ack(0, 5);

            assertThat(lane.watermark()).isEqualTo(mark(6));
            lane.lane.advanceTo(new Mark(1_000_000, EPOCH + 1));
            assertThat(lane.watermark()).isEqualTo(new Mark(1_000_000, EPOCH + 1));
        }

        @Test
        void aGapBelowAnOpenRecordIsNotPassed() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0, 5);
            lane.ack(0);

            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void aPollWithoutRecordsMovesTheWatermark() {
            LaneFixture lane = new LaneFixture().startingAt(0);

            lane.lane.advanceTo(new Mark(50, 9));

            assertThat(lane.watermark()).isEqualTo(new Mark(50, 9));
        }

        @Test
        void aPollWithoutRecordsDoesNotPassAnOpenRecord() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(3);

            lane.lane.advanceTo(new Mark(50, 9));
            assertThat(lane.watermark()).isEqualTo(mark(0));

            lane.ack(3);
            assertThat(lane.watermark()).isEqualTo(new Mark(50, 9));
        }

        @Test
        void theEpochOfTheWatermarkIsThatOfTheRecordBelow() {
            LaneFixture lane = LaneFixture.withChunksOf(2).startingAt(0);
            lane.pollRecords(
                    new Mark(6, 5),
                    List.of(record(0, 1), record(1, 1), record(2, 2), record(3, 3), record(4, 4), record(5, 5)));
            lane.runHandlers();

            lane.ack(0);
            assertThat(lane.watermark()).isEqualTo(new Mark(1, 1));
            lane.ack(1, 2);
            assertThat(lane.watermark()).isEqualTo(new Mark(3, 2));
            lane.ack(3);
            assertThat(lane.watermark()).isEqualTo(new Mark(4, 3));
            lane.ack(5);
            assertThat(lane.watermark()).isEqualTo(new Mark(4, 3));
            lane.ack(4);
            assertThat(lane.watermark()).isEqualTo(new Mark(6, 5));
        }

        @Test
        void theEpochOfTheNextOffsetsIsNotThatOfARecordBelowIt() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollRecords(new Mark(2, 9), List.of(record(0, 3), record(1, 3)));
            lane.runHandlers();
            lane.ack(0, 1);

            assertThat(lane.watermark()).isEqualTo(new Mark(2, 3));
        }

        @Test
        void aThinnedChunkKnowsTheEpochBelowEachOpenRecord() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (int offset = 0; offset < 32; offset++) {
                records.add(record(offset, 100 + offset));
            }
            lane.pollRecords(new Mark(32, 131), records);
            lane.runHandlers();
            for (long offset = 0; offset < 32; offset++) {
                if (offset != 10 && offset != 20) {
                    lane.ack(offset);
                }
            }

            assertThat(lane.watermark()).isEqualTo(new Mark(10, 109));
            assertThat(lane.lane.heldRecords()).isEqualTo(2);
            lane.ack(10);
            assertThat(lane.watermark()).isEqualTo(new Mark(20, 119));
            lane.ack(20);
            assertThat(lane.watermark()).isEqualTo(new Mark(32, 131));
        }

        @Test
        void recordsWithoutALeaderEpochLeaveTheCommitWithout() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollRecords(new Mark(1, 4), List.of(record(0, Mark.NO_EPOCH)));
            lane.runHandlers();
            lane.ack(0);

            assertThat(lane.watermark().withText("").leaderEpoch()).isEmpty();
        }

        @Test
        void aLaneThatResumesBeginsAtTheCommittedOffset() {
            LaneFixture lane = new LaneFixture();
            OffsetAndMetadata committed = new OffsetAndMetadata(42, Optional.of(5), "");
            lane.lane.resumeAt(committed, Inherited.NOTHING);

            assertThat(lane.watermark()).isEqualTo(new Mark(42, 5));
            assertThat(lane.lane.commit().highest()).isEqualTo(42);
            assertThat(lane.lane.isStartConfirmed(false)).isTrue();
        }

        @Test
        void aStartThatWasFoundIsNotConfirmedYet() {
            LaneFixture lane = new LaneFixture();
            assertThat(lane.lane.isCommittable()).isFalse();
            lane.lane.startAt(mark(42));

            assertThat(lane.lane.isCommittable()).isTrue();
            assertThat(lane.lane.isStartConfirmed(false)).isFalse();
            assertThat(lane.lane.isStartConfirmed(true)).isTrue();
        }
    }

    @Nested
    class Memory {
        @Test
        void oneOpenRecordDoesNotPinItsChunk() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 1000));
            lane.ack(range(0, 500));
            lane.ack(range(501, 1000));

            lane.lane.sweep();

            assertThat(lane.lane.heldRecords()).isEqualTo(1);
            assertThat(lane.lane.heldBytes()).isEqualTo(Chunk.bytes(record(500, EPOCH)));
            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.of(501, 1000, EPOCH));
            assertThat(lane.handedOpen()).containsExactly(500L);
        }

        @Test
        @SuppressWarnings({"unchecked", "rawtypes"})
        void aChunkThatLetsGoPinsNoRecordAndHoldsTheWatermark() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            Chunk chunk = new Chunk(
                    lane.lane, new ConsumerRecord[] {record(0, EPOCH), record(1, EPOCH), record(5, EPOCH)}, 3, true);
            chunk.move(1, SettleState.WAITING, SettleState.ACKED);

            chunk.letGo();
            chunk.sweep();

            assertThat(chunk.record(0)).isNull();
            List<Long> waiting = new ArrayList<>();
            chunk.forEachUnsettled((index, offset) -> waiting.add(offset));
            assertThat(waiting).containsExactly(0L, 5L);
            assertThat(chunk.isComplete()).isFalse();
            chunk.move(0, SettleState.WAITING, SettleState.ACKED);
            chunk.sweep();
            assertThat(chunk.settledBelow()).isEqualTo(new Mark(2, EPOCH));
        }

        @Test
        void aMillionRecordsBehindAnOpenOneAreOneRange() {
            LaneFixture lane = LaneFixture.withChunksOf(100).startingAt(0).handling(delivery -> {
                if (delivery.record().offset() > 0) {
                    delivery.ack();
                }
            });
            for (long from = 0; from < 100_000; from += 1000) {
                lane.pollAndHandOut(range(from, from + 1000));
                lane.lane.sweep();
            }

            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.of(1, 100000, EPOCH));
            assertThat(lane.lane.heldRecords()).isEqualTo(1);
            assertThat(lane.watermark()).isEqualTo(mark(0));
            lane.ack(0);
            assertThat(lane.watermark()).isEqualTo(mark(100_000));
            assertThat(lane.lane.isIdle()).isTrue();
        }

        @Test
        void aChunkIsNotThinnedBeforeItIsHandedOut() {
            LaneFixture lane = LaneFixture.withMaxInFlight(2).startingAt(0);
            lane.pollAndHandOut(range(0, 32));
            lane.ack(1);
            lane.lane.sweep();

            assertThat(lane.lane.heldRecords()).isEqualTo(32);
        }

        @Test
        void whatIsSettledAtTheFrontOfAChunkIsLetGo() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 100));
            lane.ack(range(0, 60));
            lane.lane.sweep();

            assertThat(lane.lane.heldRecords()).isEqualTo(40);
            assertThat(lane.lane.heldBytes()).isEqualTo(40 * Chunk.bytes(record(0, EPOCH)));
            assertThat(lane.lane.isConsistent()).isTrue();
        }

        @Test
        void anIdleLaneHoldsNothing() {
            LaneFixture lane = LaneFixture.withChunksOf(3).startingAt(0).handling(Delivery::ack);
            lane.pollAndHandOut(range(0, 10));
            assertThat(lane.lane.isIdle()).isFalse();

            lane.lane.sweep();

            assertThat(lane.lane.isIdle()).isTrue();
            assertThat(lane.lane.heldBytes()).isZero();
        }

        @Test
        void chunksAreLimitedInRecordsAndBytes() {
            int big = 100;
            LaneFixture lane = new LaneFixture(ConsumerOptions.create(), limits(4, 250)).startingAt(0);
            lane.pollRecords(
                    mark(6),
                    List.of(
                            record(0, EPOCH, big),
                            record(1, EPOCH, big),
                            record(2, EPOCH, big),
                            record(3, EPOCH, 10 * big),
                            record(4, EPOCH, big),
                            record(5, EPOCH, big)));
            lane.runHandlers();

            // Two by two up to the byte limit, then one that is above it alone: a complete chunk is let go as a whole
            long all = lane.lane.heldBytes();
            assertThat(all).isEqualTo(15L * big + 6L * Chunk.RECORD_OVERHEAD);
            lane.ack(2, 3);
            lane.lane.sweep();
            assertThat(lane.lane.heldRecords()).isEqualTo(4);
            assertThat(lane.lane.heldBytes()).isEqualTo(4L * (big + Chunk.RECORD_OVERHEAD));
        }

        @Test
        void nullKeysAndValuesCostOnlyTheOverhead() {
            assertThat(Chunk.bytes(new ConsumerRecord<>("orders", 0, 0L, null, new byte[0])))
                    .isEqualTo(Chunk.RECORD_OVERHEAD);
        }
    }

    @Nested
    class Settling {
        @Test
        void theFirstSettlementWins() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0);

            assertThat(lane.delivery(0).ack()).isEqualTo(Settlement.ACKED);
            assertThat(lane.delivery(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
            assertThat(lane.delivery(0).fail("late")).isCompletedWithValue(Settlement.ALREADY_SETTLED);
        }

        @Test
        void anAckWhileTheFailureIsUnderWayIsAlreadySettled() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0);
            CompletableFuture<Settlement> failed = lane.delivery(0).fail("no");

            assertThat(lane.delivery(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
            assertThat(failed).isNotDone();
        }

        @Test
        void aSecondFailureGetsTheFutureOfTheFirst() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0);
            CompletableFuture<Settlement> first = lane.delivery(0).fail("one");
            CompletableFuture<Settlement> second = lane.delivery(0).fail("two");

            assertThat(lane.context.failuresUnderWay()).isEqualTo(1);
            lane.context.routeNowhere();

            assertThat(first).isCompletedExceptionally();
            assertThat(second).isCompletedExceptionally();
        }

        @Test
        void aCallerCannotCompleteTheFutureOfAnother() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0);
            CompletableFuture<Settlement> first = lane.delivery(0).fail("one");
            CompletableFuture<Settlement> second = lane.delivery(0).fail("two");
            first.cancel(false);

            assertThat(second).isNotDone();
        }

        @Test
        void anUnroutableFailureLeavesTheDeliveryOpen() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0);
            CompletableFuture<Settlement> failed = lane.delivery(0).fail("no");
            lane.context.routeNowhere();

            assertThatThrownBy(failed::join).hasCauseInstanceOf(UnroutableFailureException.class);
            assertThat(lane.handedOpen()).containsExactly(0L);
            assertThat(lane.delivery(0).fail("again")).isNotDone();
            lane.context.routeNowhere();
            assertThat(lane.delivery(0).ack()).isEqualTo(Settlement.ACKED);
        }

        @Test
        void aFailureWithinTheCallThatIsOpenAgainCanBeAckedWithinTheCall() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            List<Settlement> outcomes = new ArrayList<>();
            lane.handling(delivery -> {
                var unused = delivery.fail("no");
                lane.context.routeNowhere();
                outcomes.add(delivery.ack());
            });
            lane.pollAndHandOut(0);

            assertThat(outcomes).containsExactly(Settlement.ACKED);
            assertThat(lane.lane.late()).isZero();
            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void aHandlerThatThrowsFailsItsDelivery() {
            LaneFixture lane = new LaneFixture().startingAt(0).handling(delivery -> {
                throw new IllegalArgumentException("bad");
            });
            lane.pollAndHandOut(0, 1);

            assertThat(lane.context.failuresUnderWay()).isEqualTo(2);
            assertThat(lane.handedOut).containsExactly(0L, 1L);
            lane.context.routeNowhere();
            assertThat(lane.watermark()).isEqualTo(mark(0));
        }

        @Test
        void throwingAfterTheAckIsReportedAndChangesNothing() {
            LaneFixture lane = new LaneFixture().startingAt(0).handling(delivery -> {
                delivery.ack();
                throw new IllegalArgumentException("too late");
            });
            lane.pollAndHandOut(0);

            assertThat(lane.context.errors).hasSize(1);
            assertThat(lane.context.failuresUnderWay()).isZero();
            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void throwingAfterTheCloseDeadlineSettlesNothing() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.handling(delivery -> {
                lane.context.settlesThrown = false;
                throw new IllegalArgumentException("interrupted");
            });
            lane.pollAndHandOut(0, 1);

            assertThat(lane.context.failuresUnderWay()).isZero();
            assertThat(lane.handedOpen()).as("and nothing follows it").containsExactly(0L);
        }

        @Test
        void anErrorFailsItsDeliveryAndReachesTheThreadsHandler() {
            LaneFixture lane = new LaneFixture().startingAt(0).handling(delivery -> {
                throw new AssertionError("bad");
            });
            List<Throwable> uncaught = new ArrayList<>();
            lane.poll(0, 1);
            withUncaughtHandler((thread, error) -> uncaught.add(error), lane::runHandlers);

            assertThat(uncaught).hasSize(2);
            assertThat(lane.context.failuresUnderWay()).isEqualTo(2);
        }

        @Test
        void aThreadsHandlerThatThrowsItselfStopsNoLane() {
            LaneFixture lane = new LaneFixture().startingAt(0).handling(delivery -> {
                throw new AssertionError("bad");
            });
            lane.poll(0, 1);
            withUncaughtHandler(
                    (thread, error) -> {
                        throw new IllegalStateException("worse");
                    },
                    lane::runHandlers);

            assertThat(lane.handedOut).containsExactly(0L, 1L);
            assertThat(lane.context.failuresUnderWay()).isEqualTo(2);
        }

        private static void withUncaughtHandler(Thread.UncaughtExceptionHandler handler, Runnable work) {
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
            thread.setUncaughtExceptionHandler(handler);
            try {
                work.run();
            } finally {
                thread.setUncaughtExceptionHandler(before);
            }
        }

        @Test
        void theAgeOfAnOpenRecordCountsFromWhenItWasFirstSeenHandedOut() {
            LaneFixture lane = LaneFixture.withMaxInFlight(2).startingAt(0);
            lane.context.now = 100;
            lane.pollAndHandOut(range(0, 4));
            lane.lane.look(1_000);
            lane.ack(1);
            lane.runHandlers();
            assertThat(lane.lane.handedOpen()).extracting(OpenRecord::since).containsExactly(1_000L, 1_000L);
            lane.lane.look(2_000);

            long deadline = Duration.ofSeconds(60).toNanos();
            assertThat(lane.lane.handedOpen())
                    .containsExactly(
                            new OpenRecord(PARTITION, 0, 1_000, 1_000 + deadline, false, null),
                            new OpenRecord(PARTITION, 2, 2_000, 2_000 + deadline, false, null));
        }

        @Test
        void progressIsSignalledOnlyToWhoWaitsForIt() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(0, 1);
            lane.ack(0);
            assertThat(lane.context.signals).hasValue(0);
            assertThat(lane.lane.takeProgress()).isTrue();
            assertThat(lane.lane.takeProgress()).isFalse();

            lane.lane.watch(true);
            lane.ack(1);
            assertThat(lane.context.signals).hasValue(1);
        }

        @Test
        void whereManyAreOpenProgressIsSignalledForManyAtOnce() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 3_000));
            lane.lane.watch(true);

            lane.ack(range(0, 1_976)); // 1,024 are left
            assertThat(lane.context.signals).hasValue(1 + 1);
            lane.ack(range(1_976, 2_872)); // 128 are left
            assertThat(lane.context.signals).hasValue(2 + 7);
            lane.ack(range(2_872, 3_000));
            assertThat(lane.context.signals).hasValue(9 + 128);
        }
    }

    @Nested
    class Ownership {
        @Test
        void aLateSettlementOfAnOldEpochIsNotOwned() {
            LaneFixture old = new LaneFixture().startingAt(0);
            old.pollAndHandOut(range(0, 3));
            old.ack(0);
            CompletableFuture<Settlement> failing = old.delivery(1).fail("no");
            old.lane.discard();
            LaneFixture today = new LaneFixture().startingAt(1);
            today.pollAndHandOut(1, 2);

            assertThat(failing).isCompletedWithValue(Settlement.NOT_OWNED);
            assertThat(old.delivery(1).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(old.delivery(2).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(old.delivery(2).fail("no")).isCompletedWithValue(Settlement.NOT_OWNED);
            assertThat(old.delivery(2).isOwned()).isFalse();
            assertThat(old.watermark()).isEqualTo(mark(1));
            assertThat(today.watermark()).isEqualTo(mark(1));
            assertThat(today.handedOpen()).containsExactly(1L, 2L);
            assertThat(old.lane.late()).isZero();
        }

        @Test
        void aDiscardedRecordIsNeverPassedByTheWatermark() {
            LaneFixture lane = LaneFixture.withChunksOf(2).startingAt(0);
            lane.pollAndHandOut(range(0, 6));
            lane.ack(0, 2, 3, 4, 5);
            lane.lane.discard();

            assertThat(lane.watermark()).isEqualTo(mark(1));
            lane.lane.advanceTo(mark(100));
            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void aDiscardedRecordIsNotSettled() {
            LaneFixture lane = LaneFixture.withChunksOf(2).startingAt(0);
            lane.pollAndHandOut(range(0, 6));
            lane.ack(1, 2, 3, 5);
            lane.lane.discard();

            assertThat(lane.lane.settled())
                    .isEqualTo(SettledRanges.of(1, 4, EPOCH).add(5, 6, EPOCH));
        }

        @Test
        void aLaneThatIsReleasedHoldsNothingAndMovesNoFurther() {
            LaneFixture lane = LaneFixture.withChunksOf(2).startingAt(0);
            lane.pollAndHandOut(range(0, 6));
            lane.ack(0, 3);
            lane.lane.discard();
            lane.lane.release();

            assertThat(lane.lane.heldRecords()).isZero();
            assertThat(lane.watermark()).isEqualTo(mark(1));
            assertThat(lane.delivery(1).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(lane.watermark()).isEqualTo(mark(1));
        }

        @Test
        void whatIsQueuedWhenTheLaneEndsIsNeverHandedOut() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.poll(range(0, 6));
            lane.lane.discard();
            lane.runHandlers();

            assertThat(lane.handedOut).isEmpty();
            assertThat(lane.lane.hasHandedOpen()).isFalse();
            assertThat(lane.watermark()).isEqualTo(mark(0));
        }

        @Test
        void aStoppedLaneHandsOutNothingMoreAndIsSettledOn() {
            LaneFixture lane = LaneFixture.withMaxInFlight(2).startingAt(0);
            lane.pollAndHandOut(range(0, 6));
            lane.lane.stop();
            assertThat(lane.lane.hasHandedOpen()).isTrue();

            lane.ack(0, 1);
            lane.runHandlers();

            assertThat(lane.handedOut).containsExactly(0L, 1L);
            assertThat(lane.lane.hasHandedOpen()).isFalse();
            assertThat(lane.watermark()).isEqualTo(mark(2));
            assertThat(lane.context.signals.get()).isPositive();
        }

        @Test
        void aDrainWaitsForAFailureUnderWay() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.handling(delivery -> {
                throw new IllegalArgumentException("bad");
            });
            lane.pollAndHandOut(0);
            lane.lane.stop();

            assertThat(lane.lane.hasHandedOpen()).isTrue();
        }

        @Test
        void aDrainWaitsForTheHandlerCall() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            List<Boolean> seen = new ArrayList<>();
            lane.handling(delivery -> {
                delivery.ack();
                seen.add(lane.lane.hasHandedOpen());
            });
            lane.pollAndHandOut(0);

            assertThat(seen).containsExactly(true);
            assertThat(lane.lane.hasHandedOpen()).isFalse();
        }

        @Test
        void touchingALaneFromAnotherThreadFails() throws Exception {
            LaneFixture fixture = new LaneFixture().startingAt(0);
            fixture.pollAndHandOut(0);
            Lane lane = fixture.lane;
            List<Runnable> touches = List.of(
                    lane::watermark,
                    lane::sweep,
                    lane::handedOpen,
                    lane::settled,
                    lane::pauses,
                    lane::stop,
                    lane::discard,
                    lane::release,
                    () -> lane.resetTo(mark(0)),
                    () -> lane.advanceTo(mark(9)),
                    () -> lane.startAt(mark(0)),
                    () -> lane.resumeAt(new OffsetAndMetadata(0), Inherited.NOTHING),
                    () -> lane.offer(List.of(record(1, EPOCH)), Limits.DEFAULT));
            ExecutorService stranger = Executors.newSingleThreadExecutor();
            try {
                for (Runnable touch : touches) {
                    assertThatThrownBy(() -> stranger.submit(touch).get(10, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(IllegalStateException.class);
                }
                assertThat(stranger.submit(() -> fixture.delivery(0).ack()).get(10, TimeUnit.SECONDS))
                        .isEqualTo(Settlement.ACKED);
            } finally {
                stranger.shutdownNow();
            }
            assertThat(fixture.watermark()).isEqualTo(mark(1));
        }
    }

    @Nested
    class Reset {
        @Test
        void aResetInsideAChunkDiscardsAboveAndKeepsBelow() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 10));
            lane.ack(0, 2, 3, 6, 7);

            lane.lane.resetTo(new Mark(5, 3));

            assertThat(lane.handedOpen()).containsExactly(1L, 4L);
            assertThat(lane.delivery(8).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(lane.delivery(1).isOwned()).isTrue();
            assertThat(lane.watermark()).isEqualTo(mark(1));
            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.of(2, 4, EPOCH));
            lane.ack(1, 4);
            assertThat(lane.watermark()).isEqualTo(new Mark(5, 3));
            assertThat(lane.lane.isConsistent()).isTrue();
        }

        @Test
        void aResetInsideAThinnedChunkDiscardsAboveAndKeepsBelow() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 100));
            for (long offset = 0; offset < 100; offset++) {
                if (offset != 20 && offset != 60) {
                    lane.ack(offset);
                }
            }
            lane.lane.sweep();
            lane.lane.resetTo(new Mark(50, 3));

            assertThat(lane.handedOpen()).containsExactly(20L);
            assertThat(lane.delivery(60).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.of(21, 50, EPOCH));
            lane.ack(20);
            assertThat(lane.watermark()).isEqualTo(new Mark(50, 3));
            assertThat(lane.lane.isIdle()).isTrue();
        }

        @Test
        void aResetInsideMergedCompleteChunksForgetsWhatWasSettledAbove() {
            LaneFixture lane = LaneFixture.withChunksOf(10).startingAt(0);
            lane.pollAndHandOut(range(0, 50));
            lane.ack(range(1, 50));
            lane.lane.sweep();
            lane.lane.resetTo(new Mark(25, 3));

            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.of(1, 25, EPOCH));
            lane.pollAndHandOut(range(25, 30));
            lane.ack(0);
            assertThat(lane.watermark()).isEqualTo(new Mark(25, 3));
            lane.ack(range(25, 30));
            assertThat(lane.watermark()).isEqualTo(mark(30));
        }

        @Test
        void aResetBetweenChunksDiscardsThoseAbove() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 5));
            lane.pollAndHandOut(range(20, 25));
            lane.ack(20);
            lane.lane.resetTo(new Mark(10, 3));

            assertThat(lane.handedOpen()).containsExactly(0L, 1L, 2L, 3L, 4L);
            assertThat(lane.delivery(21).ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(lane.lane.heldRecords()).isEqualTo(5);
            lane.ack(range(0, 5));
            assertThat(lane.watermark()).isEqualTo(new Mark(10, 3));
        }

        @Test
        void aResetBelowEverythingMovesTheWatermarkBack() {
            LaneFixture lane = new LaneFixture().startingAt(10);
            lane.pollAndHandOut(range(10, 20));
            lane.ack(10, 11, 15);
            lane.lane.sweep();
            lane.lane.resetTo(new Mark(5, 3));

            assertThat(lane.watermark()).isEqualTo(new Mark(5, 3));
            assertThat(lane.lane.isIdle()).isTrue();
            assertThat(lane.handedOpen()).isEmpty();
            assertThat(lane.lane.settled()).isEqualTo(SettledRanges.NONE);
        }

        @Test
        void aResetBelowTheWatermarkInsideAChunkTakesThePlaceThatWasGiven() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 10));
            lane.ack(range(0, 7));
            assertThat(lane.watermark()).isEqualTo(mark(7));
            lane.lane.resetTo(new Mark(5, 3));

            assertThat(lane.watermark()).isEqualTo(new Mark(5, 3));
            assertThat(lane.lane.isIdle()).isTrue();
        }

        @Test
        void aJumpOverWhatIsGoneKeepsWhatIsOpenBelow() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 3));
            lane.ack(0, 2);
            lane.lane.resetTo(new Mark(100, Mark.NO_EPOCH));

            assertThat(lane.watermark()).isEqualTo(mark(1));
            assertThat(lane.delivery(1).ack()).isEqualTo(Settlement.ACKED);
            assertThat(lane.watermark()).isEqualTo(new Mark(100, Mark.NO_EPOCH));
        }

        @Test
        void whatComesAgainAfterAResetIsHandedOutAgain() {
            LaneFixture lane = LaneFixture.withChunksOf(4).startingAt(0);
            lane.pollAndHandOut(range(0, 10));
            lane.ack(range(0, 10));
            lane.lane.resetTo(mark(6));
            Delivery before = lane.delivery(7);
            lane.pollAndHandOut(range(6, 10));

            assertThat(lane.handedOut).endsWith(6L, 7L, 8L, 9L);
            assertThat(before.ack()).isEqualTo(Settlement.ALREADY_SETTLED);
            assertThat(lane.watermark()).isEqualTo(mark(6));
            lane.ack(range(6, 10));
            assertThat(lane.watermark()).isEqualTo(mark(10));
        }

        @Test
        void whatIsQueuedAboveAResetIsNotHandedOut() {
            LaneFixture lane = LaneFixture.withChunksOf(4).startingAt(0);
            lane.poll(range(0, 10));
            lane.lane.resetTo(mark(6));
            lane.runHandlers();
            lane.pollAndHandOut(range(6, 8));

            assertThat(lane.handedOut).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        }

        @Test
        void aFailureUnderWayAboveAResetIsNotOwned() {
            LaneFixture lane = new LaneFixture().startingAt(0);
            lane.pollAndHandOut(range(0, 4));
            CompletableFuture<Settlement> above = lane.delivery(3).fail("no");
            CompletableFuture<Settlement> below = lane.delivery(1).fail("no");
            lane.lane.resetTo(mark(2));

            assertThat(above).isCompletedWithValue(Settlement.NOT_OWNED);
            assertThat(below).isNotDone();
            assertThat(lane.lane.late()).isEqualTo(2);
        }

        @Test
        void aLaneThatHadNoRoomGoesOnAfterAReset() {
            LaneFixture lane = LaneFixture.withMaxInFlight(1).startingAt(0);
            lane.pollAndHandOut(range(0, 4));
            lane.lane.resetTo(mark(0));
            lane.pollAndHandOut(range(0, 4));

            assertThat(lane.handedOut).containsExactly(0L, 0L);
        }
    }

    @Nested
    class Room {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 10})
        void noMoreAreOpenThanMayBe(int maxInFlight) {
            LaneFixture lane = LaneFixture.withMaxInFlight(maxInFlight).startingAt(0);
            lane.pollAndHandOut(range(0, 50));

            assertThat(lane.handedOpen()).hasSize(maxInFlight);
        }

        @Test
        void aFullLaneGoesOnWhenThereIsRoomThatIsWorthATurn() {
            LaneFixture lane = LaneFixture.withMaxInFlight(100).startingAt(0);
            lane.pollAndHandOut(range(0, 200));

            lane.ack(range(0, 31));
            assertThat(lane.tasks).isEmpty();
            lane.ack(31);
            lane.runHandlers();
            assertThat(lane.handedOut).hasSize(132);
        }

        @Test
        void whereManyMayBeOpenAFortiethOfThemIsWorthATurn() {
            LaneFixture lane = LaneFixture.withMaxInFlight(4_000).startingAt(0);
            lane.pollAndHandOut(range(0, 5_000));

            lane.ack(range(0, 99));
            assertThat(lane.tasks).isEmpty();
            lane.ack(99);
            lane.runHandlers();
            assertThat(lane.handedOut).hasSize(4_100);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void stuckDeliveriesDoNotTakeTheRoomOfOthers(int maxInFlight) {
            LaneFixture lane = LaneFixture.withMaxInFlight(maxInFlight).startingAt(0);
            lane.pollAndHandOut(range(0, 20));
            for (long offset = maxInFlight - 1L; offset < 20; offset++) {
                lane.ack(offset);
                lane.runHandlers();
            }

            assertThat(lane.handedOut).hasSize(20);
            assertThat(lane.handedOpen()).hasSize(maxInFlight - 1);
        }

        @Test
        void aLittleRoomIsTakenWhenTheLaneIsNudged() {
            LaneFixture lane = LaneFixture.withMaxInFlight(100).startingAt(0);
            lane.pollAndHandOut(range(0, 200));
            lane.lane.nudge();
            assertThat(lane.tasks).isEmpty();

            lane.ack(5);
            lane.lane.nudge();
            lane.runHandlers();

            assertThat(lane.handedOut).hasSize(101);
        }

        @Test
        void aFailureUnderWayTakesRoom() {
            LaneFixture lane = LaneFixture.withMaxInFlight(2).startingAt(0);
            lane.handling(delivery -> {
                var unused = delivery.fail("no");
            });
            lane.pollAndHandOut(range(0, 50));

            assertThat(lane.handedOut).containsExactly(0L, 1L);
        }

        @Test
        void withOneInFlightAnAckWithinTheCallLeavesRoomForTheNext() {
            LaneFixture lane = LaneFixture.withMaxInFlight(1).startingAt(0).handling(Delivery::ack);
            lane.pollAndHandOut(range(0, 50));

            assertThat(lane.handedOut).hasSize(50);
        }

        @Test
        void withOneInFlightRecordsAreHandedOutStrictlyOneAfterAnother() throws Exception {
            int records = 2_000;
            ConcurrentLinkedQueue<Delivery> open = new ConcurrentLinkedQueue<>();
            List<Long> order = new ArrayList<>();
            CountDownLatch through = new CountDownLatch(records);
            ExecutorService handlers = Executors.newCachedThreadPool();
            HandContext context = new HandContext();
            List<Integer> openAtOnce = new ArrayList<>();
            Engine.Binding binding = new Engine.Binding(
                    "orders", "orders", ConsumerOptions.create().maxInFlight(1), delivery -> {
                        open.add(delivery);
                        openAtOnce.add(open.size());
                        order.add(delivery.record().offset());
                        handlers.execute(() -> {
                            open.remove(delivery);
                            delivery.ack();
                            through.countDown();
                        });
                    });
            Lane lane = new Lane(PARTITION, binding, context, new Dispatch(handlers, 1, context));
            lane.startAt(mark(0));
            lane.run();
            try {
                lane.offer(
                        LongStream.range(0, records)
                                .mapToObj(offset -> record(offset, EPOCH))
                                .toList(),
                        limits(7, Long.MAX_VALUE));
                assertThat(through.await(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                handlers.shutdown();
                assertThat(handlers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            }
            lane.sweep();

            assertThat(order).isSorted().hasSize(records);
            assertThat(openAtOnce).containsOnly(1);
            assertThat(lane.watermark()).isEqualTo(mark(records));
            assertThat(lane.late()).isZero();
        }
    }
}

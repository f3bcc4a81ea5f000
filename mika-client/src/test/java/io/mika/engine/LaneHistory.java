package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.engine.LaneOracle.Entry;
import io.mika.engine.LaneOracle.State;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Something that happens to a lane, step by step, made from a seed. A step's numbers are read against what the lane is
 * at that moment, so that a history without some of its steps is a history too, and a failing one can be shrunk.
 */
record LaneHistory(long seed, int chunkRecords, int maxInFlight, List<Step> steps) {
    private static final int[] MAX_IN_FLIGHT = {1, 2, 3, 5, 10_000};
    private static final int LONGEST = 40;

    enum Kind {
        POLL,
        POLL_NOTHING,
        RUN,
        ACK,
        FAIL,
        SWEEP,
        ROUTE,
        NUDGE,
        RESET,
        STOP,
        DISCARD
    }

    record Step(Kind kind, int a, int b) {}

    /** How often each kind comes, of 100. */
    private static Kind kind(int percent) {
        int[] upTo = {18, 21, 39, 59, 66, 80, 86, 89, 97, 98};
        int kind = 0;
        while (kind < upTo.length && percent >= upTo[kind]) {
            kind++;
        }
        return Kind.values()[kind];
    }

    static LaneHistory of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int length = random.nextInt(3, LONGEST);
        return new LaneHistory(
                seed,
                random.nextInt(1, 9),
                MAX_IN_FLIGHT[random.nextInt(MAX_IN_FLIGHT.length)],
                IntStream.range(0, length).mapToObj(i -> step(random)).toList());
    }

    private static Step step(SplittableRandom random) {
        return new Step(
                kind(random.nextInt(100)), random.nextInt(Integer.MAX_VALUE), random.nextInt(Integer.MAX_VALUE));
    }

    LaneHistory without(int step) {
        List<Step> fewer = new ArrayList<>(steps);
        fewer.remove(step);
        return new LaneHistory(seed, chunkRecords, maxInFlight, fewer);
    }

    /** Does all of it, and compares the lane with the oracle after every step; what was done is told to the log. */
    void play(List<String> log) {
        new Play(log).all();
    }

    private record Handed(Entry entry, Delivery delivery) {}

    private final class Play {
        private final List<String> log;
        private final LaneFixture fixture;
        private final Lane lane;
        private final LaneOracle oracle;
        private final List<Handed> handed = new ArrayList<>();
        private int errors;
        private boolean stopped;
        private boolean nested;

        Play(List<String> log) {
            this.log = log;
            fixture = new LaneFixture(
                            ConsumerOptions.create().maxInFlight(maxInFlight),
                            LaneFixture.limits(chunkRecords, Long.MAX_VALUE))
                    .startingAt(10)
                    .handling(this::handle);
            lane = fixture.lane;
            oracle = new LaneOracle(new Mark(10, LaneFixture.EPOCH));
            log.add("chunks of " + chunkRecords + ", at most " + maxInFlight + " in flight");
        }

        void all() {
            for (Step step : steps) {
                play(step);
                oracle.check(lane);
                assertThat(lane.hasHandedOpen()).as("a drain waits").isEqualTo(oracle.late() > 0);
            }
            settleEverything();
        }

        /** Faults stop: everything must finish. */
        private void settleEverything() {
            log.add("everything is acked");
            int before;
            do {
                before = handed.size();
                route();
                handed.forEach(this::ack);
                nudge();
                fixture.runHandlers();
            } while (handed.size() > before);
            sweep();
            oracle.check(lane);
            assertThat(lane.late()).isZero();
            if (!stopped) {
                assertThat(lane.watermark().offset())
                        .as("everything is settled")
                        .isEqualTo(oracle.position().offset());
                assertThat(lane.isIdle()).isTrue();
            }
        }

        private void play(Step step) {
            switch (step.kind()) {
                case POLL -> poll(new SplittableRandom(step.a()));
                case POLL_NOTHING -> pollNothing(step.a() % 4);
                case RUN -> run();
                case ACK -> {
                    if (!handed.isEmpty()) {
                        ack(handed.get(step.a() % handed.size()));
                    }
                }
                case FAIL -> {
                    if (!handed.isEmpty()) {
                        fail(handed.get(step.a() % handed.size()));
                    }
                }
                case SWEEP -> sweep();
                case ROUTE -> route();
                case NUDGE -> nudge();
                case RESET -> reset(step.a(), step.b() % 3);
                case STOP -> stop();
                case DISCARD -> discard();
            }
        }

        // ---- the poll thread

        private void poll(SplittableRandom random) {
            if (oracle.isOver()) {
                return;
            }
            Mark from = oracle.position();
            long next = from.offset();
            int epoch = Math.max(from.epoch(), 0);
            List<Long> offsets = new ArrayList<>();
            List<Integer> epochs = new ArrayList<>();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (int left = random.nextInt(1, 13); left > 0; left--) {
                next += gap(random);
                epoch += random.nextInt(6) == 0 ? 1 : 0;
                offsets.add(next);
                epochs.add(epoch);
                records.add(LaneFixture.record(next, epoch));
                next++;
            }
            long trailing = gap(random);
            Mark position = new Mark(next + trailing, trailing > 0 && random.nextBoolean() ? epoch + 1 : epoch);
            log.add("poll " + offsets + " epochs " + epochs + " next " + position);
            oracle.polled(offsets, epochs, position, chunkRecords);
            fixture.pollRecords(position, records);
        }

        private static long gap(SplittableRandom random) {
            return switch (random.nextInt(8)) {
                case 0 -> 1;
                case 1 -> random.nextInt(1, 5);
                case 2 -> random.nextInt(3) == 0 ? 1_000_000_000_000L : 0;
                default -> 0;
            };
        }

        private void pollNothing(int further) {
            if (oracle.isOver()) {
                return;
            }
            Mark next = new Mark(
                    oracle.position().offset() + further, oracle.position().epoch());
            log.add("poll nothing, next " + next);
            oracle.polled(List.of(), List.of(), next, 1);
            lane.advanceTo(next);
        }

        private void sweep() {
            log.add("sweep");
            oracle.swept();
            lane.sweep();
        }

        private void route() {
            log.add("failures are unroutable");
            fixture.context.routeNowhere();
            oracle.routedNowhere();
        }

        private void nudge() {
            log.add("nudge");
            lane.nudge();
            if (!nested) {
                run();
                assertThat(stopped || oracle.queued() == 0 || oracle.late() >= maxInFlight)
                        .as("goes on after a nudge")
                        .isTrue();
            }
        }

        /** To somewhere around what was delivered lately; rarely also ahead. */
        private void reset(int where, int epoch) {
            if (oracle.isOver()) {
                return;
            }
            long position = oracle.position().offset();
            long back = where % 30;
            Mark to = new Mark(Math.max(0, position + 2 - back), epoch == 0 ? Mark.NO_EPOCH : epoch);
            log.add("reset to " + to);
            lane.resetTo(to);
            oracle.reset(to);
        }

        private void stop() {
            log.add("stop");
            lane.stop();
            stopped = true;
        }

        private void discard() {
            log.add("discard");
            lane.discard();
            oracle.discarded();
            stopped = true;
        }

        // ---- handler threads

        private void run() {
            if (nested) {
                return;
            }
            log.add("run");
            fixture.runHandlers();
            int worth = Math.max(1, Math.min(maxInFlight / 2, 32));
            assertThat(stopped || oracle.queued() == 0 || oracle.late() > maxInFlight - worth)
                    .as("goes on by itself")
                    .isTrue();
        }

        private void handle(Delivery delivery) {
            assertThat(oracle.late()).as("in flight").isLessThan(maxInFlight);
            Handed now = new Handed(oracle.handedOut(delivery.record().offset()), delivery);
            handed.add(now);
            SplittableRandom random = new SplittableRandom(seed + handed.size());
            nested = true;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> ack(now);
                case 4 -> fail(now);
                case 5 -> meanwhile(random);
                case 6 -> {
                    ack(now);
                    meanwhile(random);
                    ack(now);
                }
                case 7 -> {
                    fail(now);
                    meanwhile(random);
                    ack(now);
                }
                default -> log.add("left open " + now.entry().offset);
            }
            nested = false;
            if (random.nextInt(8) == 0) {
                throwing(now.entry());
            }
            LaneOracle.returned(now.entry());
        }

        /** Whatever the poll thread, or another one, may do while a handler runs. */
        private void meanwhile(SplittableRandom random) {
            log.add("meanwhile:");
            play(step(random));
            oracle.check(lane);
        }

        private void throwing(Entry entry) {
            log.add("throws " + entry.offset);
            errors += entry.state == State.ACKED ? 1 : 0;
            if (entry.state.isOpen()) {
                entry.state = State.FAILING;
            }
            throw new IllegalArgumentException("bad");
        }

        private void ack(Handed which) {
            var wanted = LaneOracle.acked(which.entry());
            log.add("ack " + which.entry().offset + " -> " + wanted);
            assertThat(which.delivery().ack())
                    .as("ack of " + which.entry().offset)
                    .isEqualTo(wanted);
            assertThat(which.delivery().isOwned()).isEqualTo(which.entry().state != State.DISCARDED && !isGone(which));
            assertThat(fixture.context.errors).hasSize(errors);
        }

        private boolean isGone(Handed which) {
            return oracle.isOver() && which.entry().state != State.DISCARDED;
        }

        private void fail(Handed which) {
            log.add("fail " + which.entry().offset + " while " + which.entry().state);
            LaneOracle.failed(which.entry(), which.delivery().fail("no"));
        }
    }
}

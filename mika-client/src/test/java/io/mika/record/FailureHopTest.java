package io.mika.record;

import static io.mika.record.HeaderList.ofGroup;
import static io.mika.record.HeaderList.shown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.MalformedHeaderException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class FailureHopTest {
    private static final OptionalLong AT_ONCE = OptionalLong.empty();

    private final FailedAttempt failure =
            new FailedAttempt(new Origin("orders", 3, 42), 1000, new Reason("no", "java.io.IOException"), 1, 2000);

    @Test
    void aFirstFailureIsAppendedOnItsWayToTheRetryTopic() {
        Headers headers = ofGroup("x=1", "nullish", "x=2");

        Headers hop = FailureHop.toRetry(headers, "g", failure, OptionalLong.of(3000));

        assertThat(shown(hop))
                .containsExactly(
                        "x=1",
                        "nullish",
                        "x=2",
                        ":org_topic=orders",
                        ":msg=no",
                        ":retries=1",
                        ":org_partition=3",
                        ":org_offset=42",
                        ":org_timestamp=1000",
                        ":attempts=1",
                        ":reason=no",
                        ":exception=java.io.IOException",
                        ":failed_at=2000",
                        ":not_before=3000");
        assertThat(shown(headers)).containsExactly("x=1", "nullish", "x=2");
    }

    @Test
    void aFirstFailureThatGoesToTheDlqHasNoHops() {
        assertThat(shown(FailureHop.toDlq(ofGroup(), "g", failure)))
                .containsExactly(
                        ":org_topic=orders",
                        ":msg=no",
                        ":retries=0",
                        ":org_partition=3",
                        ":org_offset=42",
                        ":org_timestamp=1000",
                        ":attempts=1",
                        ":reason=no",
                        ":exception=java.io.IOException",
                        ":failed_at=2000");
    }

    @Test
    void aFurtherFailureReplacesWhatChanges() {
        Headers first = FailureHop.toRetry(ofGroup("x=1"), "g", failure, OptionalLong.of(3000));
        FailedAttempt second =
                new FailedAttempt(new Origin("retry", 0, 7), 1500, new Reason("still no", "java.lang.Error"), 2, 4000);

        assertThat(shown(FailureHop.toRetry(first, "g", second, OptionalLong.of(5000))))
                .containsExactly(
                        "x=1",
                        ":org_topic=orders",
                        ":msg=no",
                        ":retries=2",
                        ":org_partition=3",
                        ":org_offset=42",
                        ":org_timestamp=1000",
                        ":attempts=2",
                        ":reason=still no",
                        ":exception=java.lang.Error",
                        ":failed_at=4000",
                        ":not_before=5000");
    }

    @Test
    void aRecordWhoseHopsRanOutKeepsTheirCount() {
        Headers hop = FailureHop.toRetry(ofGroup(), "g", failure, OptionalLong.of(3000));

        assertThat(shown(FailureHop.toDlq(hop, "g", failure)))
                .contains(":retries=1")
                .noneMatch(header -> header.startsWith(":not_before"));
    }

    @Test
    void aRetryThatIsDueAtOnceLosesItsDelay() {
        Headers hop = ofGroup(":org_topic=orders", ":not_before=1", ":not_before=2", "x=1");

        assertThat(shown(FailureHop.toRetry(hop, "g", failure, AT_ONCE)))
                .startsWith(":org_topic=orders", "x=1", ":msg=no", ":retries=1", ":attempts=1")
                .noneMatch(header -> header.startsWith(":not_before"));
    }

    @Test
    void aRecordThatGoFailedFirstGetsNoOrigin() {
        Headers go = ofGroup(":org_topic=orders", ":msg=retryable: no", ":retries=1");

        assertThat(shown(FailureHop.toRetry(go, "g", failure, AT_ONCE)))
                .containsExactly(
                        ":org_topic=orders",
                        ":msg=retryable: no",
                        ":retries=2",
                        ":attempts=1",
                        ":reason=no",
                        ":exception=java.io.IOException",
                        ":failed_at=2000");
    }

    @Test
    void aFailureInWordsHasNoClass() {
        FailedAttempt words = new FailedAttempt(failure.origin(), 1000, Reason.ofText("bad"), 2, 4000);
        Headers first = FailureHop.toRetry(ofGroup(), "g", failure, AT_ONCE);

        assertThat(shown(FailureHop.toDlq(first, "g", words)))
                .contains(":reason=bad")
                .noneMatch(header -> header.startsWith(":exception"));
    }

    @Test
    void aRecordWithoutATimestampGetsNone() {
        FailedAttempt timeless = new FailedAttempt(failure.origin(), -1, failure.reason(), 1, 2000);

        assertThat(shown(FailureHop.toDlq(ofGroup(":org_timestamp=77"), "g", timeless)))
                .noneMatch(header -> header.startsWith(":org_timestamp"));
    }

    @Test
    void twoGroupsKeepTwoStates() {
        Headers one = FailureHop.toRetry(ofGroup(), "g", failure, AT_ONCE);
        Headers both = FailureHop.toDlq(one, "g_2", failure);

        assertThat(FailureHeaders.read(both, "g")).isEqualTo(FailureHeaders.read(one, "g"));
        assertThat(FailureHeaders.read(both, "g_2"))
                .hasValueSatisfying(state -> assertThat(state.retries()).hasValue(0));
        assertThat(both.toArray()).startsWith(one.toArray()).hasSize(20);
    }

    @Test
    void otherHeadersStayTheObjectsTheyWere() {
        Headers headers = ofGroup("x=1", "x=1", "é=ü", ":msg=first", "nullish", "empty=");
        Header[] before = headers.toArray();

        Header[] after = FailureHop.toDlq(headers, "g", failure).toArray();

        for (int index = 0; index < before.length; index++) {
            assertThat(after[index]).isSameAs(before[index]);
        }
    }

    @Test
    void malformedRetriesMakeNoHopAndStayAsTheyAre() {
        Headers headers = ofGroup(":org_topic=orders", ":retries=many");

        assertThatExceptionOfType(MalformedHeaderException.class)
                .isThrownBy(() -> FailureHop.toRetry(headers, "g", failure, AT_ONCE));
        assertThat(shown(FailureHop.toDlq(headers, "g", failure))).contains(":retries=many");
    }

    @Test
    void parkingIsNoHopAndNoDelay() {
        Headers headers = ofGroup(":org_topic=orders", ":retries=1", ":not_before=3000", "x=1");

        Headers parked = FailureHop.park(headers, "g", 5000);

        assertThat(shown(parked))
                .containsExactly(":org_topic=orders", ":retries=1", ":not_before=3000", "x=1", ":parked_at=5000");
        assertThat(shown(FailureHop.park(parked, "g", 6000)))
                .containsExactly(":org_topic=orders", ":retries=1", ":not_before=3000", "x=1", ":parked_at=6000");
    }

    @Test
    void anUnclaimedRecordSaysSinceWhen() {
        Headers headers = ofGroup(":org_topic=orders", ":retries=1");

        Headers parked = FailureHop.parkUnclaimed(headers, "g", 5000, 6000);
        Headers again = FailureHop.parkUnclaimed(parked, "g", 7000, 8000);

        assertThat(shown(parked))
                .containsExactly(
                        ":org_topic=orders",
                        ":retries=1",
                        ":not_before=6000",
                        ":unclaimed_since=5000",
                        ":parked_at=5000");
        assertThat(shown(again))
                .containsExactly(
                        ":org_topic=orders",
                        ":retries=1",
                        ":not_before=8000",
                        ":unclaimed_since=5000",
                        ":parked_at=7000");
    }

    @Test
    void anUnclaimedRecordIsNotDueBeforeItWas() {
        Headers headers = ofGroup(":org_topic=orders", ":not_before=90000");

        assertThat(shown(FailureHop.parkUnclaimed(headers, "g", 5000, 6000))).contains(":not_before=90000");
    }

    @Test
    void anUnclaimedRecordSaysSinceWhenInTheDlqToo() {
        Headers parked = FailureHop.parkUnclaimed(ofGroup(":org_topic=orders"), "g", 5000, 6000);

        assertThat(shown(FailureHop.unclaimedToDlq(parked, "g")))
                .containsExactly(":org_topic=orders", ":unclaimed_since=5000");
    }

    @Test
    void aClaimedRecordIsUnclaimedNoMore() {
        Headers parked = FailureHop.parkUnclaimed(ofGroup(":org_topic=orders"), "g", 5000, 6000);

        assertThat(shown(FailureHop.claimed(parked, "g")))
                .containsExactly(":org_topic=orders", ":not_before=6000", ":parked_at=5000");
    }

    @Test
    void aFailureEndsParking() {
        Headers parked = FailureHop.parkUnclaimed(ofGroup(":org_topic=orders"), "g", 5000, 6000);

        assertThat(FailureHeaders.read(FailureHop.toRetry(parked, "g", failure, AT_ONCE), "g"))
                .hasValueSatisfying(state -> {
                    assertThat(state.unclaimedSince()).isEmpty();
                    assertThat(state.parkedAt()).isEmpty();
                });
    }

    @Test
    void aReplayIsDueAtOnceAndCounted() {
        Headers headers = ofGroup(
                ":org_topic=orders", ":retries=2", ":not_before=1", ":unclaimed_since=2", ":parked_at=3", "x=1");

        Headers replayed = FailureHop.replay(headers, "g", OptionalInt.of(0));

        assertThat(shown(replayed)).containsExactly(":org_topic=orders", ":retries=0", "x=1", ":replays=1");
        assertThat(shown(FailureHop.replay(replayed, "g", OptionalInt.empty())))
                .containsExactly(":org_topic=orders", ":retries=0", "x=1", ":replays=2");
    }

    @Test
    void replaysSurviveFurtherFailures() {
        Headers replayed = FailureHop.replay(ofGroup(":org_topic=orders"), "g", OptionalInt.of(0));

        assertThat(shown(FailureHop.toDlq(replayed, "g", failure))).contains(":replays=1");
    }

    @Test
    void withoutWhatIsOptionalTheDecidingHeadersAreLeft() {
        Headers full =
                FailureHop.replay(FailureHop.toRetry(ofGroup("x=1"), "g", failure, AT_ONCE), "g", OptionalInt.empty());

        assertThat(shown(FailureHop.withoutOptional(full, "g")))
                .containsExactly(
                        "x=1",
                        ":org_topic=orders",
                        ":msg=no",
                        ":retries=1",
                        ":org_partition=3",
                        ":org_offset=42",
                        ":replays=1");
    }

    @Test
    void aPointerCanBeReadAndTakenOut() {
        Pointer pointer = new Pointer("orders", 3, 42, 6, "ab");
        Headers headers = ofGroup(":org_topic=orders", ":msg=no", ":retries=0");

        Headers pointing = FailureHop.withPointer(headers, "g", pointer);

        assertThat(FailureHeaders.read(pointing, "g").flatMap(FailureHeaders::pointer))
                .contains(pointer);
        assertThat(shown(FailureHop.withoutPointer(pointing, "g")))
                .containsExactly(":org_topic=orders", ":msg=no", ":retries=0");
        assertThat(shown(FailureHop.toDlq(pointing, "g", failure))).noneMatch(each -> each.startsWith(":pointer"));
        assertThat(shown(FailureHop.replay(pointing, "g", OptionalInt.empty())))
                .noneMatch(each -> each.startsWith(":pointer"));
    }

    @Test
    void aFailureBearsThePlaceOfItsRecord() {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("orders", 3, 42, new byte[0], new byte[0]);

        assertThat(FailedAttempt.of(record, failure.reason(), 1, 2000))
                .isEqualTo(new FailedAttempt(failure.origin(), -1, failure.reason(), 1, 2000));
    }
}

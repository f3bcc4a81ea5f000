package io.mika.record;

import static io.mika.record.HeaderList.ofGroup;
import static io.mika.record.HeaderList.shown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.MalformedHeaderException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureHeadersTest {
    @Test
    void aNameBearsTheGroup() {
        assertThat(FailureHeaders.key(FailureHeaders.ORG_TOPIC, "billing-dev"))
                .isEqualTo("mika_err_billing-dev_org_topic");
    }

    @Test
    void eachConstantIsOneOfTheNames() throws IllegalAccessException {
        List<Object> constants = new ArrayList<>();
        for (Field field : FailureHeaders.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                constants.add(field.get(null));
                assertThat(field.get(null)).hasToString(field.getName().toLowerCase(Locale.ROOT));
            }
        }

        assertThat(FailureHeaders.NAMES)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(strings(constants));
    }

    /** Else the group {@code a} and the group {@code a_org}, say, could have a header in common. */
    @Test
    void noNameEndsInAnUnderscoreAndAnotherName() {
        for (String name : FailureHeaders.NAMES) {
            assertThat(FailureHeaders.NAMES).noneMatch(other -> other.endsWith("_" + name));
        }
    }

    @Test
    void aRecordBelongsToTheGroupWhoseOriginalTopicItBears() {
        Headers headers = HeaderList.of("x=1", "mika_err_a_b_org_topic=orders", "mika_err_a_retries=1");

        assertThat(FailureHeaders.owns(headers, "a_b")).isTrue();
        assertThat(FailureHeaders.owns(headers, "a")).isFalse();
        assertThat(FailureHeaders.owns(headers, "b")).isFalse();
        assertThat(FailureHeaders.read(headers, "a_b")).isPresent();
        assertThat(FailureHeaders.read(headers, "a")).isEmpty();
    }

    /** As in the Go client. A record that were nobody's would be skipped. */
    @Test
    void anOriginalTopicWithoutAValueStillSaysWhoseTheRecordIs() {
        Headers headers = ofGroup(":org_topic");

        assertThat(FailureHeaders.owns(headers, "g")).isTrue();
        assertThat(FailureHeaders.read(headers, "g"))
                .hasValueSatisfying(
                        failure -> assertThat(failure.originalTopic()).isEmpty());
    }

    @Test
    void whatGoWroteIsRead() {
        FailureHeaders failure = read(":org_topic=orders", ":msg=retryable: no", ":retries=2");

        assertThat(failure.group()).isEqualTo("g");
        assertThat(failure.originalTopic()).isEqualTo("orders");
        assertThat(failure.message()).isEqualTo("retryable: no");
        assertThat(failure.retries()).hasValue(2);
        assertThat(failure.malformedRetries()).isEmpty();
        assertThat(failure.origin()).isEmpty();
        assertThat(failure.originalTimestamp()).isEmpty();
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.reason()).isEqualTo("retryable: no");
        assertThat(failure.exceptionClass()).isEmpty();
        assertThat(failure.failedAt()).isEmpty();
        assertThat(failure.notBefore()).isEmpty();
        assertThat(failure.replays()).isZero();
        assertThat(failure.unclaimedSince()).isEmpty();
        assertThat(failure.parkedAt()).isEmpty();
        assertThat(failure.isPointer()).isFalse();
        assertThat(failure.pointer()).isEmpty();
    }

    @Test
    void allOfOursIsRead() {
        FailureHeaders failure = read(
                ":org_topic=orders",
                ":msg=first",
                ":retries=1",
                ":org_partition=3",
                ":org_offset=42",
                ":org_timestamp=1000",
                ":attempts=7",
                ":reason=latest",
                ":exception=java.io.IOException",
                ":failed_at=2000",
                ":not_before=3000",
                ":replays=2",
                ":unclaimed_since=4000",
                ":parked_at=5000",
                ":pointer_topic=orders",
                ":pointer_partition=3",
                ":pointer_offset=42",
                ":pointer_size=6",
                ":pointer_sha256=ab");

        assertThat(failure.origin()).contains(new Origin("orders", 3, 42));
        assertThat(failure.originalTimestamp()).contains(Instant.ofEpochMilli(1000));
        assertThat(failure.attempts()).isEqualTo(7);
        assertThat(failure.reason()).isEqualTo("latest");
        assertThat(failure.exceptionClass()).contains("java.io.IOException");
        assertThat(failure.failedAt()).contains(Instant.ofEpochMilli(2000));
        assertThat(failure.notBefore()).contains(Instant.ofEpochMilli(3000));
        assertThat(failure.replays()).isEqualTo(2);
        assertThat(failure.unclaimedSince()).contains(Instant.ofEpochMilli(4000));
        assertThat(failure.parkedAt()).contains(Instant.ofEpochMilli(5000));
        assertThat(failure.isPointer()).isTrue();
        assertThat(failure.pointer()).contains(new Pointer("orders", 3, 42, 6, "ab"));
    }

    @Test
    void theLastOfANameCounts() {
        FailureHeaders failure = read(":org_topic=a", ":retries=1", ":org_topic=b", ":retries=5");

        assertThat(failure.originalTopic()).isEqualTo("b");
        assertThat(failure.retries()).hasValue(5);
    }

    @Test
    void absentRetriesAreNone() {
        assertThat(read(":org_topic=orders").retries()).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "1.0", " 1", "٣", "2147483648", "99999999999999999999"})
    void retriesThatAreNoCountAreMalformed(String text) {
        FailureHeaders failure = read(":org_topic=orders", ":retries=" + text);

        assertThat(failure.retries()).isEmpty();
        assertThat(failure.malformedRetries())
                .hasValueSatisfying(malformed -> assertThat(malformed)
                        .hasMessage("header mika_err_g_retries: \"" + text
                                + "\" is not a whole number from 0 to 2147483647"));
    }

    @Test
    void retriesWithoutAValueAreMalformed() {
        assertThat(read(":org_topic=orders", ":retries").retries()).isEmpty();
    }

    @Test
    void otherNumbersThatAreNoneCountAsAbsent() {
        FailureHeaders failure = read(
                ":org_topic=orders",
                ":org_partition=-1",
                ":org_offset=42",
                ":attempts=x",
                ":failed_at=yesterday",
                ":replays=",
                ":pointer_topic=orders",
                ":pointer_partition=one");

        assertThat(failure.origin()).isEmpty();
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.failedAt()).isEmpty();
        assertThat(failure.replays()).isZero();
        assertThat(failure.isPointer()).isTrue();
        assertThat(failure.pointer()).isEmpty();
    }

    @Test
    void initWritesWhatIsAbsent() {
        Headers headers = ofGroup("x=1");

        Headers failed = FailureHeaders.init(headers, "g", "orders", "no");

        assertThat(shown(failed)).containsExactly("x=1", ":org_topic=orders", ":msg=no", ":retries=0");
        assertThat(shown(headers)).containsExactly("x=1");
    }

    @Test
    void initLeavesWhatIsThere() {
        Headers failed = FailureHeaders.init(ofGroup(":msg=first", ":retries=2", "x=1"), "g", "orders", "second");

        assertThat(shown(failed)).containsExactly(":msg=first", ":retries=2", "x=1", ":org_topic=orders");
    }

    @Test
    void incrementRetriesReplacesTheLastCount() {
        Headers headers = ofGroup(":retries=7", ":retries=1", "x=1");

        assertThat(shown(FailureHeaders.incrementRetries(headers, "g")))
                .containsExactly(":retries=7", ":retries=2", "x=1");
        assertThat(shown(headers)).containsExactly(":retries=7", ":retries=1", "x=1");
    }

    @Test
    void incrementRetriesBeginsAtZeroAndEndsWhereNumbersDo() {
        assertThat(shown(FailureHeaders.incrementRetries(ofGroup(), "g"))).containsExactly(":retries=1");
        assertThat(shown(FailureHeaders.incrementRetries(ofGroup(":retries=2147483647"), "g")))
                .containsExactly(":retries=2147483647");
    }

    @Test
    void incrementRetriesRefusesWhatIsNoCount() {
        assertThatExceptionOfType(MalformedHeaderException.class)
                .isThrownBy(() -> FailureHeaders.incrementRetries(ofGroup(":retries=many"), "g"))
                .withMessage("header mika_err_g_retries: \"many\" is not a whole number from 0 to 2147483647");
    }

    @Test
    void theSameHeadersAreEqual() {
        FailureHeaders failure = read(":org_topic=orders", ":retries=1", "x=1");

        assertThat(failure)
                .isEqualTo(read(":retries=1", ":org_topic=orders"))
                .hasSameHashCodeAs(read(":retries=1", ":org_topic=orders"))
                .isNotEqualTo(read(":retries=2", ":org_topic=orders"))
                .hasToString("FailureHeaders[group=g, org_topic=orders, retries=1]");
    }

    private static FailureHeaders read(String... headers) {
        return FailureHeaders.read(ofGroup(headers), "g").orElseThrow();
    }

    private static List<String> strings(List<Object> objects) {
        return objects.stream().map(String.class::cast).toList();
    }
}

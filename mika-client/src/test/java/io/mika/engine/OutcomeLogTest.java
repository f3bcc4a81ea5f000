package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutcomeLogTest {
    private final List<String> lines = new ArrayList<>();
    private final OutcomeLog log = new OutcomeLog("mika-1", lines::add);

    private void add(String kind, String consumer, String story) {
        log.add(kind, consumer, () -> story);
    }

    private void writeAt(long seconds) {
        log.write(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void theFirstIsToldAtOnceAndTheOthersOfTenSecondsTogether() {
        add("retried", "orders", "orders-0@1 first");
        writeAt(0);
        for (int i = 0; i < 500; i++) {
            add("retried", "orders", "orders-0@" + i + " again");
            writeAt(5);
        }
        assertThat(lines).containsExactly("retried client=mika-1 consumer=orders records=1 first=\"orders-0@1 first\"");

        writeAt(10);
        assertThat(lines)
                .hasSize(2)
                .last()
                .isEqualTo("retried client=mika-1 consumer=orders records=500 first=\"orders-0@0 again\"");
    }

    @Test
    void consumersAndKindsAreToldApart() {
        add("retried", "orders", "a");
        add("retried", "payments", "b");
        add("dead-lettered", "orders", "c");
        writeAt(0);

        assertThat(lines).hasSize(3);
    }

    @Test
    void whereNothingHappensNothingIsTold() {
        add("retried", "orders", "a");
        writeAt(0);
        writeAt(100);

        assertThat(lines).hasSize(1);
    }

    @Test
    void atTheEndTheRestIsTold() {
        add("retried", "orders", "a");
        writeAt(0);
        add("retried", "orders", "b");
        log.writeAll();
        log.writeAll();

        assertThat(lines).hasSize(2);
    }

    @Test
    void aLongReasonIsCut() {
        add("retried", "orders", "x".repeat(1000));
        writeAt(0);

        assertThat(lines.get(0)).hasSizeLessThan(300).endsWith("...\"");
    }
}

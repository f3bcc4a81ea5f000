package io.mika.test.failure;

import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;

/** Brokers that take little text with a commit: a hundred characters. */
final class ShortTexts {
    private static final int HALVINGS = 5;

    private ShortTexts() {}

    /**
     * The client learns how little they take.
     *
     * @param publish a record that is settled at once
     */
    static void learn(MikaTester tester, Runnable publish) {
        ScriptedFaults faults = new ScriptedFaults();
        for (int i = 0; i < HALVINGS; i++) {
            faults.nextCommit(Fate.failed(new OffsetMetadataTooLarge("too much")));
        }
        tester.kafka().faults(faults);
        for (int i = 0; i < HALVINGS; i++) {
            publish.run();
            tester.advance(Duration.ofSeconds(1));
        }
    }
}

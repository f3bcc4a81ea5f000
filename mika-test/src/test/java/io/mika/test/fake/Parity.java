package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.test.broker.KafkaFixture;
import java.util.function.Consumer;

/** One script on both brokers, one report. */
final class Parity {

    private Parity() {}

    static void compare(KafkaFixture kafka, Consumer<Script> play) {
        Script fake = new Script(new FakeStage());
        play.accept(fake);
        try (RealStage stage = new RealStage(kafka, "parity")) {
            Script real = new Script(stage);
            play.accept(real);
            assertThat(fake.seen).isEqualTo(real.seen).isNotEmpty();
        }
    }
}

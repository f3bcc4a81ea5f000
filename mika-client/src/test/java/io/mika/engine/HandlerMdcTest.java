package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.NOPMDCAdapter;

class HandlerMdcTest {
    private static final Attempt THIRD = new Attempt(
                    new Engine.Binding("orders", "orders-dev", ConsumerOptions.create(), delivery -> {}),
                    Source.TOPIC,
                    2,
                    null)
            .againInPlace();

    @Test
    void aCallsLogLinesBearItsRecord() {
        BasicMDCAdapter context = new BasicMDCAdapter();
        HandlerMdc mdc = new HandlerMdc(context);
        context.put("user", "u1");

        mdc.enter(LaneFixture.record(17, 1), THIRD);
        assertThat(context.getCopyOfContextMap())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("user", "u1", "topic", "orders", "partition", "3", "offset", "17", "attempt", "3"));

        mdc.leave();
        assertThat(context.getCopyOfContextMap()).containsExactly(Map.entry("user", "u1"));
    }

    @Test
    void aLoggingLibraryWithoutAContextIsLeftAlone() {
        HandlerMdc mdc = new HandlerMdc(new NOPMDCAdapter());

        mdc.enter(LaneFixture.record(17, 1), THIRD);
        mdc.leave();
    }
}

package io.mika.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CampaignTest {
    @Test
    void everySeedIsRunOnce() throws InterruptedException {
        AtomicReference<Tally> last = new AtomicReference<>(Tally.NONE);

        Campaign.Result result = Campaign.run(
                7,
                120,
                done -> last.accumulateAndGet(
                        done, (known, told) -> told.schedules() > known.schedules() ? told : known));

        assertThat(result.tally().schedules()).isEqualTo(120);
        assertThat(last.get()).isEqualTo(result.tally());
        assertThat(result.isClean()).isTrue();
        assertThat(result.tally()).isEqualTo(Campaign.run(7, 120, done -> {}).tally());
    }
}

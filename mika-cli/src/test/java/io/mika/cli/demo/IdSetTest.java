package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdSetTest {
    private static final long FAR = 10_000_000_000L;

    private final IdSet ids = new IdSet();

    @Test
    void anIdIsNewOnce() {
        assertThat(ids.add(7)).isTrue();
        assertThat(ids.add(7)).isFalse();
        assertThat(ids.size()).isEqualTo(1);
    }

    @Test
    void idsAreToldApart() {
        LongStream.of(0, 63, 64, 1 << 20, FAR).forEach(ids::add);

        LongStream.of(0, 63, 64, 1 << 20, FAR).forEach(id -> {
            assertThat(ids.contains(id)).as("%d", id).isTrue();
            assertThat(ids.contains(id + 2)).as("%d", id + 2).isFalse();
        });
    }

    @Test
    void twoSetsCoverAThirdTogether() {
        IdSet one = new IdSet();
        IdSet other = new IdSet();
        LongStream.of(1, 2, FAR).forEach(ids::add);
        LongStream.of(1, 3).forEach(one::add);
        other.add(2);

        assertThat(IdSet.cover(ids, one, other)).isFalse();
        other.add(FAR);
        assertThat(IdSet.cover(ids, one, other)).isTrue();
        ids.add(4);
        assertThat(IdSet.cover(ids, one, other)).isFalse();
    }

    @Test
    void ofThreadsThatAddTheSameIdOneIsFirst() {
        LongAdder first = new LongAdder();

        LongStream.range(0, 400_000).parallel().forEach(n -> {
            if (ids.add(n % 100_000)) {
                first.increment();
            }
        });

        assertThat(first.sum()).isEqualTo(100_000);
        assertThat(ids.size()).isEqualTo(100_000);
    }
}

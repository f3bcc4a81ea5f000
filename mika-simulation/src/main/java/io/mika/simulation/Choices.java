package io.mika.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * All that is left to chance, drawn from a seed and written down; or read from what was written down, so that a run can
 * be repeated with parts left out. 0 is the harmless choice, and what is read past the end.
 *
 * <p>Choices come in slices, one for each event: one that is left out leaves those of the others as they are.
 */
final class Choices {
    private final @Nullable SplittableRandom random;
    /** For what is drawn {@linkplain #chanceApart apart}. */
    private final @Nullable SplittableRandom apart;

    private final List<int[]> script;
    private final List<int[]> taken = new ArrayList<>();
    private int[] slice = new int[16];
    private int used;
    private int slices;

    private Choices(@Nullable SplittableRandom random, @Nullable SplittableRandom apart, List<int[]> script) {
        this.random = random;
        this.apart = apart;
        this.script = script;
    }

    static Choices of(long seed) {
        return new Choices(new SplittableRandom(seed), new SplittableRandom(~seed), List.of());
    }

    static Choices of(List<int[]> script) {
        return new Choices(null, null, script);
    }

    /** Goes on with the next event; false where there is none. */
    boolean nextSlice() {
        if (slices > 0) {
            taken.add(Arrays.copyOf(slice, used));
        }
        if (random == null && slices >= script.size()) {
            return false;
        }
        used = 0;
        slices++;
        return true;
    }

    /** One of {@code 0} to {@code bound - 1}. */
    int next(int bound) {
        if (bound <= 1) {
            return 0;
        }
        return taken(random == null ? scripted(bound) : random.nextInt(bound));
    }

    private int taken(int choice) {
        if (used == slice.length) {
            slice = Arrays.copyOf(slice, 2 * used);
        }
        slice[used++] = choice;
        return choice;
    }

    private int scripted(int bound) {
        int[] now = slices > 0 && slices <= script.size() ? script.get(slices - 1) : new int[0];
        return used < now.length ? now[used] % bound : 0;
    }

    boolean chance(int percent) {
        return percent > 0 && next(100) >= 100 - percent;
    }

    /** Of a seed, this leaves all that is drawn later as it would be without it, but for what is drawn apart too. */
    boolean chanceApart(int percent) {
        return nextApart(100) >= 100 - percent;
    }

    /** The same. */
    <T> T oneApart(List<T> of) {
        return of.get(nextApart(of.size()));
    }

    private int nextApart(int bound) {
        return taken(apart == null ? scripted(bound) : apart.nextInt(bound));
    }

    /** The index of one of the weights. */
    int pick(int... weights) {
        int drawn = next(Arrays.stream(weights).sum());
        int index = 0;
        while (drawn >= weights[index]) {
            drawn -= weights[index];
            index++;
        }
        return index;
    }

    <T> T one(List<T> of) {
        return of.get(next(of.size()));
    }

    /** What was chosen so far. */
    List<int[]> taken() {
        List<int[]> all = new ArrayList<>(taken);
        if (used > 0) {
            all.add(Arrays.copyOf(slice, used));
        }
        return all;
    }
}

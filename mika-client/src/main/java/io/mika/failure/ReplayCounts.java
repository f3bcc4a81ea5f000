package io.mika.failure;

import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.Skipped;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a replay has done so far. <i>For one thread.</i> */
final class ReplayCounts {
    long read;
    long matched;
    long replayed;
    long failed;
    /** Written or on the way there, for that is what a limit counts. */
    long taken;

    private final Map<Skipped, Long> skipped = new EnumMap<>(Skipped.class);

    void skip(Skipped reason) {
        skipped.merge(reason, 1L, Long::sum);
    }

    ReplayReport report(ReplayReport.End end, boolean dryRun, List<ReplayReport.Partition> partitions) {
        return new ReplayReport(end, dryRun, read, matched, replayed, skipped, failed, partitions);
    }
}

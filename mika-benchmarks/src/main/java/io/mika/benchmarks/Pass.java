package io.mika.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What one pass over a topic took, from its first record to its last: in one JVM, written and read as one line.
 *
 * @param records how many were handled
 * @param nanos wall time
 * @param cpuNanos CPU time of the whole process
 * @param allocatedBytes on all threads that lived at the end
 */
record Pass(long records, long nanos, long cpuNanos, long allocatedBytes) {

    static Pass parse(String line) {
        long[] fields =
                Arrays.stream(line.trim().split(" ")).mapToLong(Long::parseLong).toArray();
        return new Pass(fields[0], fields[1], fields[2], fields[3]);
    }

    String line() {
        return records + " " + nanos + " " + cpuNanos + " " + allocatedBytes;
    }

    double perSecond() {
        return records * 1e9 / nanos;
    }

    double cpuNanosPerRecord() {
        return (double) cpuNanos / records;
    }

    double bytesPerRecord() {
        return (double) allocatedBytes / records;
    }

    /** Counts handled records and takes the figures at the first and the last one. <i>Thread-safe.</i> */
    static final class Meter {
        private static final OperatingSystemMXBean PROCESS =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private final long wall = System.nanoTime();
        private final long cpu = PROCESS.getProcessCpuTime();
        private final long allocated = allocated();

        Pass end(long records) {
            return new Pass(
                    records,
                    System.nanoTime() - wall,
                    PROCESS.getProcessCpuTime() - cpu,
                    Math.max(0, allocated() - allocated));
        }

        private static long allocated() {
            return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                    .filter(bytes -> bytes > 0)
                    .sum();
        }
    }
}

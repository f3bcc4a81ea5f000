package io.mika.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The signal for real threads. <i>Thread-safe.</i> */
final class ThreadSignal implements EngineParts.Signal {
    private final Semaphore raised = new Semaphore(0);

    @Override
    public void raise() {
        if (raised.availablePermits() == 0) {
            raised.release();
        }
    }

    @Override
    public void await(long nanos) {
        try {
            if (raised.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                raised.drainPermits();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

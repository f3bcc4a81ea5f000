package io.mika.engine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one client. The one that waits for the end is no daemon, so the JVM lives as long as the client; it
 * also reports at the deadline, whatever Kafka keeps the poll thread with. <i>Thread-safe.</i>
 */
final class EngineThreads {
    private static final long CALLBACKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String clientId;
    private final Executor handlers;
    private final @Nullable ExecutorService ownHandlers;
    private final ExecutorService callbackThread;
    private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean callbacksWait = new AtomicBoolean();
    private final List<ExecutorService> senders = new CopyOnWriteArrayList<>();
    private final Set<Thread> ours = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch polled = new CountDownLatch(1);

    EngineThreads(String clientId, @Nullable Executor handlers) {
        this.clientId = clientId;
        this.ownHandlers = handlers == null ? HandlerThreads.create(clientId) : null;
        this.handlers = handlers == null ? Objects.requireNonNull(ownHandlers) : handlers;
        this.callbackThread = Executors.newSingleThreadExecutor(task -> {
            Thread thread = daemon(task, "-callbacks");
            ours.add(thread);
            return thread;
        });
    }

    /** One thread of its own, made when there is something to send. */
    Executor sender() {
        ExecutorService sender = Executors.newSingleThreadExecutor(task -> daemon(task, "-failures-" + senders.size()));
        senders.add(sender);
        return sender;
    }

    private Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, clientId + name);
        thread.setDaemon(true);
        return thread;
    }

    Executor handlers() {
        return handlers;
    }

    /** After the end the caller runs it: no future is left open. */
    Executor callbacks() {
        return task -> {
            callbacks.add(task);
            if (!callbacksWait.get() && callbacksWait.compareAndSet(false, true)) {
                try {
                    callbackThread.execute(this::runCallbacks);
                } catch (RejectedExecutionException closed) {
                    runCallbacks();
                }
            }
        };
    }

    /** Those that came together run together: waking the thread for each would cost more than what they do. */
    private void runCallbacks() {
        callbacksWait.set(false);
        for (Runnable task = callbacks.poll(); task != null; task = callbacks.poll()) {
            try {
                task.run();
            } catch (Throwable thrown) { // an Error of a listener's must not keep from others what they wait for
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            }
        }
    }

    boolean isOurs(Thread thread) {
        return ours.contains(thread);
    }

    void start(Stepper stepper) {
        if (started.compareAndSet(false, true)) {
            daemon(() -> poll(stepper), "-poll").start();
            new Thread(() -> awaitEnd(stepper), clientId + "-alive").start();
        }
    }

    /** The end was asked for; a client that never started ends here. */
    void closing(Stepper stepper) {
        asked.countDown();
        if (started.compareAndSet(false, true)) {
            stepper.neverStarted();
            end(stepper);
        }
    }

    private void poll(Stepper stepper) {
        try {
            boolean goesOn = true;
            while (goesOn) {
                goesOn = stepper.step();
                if (stepper.isClosing()) {
                    asked.countDown();
                }
            }
        } finally {
            asked.countDown();
            polled.countDown();
        }
    }

    private void awaitEnd(Stepper stepper) {
        await(asked, Long.MAX_VALUE);
        await(polled, stepper.remaining());
        end(stepper);
    }

    private void end(Stepper stepper) {
        for (Engine.Resource resource : stepper.resources()) {
            resource.close(Duration.ofNanos(Math.max(0, stepper.remaining())));
        }
        senders.forEach(ExecutorService::shutdownNow);
        stepper.finish(() -> endCallbacks(stepper));
        if (ownHandlers != null) {
            ownHandlers.shutdown();
        }
    }

    /** Listeners hear of the end before the caller of close does, if they are quick: the JVM may end right after. */
    private void endCallbacks(Stepper stepper) {
        callbackThread.shutdown();
        try {
            long nanos = Math.min(stepper.remaining(), CALLBACKS_NANOS);
            boolean unused = callbackThread.awaitTermination(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch, long nanos) {
        boolean interrupted = false;
        long until = System.nanoTime() + nanos;
        while (latch.getCount() > 0) {
            try {
                if (!latch.await(nanos == Long.MAX_VALUE ? nanos : until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException asked) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

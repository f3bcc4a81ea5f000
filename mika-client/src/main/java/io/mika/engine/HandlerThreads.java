package io.mika.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that handlers run on where the application passes none: virtual ones on Java 21 and later. */
final class HandlerThreads {
    /** Handlers of one consumer that run at once on platform threads. */
    static final int PLATFORM_THREADS = 64;

    private HandlerThreads() {}

    static boolean areVirtual() {
        return Runtime.version().feature() >= 21;
    }

    static ExecutorService create(String clientId) {
        if (!areVirtual()) {
            return Executors.newCachedThreadPool(daemons(clientId + "-handler-"));
        }
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (IllegalAccessException | InvocationTargetException | NoSuchMethodException missing) {
            throw new IllegalStateException("Java 21 and later have virtual threads", missing);
        }
    }

    static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}

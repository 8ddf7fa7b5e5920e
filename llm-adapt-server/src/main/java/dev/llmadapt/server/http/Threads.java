package dev.llmadapt.server.http;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that requests are answered on: virtual ones where the JDK has them (21 and newer), else a pool. */
public final class Threads {
    private Threads() {}

    /**
     * Starts an executor.
     *
     * @param pool the number of threads of the pool where there are no virtual ones
     * @return an executor that the caller shuts down
     */
    public static ExecutorService start(int pool) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) { // an older JDK
            return startPool(pool);
        }
    }

    static ExecutorService startPool(int pool) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "llm-adapt-http-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(pool, pool, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}

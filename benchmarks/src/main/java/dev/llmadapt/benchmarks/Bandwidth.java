package dev.llmadapt.benchmarks;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The memory bandwidth of sequential reads by threads, from arrays too large for any cache. */
final class Bandwidth {
    private static final int LONGS = 1 << 24; // of each thread: 128 MiB
    private static final int ROUNDS = 12;

    private Bandwidth() {}

    /** Measures the largest bandwidth of several threads together over several rounds. */
    static double gigabytesPerSecond(int threads) throws InterruptedException {
        long[][] arrays = IntStream.range(0, threads)
                .mapToObj(thread -> {
                    long[] values = new long[LONGS];
                    Arrays.fill(values, thread);
                    return values;
                })
                .toArray(long[][]::new);
        double best = 0;
        long expected = (long) LONGS * threads * (threads - 1) / 2;
        for (int round = 0; round < ROUNDS; round++) {
            long[] sums = new long[threads];
            Thread[] running = new Thread[threads];
            long start = System.nanoTime();
            for (int thread = 0; thread < threads; thread++) {
                int own = thread;
                running[thread] = new Thread(() -> sums[own] = sum(arrays[own]));
                running[thread].start();
            }
            for (Thread thread : running) {
                thread.join();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (Arrays.stream(sums).sum() != expected) {
                throw new IllegalStateException("the sums are " + Arrays.toString(sums));
            }
            best = Math.max(best, (double) LONGS * Long.BYTES * threads / seconds / 1e9);
        }
        return best;
    }

    /** Adds into four sums at once, so that no addition waits for the one before. */
    private static long sum(long[] values) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = 0; i < values.length; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        return a + b + c + d;
    }
}

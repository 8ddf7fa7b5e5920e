package dev.llmadapt.peft.data;

import java.util.Arrays;

/**
 * MinHash signatures (Broder 1997) and their bands for locality-sensitive hashing (Leskovec, Rajaraman and Ullman,
 * "Mining of Massive Datasets", chapter 3): two sets agree in each place of their signatures with a probability of
 * their Jaccard similarity s, and in all {@code r} rows of at least one of {@code b} bands with 1 - (1 - s^r)^b.
 */
final class MinHash {
    /** The places of a signature. */
    static final int PLACES = 128;

    private static final double MISSED = 0.01;
    private static final long[] FACTORS = new long[PLACES];
    private static final long[] SUMMANDS = new long[PLACES];

    static {
        for (int i = 0; i < PLACES; i++) {
            FACTORS[i] = Shingles.mix(2L * i + 1) | 1;
            SUMMANDS[i] = Shingles.mix(2L * i + 2);
        }
    }

    private final int rows;
    private final int bands;

    /** With bands of as many rows as find pairs of the given similarity with a probability of at least 0.99. */
    MinHash(double threshold) {
        int r = 1;
        while (r < 16 && missed(threshold, r + 1) <= MISSED) {
            r++;
        }
        this.rows = r;
        this.bands = PLACES / r;
    }

    /** The probability that no band of so many rows is equal. */
    private static double missed(double threshold, int rows) {
        int whole = PLACES / rows;
        return Math.pow(1 - Math.pow(threshold, rows), whole);
    }

    /** The signature of the union of two sets that are kept apart: an element of one is no element of the other. */
    static int[] signature(int[] first, int[] second) {
        int[] signature = new int[PLACES];
        Arrays.fill(signature, Integer.MAX_VALUE);
        add(signature, first, 0);
        add(signature, second, 0x5851F42D4C957F2DL);
        return signature;
    }

    private static void add(int[] signature, int[] set, long side) {
        for (int element : set) {
            long x = Shingles.mix(element + side);
            for (int i = 0; i < PLACES; i++) {
                int hash = (int) ((FACTORS[i] * x + SUMMANDS[i]) >>> 32);
                if (hash < signature[i]) {
                    signature[i] = hash;
                }
            }
        }
    }

    /** The share of places in which two signatures agree: an estimate of the Jaccard similarity. */
    static double estimate(int[] a, int[] b) {
        int same = 0;
        for (int i = 0; i < PLACES; i++) {
            same += a[i] == b[i] ? 1 : 0;
        }
        return (double) same / PLACES;
    }

    /** One key a band. */
    long[] bandKeys(int[] signature) {
        long[] keys = new long[bands];
        for (int band = 0; band < bands; band++) {
            long key = band;
            for (int row = 0; row < rows; row++) {
                key = Shingles.mix(key * 31 + signature[band * rows + row]);
            }
            keys[band] = key;
        }
        return keys;
    }
}

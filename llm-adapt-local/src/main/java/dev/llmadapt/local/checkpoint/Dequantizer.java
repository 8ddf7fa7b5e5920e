package dev.llmadapt.local.checkpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Stored bytes to floats, or to the integers and scales of a {@link QuantizedRow}, one method an
 * {@link WeightEncoding}. All arithmetic is in {@code float} and in the order of ggml's reference code, so results are
 * equal to it to the bit. In comments {@code d} is a block's scale, {@code m} its minimum and {@code q} a value's
 * integer.
 */
final class Dequantizer {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** The values that the 4 bits of the "IQ4" types stand for ({@code kvalues_iq4nl}). */
    private static final byte[] IQ4_VALUES = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private Dequantizer() {}

    /** Decodes {@code source}, whole blocks from its start, to {@code count} floats at {@code target[offset...]}. */
    static void decode(WeightEncoding encoding, byte[] source, float[] target, int offset, int count) {
        switch (encoding) {
            case F32 -> f32(source, target, offset, count);
            case F16 -> f16(source, target, offset, count);
            case BF16 -> bf16(source, target, offset, count);
            default -> {
                QuantizedRow row = new QuantizedRow(encoding, count);
                decode(source, row);
                row.values(target, offset);
            }
        }
    }

    /** Decodes {@code source}, as many blocks as the row has, from its start. */
    static void decode(byte[] source, QuantizedRow row) {
        switch (row.encoding()) {
            case Q4_0 -> q4_0(source, row);
            case Q4_1 -> q4_1(source, row);
            case Q5_0 -> q5_0(source, row);
            case Q5_1 -> q5_1(source, row);
            case Q8_0 -> q8_0(source, row);
            case Q2_K -> q2k(source, row);
            case Q3_K -> q3k(source, row);
            case Q4_K -> q4k(source, row);
            case Q5_K -> q5k(source, row);
            case Q6_K -> q6k(source, row);
            case IQ4_NL -> iq4nl(source, row);
            case IQ4_XS -> iq4xs(source, row);
            default -> throw new IllegalArgumentException("not quantised: " + row.encoding());
        }
    }

    private static float half(byte[] source, int at) {
        return HalfFloat.fromF16((short) SHORT.get(source, at));
    }

    private static void f32(byte[] source, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.intBitsToFloat((int) INT.get(source, 4 * i));
        }
    }

    private static void f16(byte[] source, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = half(source, 2 * i);
        }
    }

    private static void bf16(byte[] source, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = HalfFloat.fromBf16((short) SHORT.get(source, 2 * i));
        }
    }

    // The 32-value types: low nibbles are the first 16 values of a block, high nibbles the last 16.

    /** d: f16, q: 16 bytes. */
    private static void q4_0(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 18, out += 32) {
            row.scales[block] = half(source, b);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 2 + i];
                q[out + i] = (byte) ((pair & 15) - 8);
                q[out + 16 + i] = (byte) ((pair >> 4 & 15) - 8);
            }
        }
    }

    /** d: f16, m: f16, q: 16 bytes. */
    private static void q4_1(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        float[] offsets = offsets(row);
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 20, out += 32) {
            row.scales[block] = half(source, b);
            offsets[block] = half(source, b + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 4 + i];
                q[out + i] = (byte) (pair & 15);
                q[out + 16 + i] = (byte) (pair >> 4 & 15);
            }
        }
    }

    /** d: f16, fifth bits: 32, q: 16 bytes. */
    private static void q5_0(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 22, out += 32) {
            row.scales[block] = half(source, b);
            int high = (int) INT.get(source, b + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 6 + i];
                q[out + i] = (byte) (((pair & 15) | (high >>> i & 1) << 4) - 16);
                q[out + 16 + i] = (byte) (((pair >> 4 & 15) | (high >>> (i + 16) & 1) << 4) - 16);
            }
        }
    }

    /** d: f16, m: f16, fifth bits: 32, q: 16 bytes. */
    private static void q5_1(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        float[] offsets = offsets(row);
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 24, out += 32) {
            row.scales[block] = half(source, b);
            offsets[block] = half(source, b + 2);
            int high = (int) INT.get(source, b + 4);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 8 + i];
                q[out + i] = (byte) ((pair & 15) | (high >>> i & 1) << 4);
                q[out + 16 + i] = (byte) ((pair >> 4 & 15) | (high >>> (i + 16) & 1) << 4);
            }
        }
    }

    /** d: f16, q: 32 bytes. */
    private static void q8_0(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 34, out += 32) {
            row.scales[block] = half(source, b);
            System.arraycopy(source, b + 2, q, out, 32);
        }
    }

    /** d: f16, q: 16 bytes. */
    private static void iq4nl(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 18, out += 32) {
            row.scales[block] = half(source, b);
            iq4(source, b + 2, q, out);
        }
    }

    private static void iq4(byte[] source, int from, byte[] q, int out) {
        for (int i = 0; i < 16; i++) {
            int pair = source[from + i];
            q[out + i] = IQ4_VALUES[pair & 15];
            q[out + 16 + i] = IQ4_VALUES[pair >> 4 & 15];
        }
    }

    // The 256-value types: groups with small integer scales under one or two f16 scales.

    /** d: f16, high 2 bits of 8 scales: 16, their low 4 bits: 4 bytes, q: 128 bytes; scales less 32. */
    private static void iq4xs(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 136, out += 256) {
            float d = half(source, b);
            int high = (short) SHORT.get(source, b + 2);
            for (int group = 0; group < 8; group++) {
                int low = source[b + 4 + group / 2] >> ((group & 1) * 4) & 15;
                row.scales[block * 8 + group] = d * ((low | (high >> (2 * group) & 3) << 4) - 32);
                iq4(source, b + 8 + group * 16, q, out + group * 32);
            }
        }
    }

    /** scales: 16 x (4-bit scale, 4-bit minimum), q: 64 bytes, d: f16, dmin: f16. */
    private static void q2k(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        float[] offsets = offsets(row);
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 84, out += 256) {
            float d = half(source, b + 80);
            float dmin = half(source, b + 82);
            for (int group = 0; group < 16; group++) {
                int packed = source[b + group];
                row.scales[block * 16 + group] = d * (packed & 15);
                offsets[block * 16 + group] = -(dmin * (packed >> 4 & 15));
                int from = b + 16 + (group >> 3) * 32 + (group & 1) * 16;
                int shift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    q[out + group * 16 + i] = (byte) (source[from + i] >> shift & 3);
                }
            }
        }
    }

    /** third bits (a clear bit means -4): 32 bytes, q: 64 bytes, scales: 16 x 6 bits less 32 in 12 bytes, d: f16. */
    private static void q3k(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 110, out += 256) {
            float d = half(source, b + 108);
            for (int group = 0; group < 16; group++) {
                int low = (source[b + 96 + (group & 7)] >> ((group >> 3) * 4)) & 15;
                int high = (source[b + 104 + (group & 3)] >> ((group >> 2) * 2)) & 3;
                row.scales[block * 16 + group] = d * ((low | high << 4) - 32);
                int half = (group & 1) * 16;
                int from = b + 32 + (group >> 3) * 32 + half;
                int shift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    int absent = ~(source[b + half + i] >> (group >> 1)) & 1;
                    q[out + group * 16 + i] = (byte) ((source[from + i] >> shift & 3) - 4 * absent);
                }
            }
        }
    }

    /** d: f16, dmin: f16, scales and minima: 8 x (6 + 6) bits in 12 bytes, q: 128 bytes. */
    private static void q4k(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 144, out += 256) {
            scalesAndMinima(source, b, row, block);
            for (int group = 0; group < 8; group++) {
                int from = b + 16 + (group >> 1) * 32;
                int shift = (group & 1) * 4;
                for (int i = 0; i < 32; i++) {
                    q[out + group * 32 + i] = (byte) (source[from + i] >> shift & 15);
                }
            }
        }
    }

    /** As {@link #q4k} with 32 bytes of fifth bits (bit g of byte i: value i of group g) before q. */
    private static void q5k(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 176, out += 256) {
            scalesAndMinima(source, b, row, block);
            for (int group = 0; group < 8; group++) {
                int from = b + 48 + (group >> 1) * 32;
                int shift = (group & 1) * 4;
                for (int i = 0; i < 32; i++) {
                    int high = (source[b + 16 + i] >> group & 1) << 4;
                    q[out + group * 32 + i] = (byte) ((source[from + i] >> shift & 15) | high);
                }
            }
        }
    }

    /** low 4 bits: 128 bytes, high 2 bits: 64 bytes, scales: 16 signed bytes, d: f16. */
    private static void q6k(byte[] source, QuantizedRow row) {
        byte[] q = row.integers;
        for (int block = 0, b = 0, out = 0; out < q.length; block++, b += 210, out += 256) {
            float d = half(source, b + 208);
            for (int group = 0; group < 16; group++) {
                row.scales[block * 16 + group] = d * source[b + 192 + group];
                int half = group >> 3;
                int low = b + half * 64 + (group & 3) * 16;
                int lowShift = (group >> 2 & 1) * 4;
                int high = b + 128 + half * 32 + (group & 1) * 16;
                int highShift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    int bits = (source[low + i] >> lowShift & 15) | (source[high + i] >> highShift & 3) << 4;
                    q[out + group * 16 + i] = (byte) (bits - 32);
                }
            }
        }
    }

    private static void scalesAndMinima(byte[] source, int b, QuantizedRow row, int block) {
        float d = half(source, b);
        float dmin = half(source, b + 2);
        float[] offsets = offsets(row);
        int at = b + 4;
        for (int group = 0; group < 8; group++) {
            int scale;
            int min;
            if (group < 4) {
                scale = source[at + group] & 63;
                min = source[at + 4 + group] & 63;
            } else {
                scale = (source[at + 4 + group] & 15) | (source[at + group - 4] >> 2 & 48);
                min = (source[at + 4 + group] >> 4 & 15) | (source[at + group] >> 2 & 48);
            }
            row.scales[block * 8 + group] = d * scale;
            offsets[block * 8 + group] = -(dmin * min);
        }
    }

    private static float[] offsets(QuantizedRow row) {
        return Objects.requireNonNull(row.offsets);
    }
}

package dev.llmadapt.peft.checkpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Stored bytes to floats, one method an {@link Encoding}. All arithmetic is in {@code float} and in the order of ggml's
 * reference code, so results are equal to it to the bit. In comments {@code d} is a block's scale, {@code m} its minimum
 * and {@code q} a value's integer.
 */
final class Dequantizer {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Dequantizer() {}

    /** Decodes {@code source}, whole blocks from its start, to {@code count} floats at {@code target[offset...]}. */
    static void decode(Encoding encoding, byte[] source, float[] target, int offset, int count) {
        switch (encoding) {
            case F32 -> f32(source, target, offset, count);
            case F16 -> f16(source, target, offset, count);
            case BF16 -> bf16(source, target, offset, count);
            case Q4_0 -> q4_0(source, target, offset, count);
            case Q4_1 -> q4_1(source, target, offset, count);
            case Q5_0 -> q5_0(source, target, offset, count);
            case Q5_1 -> q5_1(source, target, offset, count);
            case Q8_0 -> q8_0(source, target, offset, count);
            case Q2_K -> q2k(source, target, offset, count);
            case Q3_K -> q3k(source, target, offset, count);
            case Q4_K -> q4k(source, target, offset, count);
            case Q5_K -> q5k(source, target, offset, count);
            case Q6_K -> q6k(source, target, offset, count);
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
    private static void q4_0(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 18, out += 32) {
            float d = half(source, b);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 2 + i];
                target[out + i] = d * ((pair & 15) - 8);
                target[out + 16 + i] = d * ((pair >> 4 & 15) - 8);
            }
        }
    }

    /** d: f16, m: f16, q: 16 bytes. */
    private static void q4_1(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 20, out += 32) {
            float d = half(source, b);
            float m = half(source, b + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 4 + i];
                target[out + i] = d * (pair & 15) + m;
                target[out + 16 + i] = d * (pair >> 4 & 15) + m;
            }
        }
    }

    /** d: f16, fifth bits: 32, q: 16 bytes. */
    private static void q5_0(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 22, out += 32) {
            float d = half(source, b);
            int high = (int) INT.get(source, b + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 6 + i];
                target[out + i] = d * (((pair & 15) | (high >>> i & 1) << 4) - 16);
                target[out + 16 + i] = d * (((pair >> 4 & 15) | (high >>> (i + 16) & 1) << 4) - 16);
            }
        }
    }

    /** d: f16, m: f16, fifth bits: 32, q: 16 bytes. */
    private static void q5_1(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 24, out += 32) {
            float d = half(source, b);
            float m = half(source, b + 2);
            int high = (int) INT.get(source, b + 4);
            for (int i = 0; i < 16; i++) {
                int pair = source[b + 8 + i];
                target[out + i] = d * ((pair & 15) | (high >>> i & 1) << 4) + m;
                target[out + 16 + i] = d * ((pair >> 4 & 15) | (high >>> (i + 16) & 1) << 4) + m;
            }
        }
    }

    /** d: f16, q: 32 signed bytes. */
    private static void q8_0(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 34, out += 32) {
            float d = half(source, b);
            for (int i = 0; i < 32; i++) {
                target[out + i] = d * source[b + 2 + i];
            }
        }
    }

    // The 256-value "K" types: groups with small integer scales under one or two f16 scales.

    /** scales: 16 x (4-bit scale, 4-bit minimum), q: 64 bytes, d: f16, dmin: f16. */
    private static void q2k(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 84, out += 256) {
            float d = half(source, b + 80);
            float dmin = half(source, b + 82);
            for (int group = 0; group < 16; group++) {
                int packed = source[b + group];
                float scale = d * (packed & 15);
                float min = dmin * (packed >> 4 & 15);
                int from = b + 16 + (group >> 3) * 32 + (group & 1) * 16;
                int shift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    target[out + group * 16 + i] = scale * (source[from + i] >> shift & 3) - min;
                }
            }
        }
    }

    /** third bits (a clear bit means -4): 32 bytes, q: 64 bytes, scales: 16 x 6 bits less 32 in 12 bytes, d: f16. */
    private static void q3k(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 110, out += 256) {
            float d = half(source, b + 108);
            for (int group = 0; group < 16; group++) {
                int low = (source[b + 96 + (group & 7)] >> ((group >> 3) * 4)) & 15;
                int high = (source[b + 104 + (group & 3)] >> ((group >> 2) * 2)) & 3;
                float scale = d * ((low | high << 4) - 32);
                int half = (group & 1) * 16;
                int from = b + 32 + (group >> 3) * 32 + half;
                int shift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    int q = source[from + i] >> shift & 3;
                    int absent = ~(source[b + half + i] >> (group >> 1)) & 1;
                    target[out + group * 16 + i] = scale * (q - 4 * absent);
                }
            }
        }
    }

    /** d: f16, dmin: f16, scales and minima: 8 x (6 + 6) bits in 12 bytes, q: 128 bytes. */
    private static void q4k(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 144, out += 256) {
            float d = half(source, b);
            float dmin = half(source, b + 2);
            for (int group = 0; group < 8; group++) {
                float scale = d * scale6(source, b + 4, group);
                float min = dmin * min6(source, b + 4, group);
                int from = b + 16 + (group >> 1) * 32;
                int shift = (group & 1) * 4;
                for (int i = 0; i < 32; i++) {
                    target[out + group * 32 + i] = scale * (source[from + i] >> shift & 15) - min;
                }
            }
        }
    }

    /** As {@link #q4k} with 32 bytes of fifth bits (bit g of byte i: value i of group g) before q. */
    private static void q5k(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 176, out += 256) {
            float d = half(source, b);
            float dmin = half(source, b + 2);
            for (int group = 0; group < 8; group++) {
                float scale = d * scale6(source, b + 4, group);
                float min = dmin * min6(source, b + 4, group);
                int from = b + 48 + (group >> 1) * 32;
                int shift = (group & 1) * 4;
                for (int i = 0; i < 32; i++) {
                    int q = (source[from + i] >> shift & 15) | (source[b + 16 + i] >> group & 1) << 4;
                    target[out + group * 32 + i] = scale * q - min;
                }
            }
        }
    }

    /** low 4 bits: 128 bytes, high 2 bits: 64 bytes, scales: 16 signed bytes, d: f16. */
    private static void q6k(byte[] source, float[] target, int offset, int count) {
        for (int b = 0, out = offset; out < offset + count; b += 210, out += 256) {
            float d = half(source, b + 208);
            for (int group = 0; group < 16; group++) {
                float scale = d * source[b + 192 + group];
                int half = group >> 3;
                int low = b + half * 64 + (group & 3) * 16;
                int lowShift = (group >> 2 & 1) * 4;
                int high = b + 128 + half * 32 + (group & 1) * 16;
                int highShift = (group >> 1 & 3) * 2;
                for (int i = 0; i < 16; i++) {
                    int q = (source[low + i] >> lowShift & 15) | (source[high + i] >> highShift & 3) << 4;
                    target[out + group * 16 + i] = scale * (q - 32);
                }
            }
        }
    }

    private static int scale6(byte[] source, int at, int group) {
        return group < 4 ? source[at + group] & 63 : (source[at + 4 + group] & 15) | (source[at + group - 4] >> 2 & 48);
    }

    private static int min6(byte[] source, int at, int group) {
        return group < 4
                ? source[at + 4 + group] & 63
                : (source[at + 4 + group] >> 4 & 15) | (source[at + group] >> 2 & 48);
    }
}

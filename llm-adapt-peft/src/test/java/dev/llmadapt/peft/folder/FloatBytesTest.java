package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.HalfFloat;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FloatBytesTest {
    @Test
    void every16BitPattern_survives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short pattern = (short) bits;
            float f16 = HalfFloat.fromF16(pattern);
            float bf16 = HalfFloat.fromBf16(pattern);
            if (Float.isNaN(f16)) {
                assertThat(HalfFloat.fromF16(HalfFloat.toF16(f16))).isNaN();
            } else {
                assertThat(HalfFloat.toF16(f16)).isEqualTo(pattern);
            }
            if (Float.isNaN(bf16)) {
                assertThat(HalfFloat.fromBf16(HalfFloat.toBf16(bf16))).isNaN();
            } else {
                assertThat(HalfFloat.toBf16(bf16)).isEqualTo(pattern);
            }
        }
    }

    @Test
    void anyFloat_roundsToTheNearestEven() {
        Random random = new Random(3);
        for (int i = 0; i < 1_000_000; i++) {
            int bits = random.nextInt();
            if (i % 4 == 0) {
                bits = (bits & 0xffff0000) | 0x8000; // halfway of bfloat16
            } else if (i % 4 == 1) {
                bits = (((bits & 0x8fffffff) | 0x38000000) & 0xffffe000) | 0x1000; // halfway of binary16
            }
            float value = Float.intBitsToFloat(bits);
            if (Float.isFinite(value) && Math.abs(value) < 65520) {
                assertNearest(value, HalfFloat.toF16(value), HalfFloat::fromF16);
            }
            if (Float.isFinite(value) && Math.abs(value) < 3e38) {
                assertNearest(value, HalfFloat.toBf16(value), HalfFloat::fromBf16);
            }
        }
    }

    private static void assertNearest(float value, short rounded, Function<Short, Float> widen) {
        double distance = Math.abs((double) value - widen.apply(rounded));
        for (int step : new int[] {-1, 1}) {
            float neighbour = widen.apply((short) (rounded + step));
            double other = Math.abs((double) value - neighbour);
            if (Float.isFinite(neighbour) && (other < distance || (other == distance && (rounded & 1) == 1))) {
                throw new AssertionError(value + " became " + widen.apply(rounded) + ", nearer is " + neighbour);
            }
        }
    }

    @Test
    void put_beyondTheRange_isRefused() {
        assertThatThrownBy(() ->
                        FloatBytes.put(new float[] {70_000}, 1, WeightEncoding.F16, ByteBuffer.allocate(2), "tensor x"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("tensor x has the number 70000.0");
    }
}

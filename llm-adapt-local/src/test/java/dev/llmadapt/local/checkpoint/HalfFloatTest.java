package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {
    @Test
    void fromF16_everyPattern_isTheValueOfTheDefinition() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double magnitude = switch (exponent) {
                case 0 -> Math.scalb((double) fraction, -24);
                case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
                default -> Math.scalb(1024.0 + fraction, exponent - 25);
            };
            float expected = (float) (bits >> 15 == 0 ? magnitude : -magnitude);
            float actual = HalfFloat.fromF16((short) bits);
            if (Float.isNaN(expected)) {
                assertThat(actual).as("bits %04x", bits).isNaN();
            } else {
                assertThat(Float.floatToRawIntBits(actual))
                        .as("bits %04x", bits)
                        .isEqualTo(Float.floatToRawIntBits(expected));
            }
        }
    }

    @Test
    void fromBf16_anyPattern_isTheUpperHalf() {
        assertThat(HalfFloat.fromBf16((short) 0xc020)).isEqualTo(-2.5f);
        assertThat(HalfFloat.fromBf16((short) 0x7f80)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Float.floatToRawIntBits(HalfFloat.fromBf16((short) 0x8001))).isEqualTo(0x80010000);
    }
}

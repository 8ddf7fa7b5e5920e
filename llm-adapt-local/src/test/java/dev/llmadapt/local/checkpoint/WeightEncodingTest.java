package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightEncodingTest {
    @ParameterizedTest
    @EnumSource(WeightEncoding.class)
    void dequantizeRow_goldenBlocks_givesTheBitsOfTheReference(WeightEncoding encoding) throws Exception {
        String[] golden = Files.readAllLines(TestFiles.resource("dequantize.txt")).stream()
                .map(line -> line.split(" "))
                .filter(parts -> parts[0].equals(encoding.name()))
                .findFirst()
                .orElseThrow();
        byte[] stored = HexFormat.of().parseHex(golden[1]);
        float[] expected = TestFiles.floats(golden[2]);
        WeightTensor tensor =
                new WeightTensor("golden", encoding, List.of(1L, (long) expected.length), ByteBuffer.wrap(stored), 0);

        float[] target = new float[expected.length + 2];
        tensor.dequantizeRow(0, target, 1);

        assertThat(bits(Arrays.copyOfRange(target, 1, target.length - 1))).isEqualTo(bits(expected));
        assertThat(target[0]).isZero();
        assertThat(target[target.length - 1]).isZero();
    }

    @Test
    void bytes_ofBlocks_areWholeBlocks() {
        assertThat(WeightEncoding.Q4_1.bytes(64)).isEqualTo(40);
        assertThat(WeightEncoding.Q6_K.bytes(1L << 33)).isEqualTo((1L << 25) * 210);
        assertThat(WeightEncoding.BF16.bytes(3)).isEqualTo(6);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}

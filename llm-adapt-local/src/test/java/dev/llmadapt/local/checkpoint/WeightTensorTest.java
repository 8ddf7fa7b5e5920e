package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightTensorTest {
    private static ByteBuffer counting(int values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values; i++) {
            buffer.putFloat(i);
        }
        return buffer.flip();
    }

    @Test
    void storedRow_interleavedHeads_pairsHalves() {
        WeightTensor tensor = new WeightTensor("q", WeightEncoding.F32, List.of(12L, 1L), counting(12), 6);

        assertThat(tensor.rowsInOrder()).isFalse();
        // Rows 0, 1, 2 are the first half of head 0 and stand at its even places, rows 3, 4, 5 at its odd ones.
        assertThat(tensor.toFloats()).containsExactly(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11);
    }

    @Test
    void toFloats_interleavedBias_ordersItsValues() {
        WeightTensor tensor = new WeightTensor("q.bias", WeightEncoding.F32, List.of(8L), counting(8), 4);

        assertThat(tensor.toFloats()).containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
    }

    @Test
    void toFloats_severalDimensions_readsRowByRow() {
        WeightTensor tensor = new WeightTensor("t", WeightEncoding.F32, List.of(2L, 3L, 2L), counting(12), 0);

        assertThat(tensor.rows()).isEqualTo(6);
        assertThat(tensor.rowLength()).isEqualTo(2);
        assertThat(tensor.toFloats()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void toFloats_scalarAndEmpty_areAllowed() {
        assertThat(new WeightTensor("s", WeightEncoding.F32, List.of(), counting(1), 0).toFloats())
                .containsExactly(0);
        assertThat(new WeightTensor("e", WeightEncoding.F32, List.of(0L, 3L), counting(0), 0).toFloats())
                .isEmpty();
    }

    @Test
    void data_always_isAReadOnlyLittleEndianViewWithItsOwnPosition() {
        WeightTensor tensor = new WeightTensor("t", WeightEncoding.F32, List.of(2L), counting(2), 0);

        tensor.data().getFloat();
        ByteBuffer again = tensor.data();

        assertThat(again.position()).isZero();
        assertThat(again.remaining()).isEqualTo(8);
        assertThat(again.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(again.isReadOnly()).isTrue();
    }

    @Test
    void constructor_partsThatDoNotFit_isRefused() {
        assertThatThrownBy(() -> new WeightTensor("t", WeightEncoding.F32, List.of(3L), counting(2), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes 12 bytes, got 8");
        assertThatThrownBy(() -> new WeightTensor("t", WeightEncoding.Q8_0, List.of(16L), counting(2), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiple of 32");
        assertThatThrownBy(() -> new WeightTensor("t", WeightEncoding.F32, List.of(6L, 1L), counting(6), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heads of 4 rows");
        assertThatThrownBy(() -> new WeightTensor("t", WeightEncoding.F32, List.of(-1L, -1L), counting(1), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dequantizeRow_outOfRange_isRefused() {
        WeightTensor tensor = new WeightTensor("t", WeightEncoding.F32, List.of(2L, 2L), counting(4), 0);

        assertThatThrownBy(() -> tensor.dequantizeRow(2, new float[2], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.dequantizeRow(0, new float[2], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void toFloats_twoBillionRowsWithoutValues_costNothing() {
        WeightTensor tensor = new WeightTensor(
                "x", WeightEncoding.F32, List.of((long) Integer.MAX_VALUE, 0L), ByteBuffer.allocate(0), 0);

        long before = TestFiles.allocatedBytes();
        assertThat(tensor.toFloats()).isEmpty();
        assertThat(TestFiles.allocatedBytes() - before).isLessThan(1_000_000);
    }
}

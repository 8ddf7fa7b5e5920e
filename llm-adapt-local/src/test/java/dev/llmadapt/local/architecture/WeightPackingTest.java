package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.checkpoint.TestFiles;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class WeightPackingTest {
    private static Stream<WeightEncoding> quantized() {
        return Arrays.stream(WeightEncoding.values()).filter(WeightEncoding::quantized);
    }

    /** Stored blocks whose scales span the whole range, as one row or, of the 32-value types, as {@code rows} rows. */
    private static WeightTensor golden(WeightEncoding encoding, int rows) throws Exception {
        String[] golden = Files.readAllLines(TestFiles.resource("dequantize.txt")).stream()
                .map(line -> line.split(" "))
                .filter(parts -> parts[0].equals(encoding.name()))
                .findFirst()
                .orElseThrow();
        byte[] stored = HexFormat.of().parseHex(golden[1]);
        long columns = (long) stored.length / encoding.bytesPerBlock() * encoding.blockSize() / rows;
        return new WeightTensor("w", encoding, List.of((long) rows, columns), ByteBuffer.wrap(stored), 0);
    }

    private static WeightTensor floats(int rows, int columns, Random random, double spread) {
        ByteBuffer data = ByteBuffer.allocate(rows * columns * 4).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat((float) (random.nextGaussian() * spread));
        }
        return new WeightTensor("w", WeightEncoding.F32, List.of((long) rows, (long) columns), data.flip(), 0);
    }

    /** What the engine takes a packed matrix for. */
    private static double[][] unpack(LinearWeights.Matrix matrix) {
        WeightPacking.Lazy packed = new WeightPacking.Lazy(matrix);
        LinearWeights.Form form = matrix.form();
        NativeArena memory = new NativeArena();
        ByteBuffer quants = packed.blocks(memory);
        ByteBuffer scales = packed.scales(memory);
        ByteBuffer zeroPoints = form == LinearWeights.Form.BLOCKS4_ZERO_POINTS ? packed.zeroPoints(memory) : null;
        ByteBuffer offsets = form.offsets && !form.roundedOffsets() ? packed.offsets(memory) : null;
        ByteBuffer rounded = form.roundedOffsets() ? packed.offsetBlocks(memory) : null;
        ByteBuffer steps = form.roundedOffsets() ? packed.offsetScales(memory) : null;
        int blocks = matrix.blocks();
        double[][] values = new double[matrix.rows()][matrix.columns()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values[row].length; column++) {
                int block = column / form.block;
                int at = row * blocks * form.block + column;
                int q = form.bits == 8 ? quants.get(at) & 255 : quants.get(at / 2) >> (at % 2 * 4) & 15;
                int zero = zeroPoints == null
                        ? 1 << (form.bits - 1)
                        : zeroPoints.get(row * ((blocks + 1) / 2) + block / 2) >> (block % 2 * 4) & 15;
                double offset = offsets == null ? 0 : offsets.getFloat((block * values.length + row) * 4);
                if (rounded != null && steps != null) {
                    int groups = matrix.offsetGroups();
                    offset = ((rounded.get(row * groups * 32 + block) & 255) - 128)
                            * (double) steps.getFloat((row * groups + block / 32) * 4);
                }
                values[row][column] = (q - zero) * (double) scales.getFloat((row * blocks + block) * 4) + offset;
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void pack_storedBlocks_keepsEveryNumber(WeightEncoding encoding) throws Exception {
        int rows = encoding.blockSize() == 32 ? 2 : 1;
        WeightTensor tensor = golden(encoding, rows);
        LinearWeights.Matrix matrix = LinearWeights.of(List.of(tensor, tensor), Precision.AS_STORED)
                .matrices()
                .get(0);

        double[][] unpacked = unpack(matrix);

        assertThat(unpacked).hasDimensions(2 * rows, tensor.rowLength());
        float[] expected = new float[tensor.rowLength()];
        for (int row = 0; row < unpacked.length; row++) {
            tensor.dequantizeRow(row % rows, expected, 0);
            double[] got = unpacked[row];
            for (int group = 0; group < got.length; group += encoding.groupSize()) {
                double largest = 0;
                for (int j = group; j < group + encoding.groupSize(); j++) {
                    largest = Math.max(largest, Math.abs(expected[j]));
                }
                for (int j = group; j < group + encoding.groupSize(); j++) {
                    // an offset is rounded once more to 32 bits, all else is as it was
                    double tolerance = encoding.offsets() ? 5e-7 * largest : 1e-7 * Math.abs(expected[j]);
                    assertThat(got[j]).as("row %d, column %d", row, j).isCloseTo(expected[j], within(tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void pack_compact_isWithinARoundingOfItsOwn(WeightEncoding encoding) throws Exception {
        WeightTensor tensor = golden(encoding, encoding.blockSize() == 32 ? 2 : 1);
        LinearWeights.Matrix matrix =
                LinearWeights.of(List.of(tensor), Precision.COMPACT).matrices().get(0);
        double[][] exact = unpack(LinearWeights.of(List.of(tensor), Precision.AS_STORED)
                .matrices()
                .get(0));
        double[][] compact = unpack(matrix);
        boolean kept = LinearWeights.Form.exact(encoding) == matrix.form();
        for (int row = 0; row < exact.length; row++) {
            for (int j = 0; j < exact[row].length; j++) {
                // of 8-bit blocks half a step of 64 values, of offsets half a step of all of a row
                int from = matrix.form().offsets ? 0 : j / 64 * 64;
                int to = matrix.form().offsets ? exact[row].length : Math.min(from + 64, exact[row].length);
                double largest = 0;
                for (int k = from; k < to; k++) {
                    largest = Math.max(largest, Math.abs(exact[row][k]));
                }
                double most = kept ? 0 : largest / 127;
                assertThat(compact[row][j]).as("row %d, column %d", row, j).isCloseTo(exact[row][j], within(most));
            }
        }
        assertThat(matrix.form().block).isEqualTo(kept || matrix.form().bits == 4 ? encoding.groupSize() : 64);
    }

    @Test
    void take_otherMemory_getsPiecesOfItsOwn() throws Exception {
        LinearWeights.Matrix matrix = LinearWeights.of(List.of(golden(WeightEncoding.Q4_K, 1)), Precision.AS_STORED)
                .matrices()
                .get(0);
        WeightPacking.Lazy packed = new WeightPacking.Lazy(matrix);
        float expected;
        try (NativeArena first = new NativeArena()) {
            expected = packed.scales(first).getFloat(0);
        }
        try (NativeArena second = new NativeArena();
                NativeArena third = new NativeArena()) {
            ByteBuffer scales = packed.scales(second);
            ByteBuffer others = packed.scales(third);
            assertThat(scales.getFloat(0)).isEqualTo(expected);
            scales.putFloat(0, expected + 1);
            assertThat(others.getFloat(0)).as("memory of its own").isEqualTo(expected);
        }
    }

    @Test
    void of_mixedEncodings_keepsEachInItsForm() throws Exception {
        WeightTensor four = golden(WeightEncoding.Q4_K, 1);
        WeightTensor six = golden(WeightEncoding.Q6_K, 1);

        assertThat(LinearWeights.of(List.of(four, four, six), Precision.AS_STORED)
                        .matrices())
                .containsExactly(
                        new LinearWeights.Matrix(List.of(four, four), LinearWeights.Form.BLOCKS4_OFFSETS),
                        new LinearWeights.Matrix(List.of(six), LinearWeights.Form.SHORT_BLOCKS8));
        assertThat(LinearWeights.of(List.of(four, four, six), Precision.FP32).matrices())
                .containsExactly(new LinearWeights.Matrix(List.of(four, four, six), LinearWeights.Form.FLOATS));
        assertThat(LinearWeights.of(List.of(four, six), Precision.COMPACT).matrices())
                .extracting(LinearWeights.Matrix::form)
                .containsExactly(LinearWeights.Form.BLOCKS4_ROUNDED_OFFSETS, LinearWeights.Form.WIDE_BLOCKS8);
        assertThat(LinearWeights.of(List.of(four, six), Precision.INT8).matrices())
                .extracting(LinearWeights.Matrix::form)
                .containsExactly(LinearWeights.Form.BLOCKS8, LinearWeights.Form.SHORT_BLOCKS8);
        assertThat(LinearWeights.of(List.of(four, six), Precision.INT4).matrices())
                .extracting(LinearWeights.Matrix::form)
                .containsExactly(LinearWeights.Form.BLOCKS4_OFFSETS, LinearWeights.Form.BLOCKS4_ZERO_POINTS);
    }

    @Test
    void int4_headKeysAndValues_keepMoreBits() throws Exception {
        WeightTensor four = golden(WeightEncoding.Q4_K, 1);
        WeightTensor six = golden(WeightEncoding.Q6_K, 1);
        WeightTensor floats = named("x", golden(WeightEncoding.F32, 1));
        assertThat(LinearWeights.of(
                                List.of(
                                        named("model.layers.0.self_attn.q_proj.weight", floats),
                                        named("model.layers.0.self_attn.k_proj.weight", floats),
                                        named("model.layers.0.self_attn.v_proj.weight", floats)),
                                Precision.INT4)
                        .matrices())
                .extracting(LinearWeights.Matrix::form)
                .containsExactly(LinearWeights.Form.BLOCKS4_ZERO_POINTS, LinearWeights.Form.WIDE_BLOCKS8);
        assertThat(headForm(floats)).isEqualTo(LinearWeights.Form.WIDE_BLOCKS8);
        assertThat(headForm(six)).isEqualTo(LinearWeights.Form.WIDE_BLOCKS8);
        assertThat(headForm(golden(WeightEncoding.Q8_0, 1)))
                .as("stored in 8 bits, so kept")
                .isEqualTo(LinearWeights.Form.BLOCKS8);
        assertThat(headForm(four)).as("stored in 4 bits, so kept").isEqualTo(LinearWeights.Form.BLOCKS4_OFFSETS);
    }

    private static LinearWeights.Form headForm(WeightTensor weight) {
        return LinearWeights.ofHead(weight, Precision.INT4).matrices().get(0).form();
    }

    private static WeightTensor named(String name, WeightTensor like) {
        return new WeightTensor(name, like.encoding(), like.shape(), like.data(), 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"INT8", "INT4"})
    void pack_floats_roundsEachToWithinAStep(Precision precision) {
        long seed = 41;
        Random random = new Random(seed);
        for (int columns : new int[] {32, 40, 70}) {
            WeightTensor tensor = floats(5, columns, random, Math.pow(10, random.nextInt(9) - 6));
            LinearWeights.Matrix matrix =
                    LinearWeights.of(List.of(tensor), precision).matrices().get(0);
            double[][] unpacked = unpack(matrix);
            float[] expected = tensor.toFloats();
            for (int row = 0; row < 5; row++) {
                for (int block = 0; block < matrix.blocks(); block++) {
                    int from = block * 32;
                    int to = Math.min(columns, from + 32);
                    double largest = 0;
                    for (int j = from; j < to; j++) {
                        largest = Math.max(largest, Math.abs(expected[row * columns + j]));
                    }
                    double step = precision == Precision.INT8 ? largest / 127 : 2 * largest / 15;
                    for (int j = from; j < to; j++) {
                        assertThat(unpacked[row][j])
                                .as("seed %d, %d columns, row %d, column %d", seed, columns, row, j)
                                .isCloseTo(expected[row * columns + j], within(step));
                    }
                }
            }
        }
    }

    /** As {@code make_fixtures.py} makes them. */
    private static float[] madeUp(String kind, int count) {
        long state = 1;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double total = -6;
            for (int j = 0; j < 12; j++) {
                state = (state * 1664525 + 1013904223) & 0xffffffffL;
                total += (state >> 8) / 0x1p24;
            }
            double value = switch (kind) {
                case "normal" -> total;
                case "tailed" -> total * total * total;
                default -> total + 1;
            };
            values[i] = (float) (value * 0.02);
        }
        return values;
    }

    private static double error(float[] values, Precision precision) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        WeightTensor tensor = new WeightTensor("w", WeightEncoding.F32, List.of(values.length / 256L, 256L), data, 0);
        double[][] unpacked =
                unpack(LinearWeights.of(List.of(tensor), precision).matrices().get(0));
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.pow(unpacked[i / 256][i % 256] - values[i], 2);
        }
        return Math.sqrt(sum / values.length);
    }

    @ParameterizedTest
    @CsvSource({"normal, Q4_0", "normal, Q8_0", "tailed, Q4_0", "tailed, Q8_0", "shifted, Q4_0", "shifted, Q8_0"})
    void pack_floats_areNoFurtherFromTheirValuesThanWithGgml(String kind, String type) throws Exception {
        double theirs = Files.readAllLines(TestFiles.resource("rounding.txt")).stream()
                .map(line -> line.split(" "))
                .filter(parts -> parts[0].equals(kind) && parts[1].equals(type))
                .mapToDouble(parts -> Double.parseDouble(parts[2]))
                .findFirst()
                .orElseThrow();
        double ours = error(madeUp(kind, 64 * 256), type.equals("Q4_0") ? Precision.INT4 : Precision.INT8);

        assertThat(ours).isPositive().isLessThanOrEqualTo(theirs);
    }

    @Test
    void pack_oddBlocks_keepZerosTinyValuesAndWhatIsNoNumber() {
        for (Precision precision : List.of(Precision.INT8, Precision.INT4)) {
            float[] values = new float[256];
            values[40] = 1e-40f; // too small to divide by
            values[70] = -3;
            values[100] = Float.NaN;
            ByteBuffer data = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(values);
            WeightTensor tensor = new WeightTensor("w", WeightEncoding.F32, List.of(1L, 256L), data, 0);
            double[] row = unpack(
                    LinearWeights.of(List.of(tensor), precision).matrices().get(0))[0];
            assertThat(Arrays.copyOfRange(row, 0, 32)).containsOnly(0);
            assertThat(row[40]).isCloseTo(0, within(1e-39));
            assertThat(row[70]).isCloseTo(-3, within(1e-6));
            assertThat(row[69]).isZero();
            assertThat(row[101]).isNaN();
            assertThat(row[130]).isZero();
        }
    }
}

package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A named tensor of a {@link Checkpoint}: its stored bytes, mapped from the file, and how to read them. Immutable and
 * thread-safe. The mapping lives as long as the tensor or a buffer of it is reachable, also after the checkpoint
 * closed.
 *
 * <p><b>Row order.</b> llama.cpp stores the query and key projections of some families with the rows of each head
 * interleaved (its rotary embedding pairs neighbours, Hugging Face's pairs halves). {@link #storedRow} tells where a
 * row of the Hugging Face order stands in {@link #data}; {@link #dequantizeRow} and {@link #toFloats} honour it.
 *
 * <p><b>Transposed matrices.</b> GPT-2's projections are stored as {@code (in, out)}. Such a tensor has the shape
 * {@code [out, in]} like any other, and {@link #isTransposed} says how {@link #data} is to be read.
 */
public final class WeightTensor {
    private final String name;
    private final WeightEncoding encoding;
    private final List<Long> shape;
    private final ByteBuffer data;
    private final int rotaryHeadDim;
    private final boolean transposed;
    private final int rows;
    private final int rowLength;

    /**
     * A tensor over stored bytes.
     *
     * @param name the Hugging Face name, such as {@code model.layers.0.self_attn.q_proj.weight}
     * @param encoding how the values are stored
     * @param shape in Hugging Face order: {@code [out, in]} for a projection; empty for a scalar
     * @param data exactly the tensor's bytes, little-endian, from position to limit
     * @param rotaryHeadDim the size of a head when its rows are stored interleaved, or 0 when rows are in order
     * @throws IllegalArgumentException when they do not fit each other
     */
    public WeightTensor(String name, WeightEncoding encoding, List<Long> shape, ByteBuffer data, int rotaryHeadDim) {
        this(name, encoding, shape, data, rotaryHeadDim, false);
    }

    private WeightTensor(
            String name,
            WeightEncoding encoding,
            List<Long> shape,
            ByteBuffer data,
            int rotaryHeadDim,
            boolean transposed) {
        this.transposed = transposed;
        this.name = Objects.requireNonNull(name, "name");
        this.encoding = Objects.requireNonNull(encoding, "encoding");
        this.shape = List.copyOf(shape);
        this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        this.rotaryHeadDim = rotaryHeadDim;
        long leading = 1;
        for (int i = 0; i + 1 < this.shape.size(); i++) {
            leading = Math.multiplyExact(leading, this.shape.get(i));
        }
        long last = this.shape.isEmpty() ? 1 : this.shape.get(this.shape.size() - 1);
        if (leading < 0 || last < 0 || leading > Integer.MAX_VALUE || last > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("shape out of range: " + shape);
        }
        if (last % encoding.blockSize() != 0) {
            throw new IllegalArgumentException("rows of " + encoding + " must be a multiple of " + encoding.blockSize()
                    + " values, shape: " + shape);
        }
        if (encoding.bytes(Math.multiplyExact(leading, last)) != this.data.capacity()) {
            throw new IllegalArgumentException(encoding + " " + shape + " takes " + encoding.bytes(leading * last)
                    + " bytes, got " + this.data.capacity());
        }
        if (transposed && (this.shape.size() != 2 || encoding.quantized() || rotaryHeadDim != 0)) {
            throw new IllegalArgumentException(
                    "a transposed tensor must be a matrix of floats, got " + encoding + " " + shape);
        }
        if (rotaryHeadDim != 0
                && (rotaryHeadDim < 0
                        || rotaryHeadDim % 2 != 0
                        || this.shape.isEmpty()
                        || this.shape.get(0) % rotaryHeadDim != 0
                        || this.shape.size() > 2
                        || (this.shape.size() == 1 && encoding.quantized()))) {
            throw new IllegalArgumentException("heads of " + rotaryHeadDim + " rows do not fit shape " + shape);
        }
        this.rows = (int) leading;
        this.rowLength = (int) last;
    }

    /** Of a transposed matrix the matrix that is stored, {@code (in, out)}; else this. */
    public WeightTensor asStored() {
        return transposed
                ? new WeightTensor(name, encoding, List.of(shape.get(1), shape.get(0)), data, 0, false)
                : this;
    }

    /** Returns this tensor under another name. */
    WeightTensor named(String other) {
        return new WeightTensor(other, encoding, shape, data, rotaryHeadDim, transposed);
    }

    /**
     * The transposed matrix, over the same bytes.
     *
     * @param other its name
     * @throws CheckpointException if this is no matrix of floats
     */
    WeightTensor transposed(String other) {
        if (shape.size() != 2 || encoding.quantized() || transposed) {
            throw new CheckpointException("tensor " + name + " is " + encoding + " " + shape
                    + ", expected a matrix of floats, stored as (in, out)");
        }
        return new WeightTensor(other, encoding, List.of(shape.get(1), shape.get(0)), data, 0, true);
    }

    /** The Hugging Face name; a tensor without one keeps the name it has in the file. */
    public String name() {
        return name;
    }

    /** How the values are stored. */
    public WeightEncoding encoding() {
        return encoding;
    }

    /** The shape in Hugging Face order, {@code [out, in]} for a projection; empty for a scalar. */
    public List<Long> shape() {
        return shape;
    }

    /** Rows: the product of all dimensions but the last; 1 for a vector. */
    public int rows() {
        return rows;
    }

    /** Values in a row: the last dimension. */
    public int rowLength() {
        return rowLength;
    }

    /** Values in all. */
    public long size() {
        return (long) rows * rowLength;
    }

    /** The stored bytes, rows as they stand in the file: a read-only little-endian view with its own position. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The head size whose rows are stored interleaved, or 0 when the rows are in order. */
    public int rotaryHeadDim() {
        return rotaryHeadDim;
    }

    /**
     * Whether {@link #data} is the rows one after the other: {@link #storedRow} is the identity, nothing transposed.
     */
    public boolean rowsInOrder() {
        return rotaryHeadDim == 0 && !transposed;
    }

    /** Whether {@link #data} is the transposed matrix: {@code (in, out)} where the shape is {@code [out, in]}. */
    public boolean isTransposed() {
        return transposed;
    }

    /**
     * Where the slice {@code row} of the first dimension is stored. In a head of {@code n} rows, row {@code j n/2 + i}
     * ({@code j} is 0 or 1) is stored as row {@code 2 i + j}.
     */
    public int storedRow(int row) {
        if (rotaryHeadDim == 0) {
            return row;
        }
        int half = rotaryHeadDim / 2;
        int inHead = row % rotaryHeadDim;
        return row - inHead + 2 * (inHead % half) + inHead / half;
    }

    /**
     * Writes the {@link #rowLength()} values of a row, counted in Hugging Face order.
     *
     * @param row from 0 to {@link #rows()} - 1
     * @param target receives the values
     * @param offset where in {@code target} the first one goes
     */
    public void dequantizeRow(int row, float[] target, int offset) {
        Objects.checkIndex(row, rows);
        Objects.checkFromIndexSize(offset, rowLength, target.length);
        int bytes = (int) encoding.bytes(rowLength);
        byte[] stored = new byte[bytes];
        boolean vector = shape.size() < 2;
        if (transposed) {
            column(row, ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN));
            Dequantizer.decode(encoding, stored, target, offset, rowLength);
            return;
        }
        data.get((vector ? row : storedRow(row)) * bytes, stored);
        Dequantizer.decode(encoding, stored, target, offset, rowLength);
        if (vector && rotaryHeadDim != 0) { // a bias: its values are permuted as the rows of its weight are
            float[] permuted = Arrays.copyOfRange(target, offset, offset + rowLength);
            for (int i = 0; i < rowLength; i++) {
                target[offset + i] = permuted[storedRow(i)];
            }
        }
    }

    /** Gathers a column of what is stored. */
    private void column(int column, ByteBuffer target) {
        boolean wide = encoding.bytes(1) == 4;
        for (int i = 0; i < rowLength; i++) {
            int at = i * rows + column;
            if (wide) {
                target.putInt(data.getInt(at * 4));
            } else {
                target.putShort(data.getShort(at * 2));
            }
        }
    }

    /**
     * Reads the integers, scales and offsets of a row, counted in Hugging Face order.
     *
     * @param row from 0 to {@link #rows()} - 1
     * @param target of this tensor's encoding and {@link #rowLength()}
     * @throws IllegalArgumentException if it is of another encoding or length
     */
    public void readRow(int row, QuantizedRow target) {
        Objects.checkIndex(row, rows);
        if (target.encoding() != encoding || target.length() != rowLength) {
            throw new IllegalArgumentException("a row of " + rowLength + " values of " + encoding + " does not fit "
                    + target.length() + " values of " + target.encoding());
        }
        byte[] stored = target.stored;
        data.get(Math.multiplyExact(shape.size() < 2 ? row : storedRow(row), stored.length), stored);
        Dequantizer.decode(stored, target);
    }

    /**
     * All values, row by row in Hugging Face order. For small tensors: the array is on the heap.
     *
     * @throws IllegalStateException when there are more values than an array holds
     */
    public float[] toFloats() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "tensor " + name + " has " + size() + " values, too many for one array; read it by rows");
        }
        float[] values = new float[(int) size()];
        if (values.length == 0) {
            return values; // rows of no values can be two billion
        }
        if (encoding == WeightEncoding.F32 && rowsInOrder()) {
            data.asFloatBuffer().get(values);
            return values;
        }
        for (int row = 0; row < rows; row++) {
            dequantizeRow(row, values, row * rowLength);
        }
        return values;
    }

    @Override
    public String toString() {
        return name + " " + encoding + " " + shape;
    }
}

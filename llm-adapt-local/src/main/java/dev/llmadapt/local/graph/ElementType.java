package dev.llmadapt.local.graph;

/** The dtypes of tensors, with ONNX's codes ({@code TensorProto.DataType}). */
public enum ElementType {
    /** 32-bit float. */
    FLOAT(1, 4),
    /** Unsigned byte. */
    UINT8(2, 1),
    /** Signed byte. */
    INT8(3, 1),
    /** 32-bit integer. */
    INT32(6, 4),
    /** 64-bit integer. */
    INT64(7, 8),
    /** Truth value, one byte. */
    BOOL(9, 1),
    /** IEEE half. */
    FLOAT16(10, 2),
    /** The upper half of a 32-bit float. */
    BFLOAT16(16, 2);

    private final int onnx;
    private final int bytes;

    ElementType(int onnx, int bytes) {
        this.onnx = onnx;
        this.bytes = bytes;
    }

    /** ONNX's code. */
    public int onnx() {
        return onnx;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /**
     * Returns the largest finite value of a float type.
     *
     * @throws IllegalArgumentException if it is not a float type
     */
    public float largest() {
        return switch (this) {
            case FLOAT -> Float.MAX_VALUE;
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.fep127f;
            default -> throw new IllegalArgumentException("not a type of floats: " + this);
        };
    }
}

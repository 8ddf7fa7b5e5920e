package dev.llmadapt;

/** The dtype of weights and activations: a floating-point format, named as in safetensors. */
public enum DataType {
    /** IEEE 754 binary32. */
    F32,
    /** IEEE 754 binary16: 11 significant bits, up to 65504. */
    F16,
    /** bfloat16: 8 significant bits and the range of binary32. */
    BF16
}

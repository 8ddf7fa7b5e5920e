package dev.llmadapt;

import java.util.Locale;

/** The device on which a local model computes. */
public sealed interface Device {
    /** The processors of this machine, with 32-bit floats. */
    Device CPU = new Cpu();

    /**
     * An NVIDIA GPU with bfloat16, which has the range of the 32-bit floats that models are trained in and needs
     * compute capability 8.0 (Ampere) or newer.
     *
     * @param index the index of the GPU as CUDA counts, from 0
     */
    static Cuda cuda(int index) {
        return new Cuda(index, DataType.BF16);
    }

    /**
     * Finds a device by its name: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0:fp16}.
     *
     * @throws IllegalArgumentException if there is no such name
     */
    static Device of(String name) {
        String[] parts = name.toLowerCase(Locale.ROOT).split(":", -1);
        if (parts[0].equals("cpu") && parts.length == 1) {
            return CPU;
        }
        boolean gpu = parts.length < 2 || parts[1].matches("\\d{1,3}");
        boolean dtype = parts.length < 3 || parts[2].matches("fp16|bf16");
        if (!parts[0].equals("cuda") || parts.length > 3 || !gpu || !dtype) {
            throw new IllegalArgumentException(
                    "a device is cpu, cuda, cuda:GPU or cuda:GPU:fp16, such as cuda:0, device: '" + name + "'");
        }
        Cuda cuda = cuda(parts.length < 2 ? 0 : Integer.parseInt(parts[1]));
        return parts.length < 3 ? cuda : cuda.withDtype(parts[2].equals("fp16") ? DataType.F16 : DataType.BF16);
    }

    /** The device of {@link #CPU}. */
    record Cpu() implements Device {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /**
     * A device of {@link #cuda}.
     *
     * @param index the index of the GPU as CUDA counts, from 0
     * @param dtype the dtype of activations and of the cache of keys and values, {@link DataType#F16} or
     *     {@link DataType#BF16}; some models (Gemma, Qwen2) exceed the range of F16. Training always uses 32-bit floats
     */
    record Cuda(int index, DataType dtype) implements Device {
        /** Refuses a negative index, and a dtype for which the GPU's attention has no kernel. */
        public Cuda {
            if (index < 0) {
                throw new IllegalArgumentException("the index of a GPU must not be negative, index: " + index);
            }
            if (dtype == DataType.F32) {
                throw new IllegalArgumentException("a GPU computes with F16 or BF16, dtype: " + dtype);
            }
        }

        /** This device with another dtype. */
        public Cuda withDtype(DataType dtype) {
            return new Cuda(index, dtype);
        }

        /** The name of this device, as {@link Device#of} accepts it. */
        @Override
        public String toString() {
            return "cuda:" + index + ":" + (dtype == DataType.F16 ? "fp16" : "bf16");
        }
    }
}

package dev.llmadapt;

import java.util.Locale;

/** Where a local model computes. */
public sealed interface Device {
    /** This machine's processors, in 32-bit floats. */
    Device CPU = new Cpu();

    /**
     * An NVIDIA card, in bfloat16, which has the range of the 32-bit floats that models are made for and wants a card of
     * compute capability 8.0 (Ampere) or newer.
     *
     * @param index the card's number as CUDA counts, from 0
     */
    static Cuda cuda(int index) {
        return new Cuda(index, Numbers.BF16);
    }

    /**
     * A device by its name: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0:fp16}.
     *
     * @throws IllegalArgumentException if there is no such name
     */
    static Device of(String name) {
        String[] parts = name.toLowerCase(Locale.ROOT).split(":", -1);
        if (parts[0].equals("cpu") && parts.length == 1) {
            return CPU;
        }
        boolean card = parts.length < 2 || parts[1].matches("\\d{1,3}");
        boolean numbers = parts.length < 3 || parts[2].matches("fp16|bf16");
        if (!parts[0].equals("cuda") || parts.length > 3 || !card || !numbers) {
            throw new IllegalArgumentException(
                    "a device is cpu, cuda, cuda:CARD or cuda:CARD:fp16, such as cuda:0, device: '" + name + "'");
        }
        Cuda cuda = cuda(parts.length < 2 ? 0 : Integer.parseInt(parts[1]));
        return parts.length < 3 ? cuda : cuda.withNumbers(Numbers.valueOf(parts[2].toUpperCase(Locale.ROOT)));
    }

    /** What flows through a graph on a card. */
    enum Numbers {
        /** IEEE 754 binary16: 11 significant bits, up to 65504, which some models (Gemma, Qwen2) exceed. */
        FP16,
        /** bfloat16: 8 significant bits and the range of binary32. */
        BF16
    }

    /** See {@link #CPU}. */
    record Cpu() implements Device {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /**
     * See {@link #cuda}.
     *
     * @param index the card's number as CUDA counts, from 0
     * @param numbers what is computed with, the cache of keys and values included; training always takes 32-bit floats
     */
    record Cuda(int index, Numbers numbers) implements Device {
        /** Checks. */
        public Cuda {
            if (index < 0) {
                throw new IllegalArgumentException("a card's index is from 0, index: " + index);
            }
        }

        /** The same with other numbers. */
        public Cuda withNumbers(Numbers numbers) {
            return new Cuda(index, numbers);
        }

        /** Its name, as {@link Device#of} takes it. */
        @Override
        public String toString() {
            return "cuda:" + index + ":" + numbers.name().toLowerCase(Locale.ROOT);
        }
    }
}

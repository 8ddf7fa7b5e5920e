package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.ScarceMemory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyValueCacheTest {
    private static final CacheLayout LAYOUT = layout(ElementType.FLOAT);

    private static CacheLayout layout(ElementType dtype) {
        return new CacheLayout(
                List.of(new CacheLayout.Layer("a", "b", "c", "d"), new CacheLayout.Layer("e", "f", "g", "h")),
                2,
                4,
                dtype);
    }

    @Test
    void resize_memoryEndsAnywhere_keepsWhatFitsBothSizes() {
        Random random = new Random(7);
        for (int trial = 0; trial < 300; trial++) {
            ScarceMemory memory = new ScarceMemory(1 << 24);
            try (KeyValueCache<OnnxTensor> cache = new KeyValueCache<>(new HostBackend(memory::arena), LAYOUT)) {
                int slots = 1 + random.nextInt(4);
                int capacity = 1 + random.nextInt(40);
                cache.resize(slots, capacity, new int[0]);
                int[] filled = new int[slots];
                float[][] texts = new float[slots][];
                for (int slot = 0; slot < slots; slot++) {
                    filled[slot] = random.nextInt(capacity + 1);
                    texts[slot] = numbers(random, filled[slot]);
                    cache.write(slot, texts[slot], filled[slot]);
                }
                int toSlots = random.nextInt(6);
                int toCapacity = random.nextInt(60);
                long[] left = {0, 300, 3000, 30_000, 1 << 24};
                memory.leave(left[random.nextInt(left.length)]);
                try {
                    cache.resize(toSlots, toCapacity, filled);
                    assertThat(cache.slots()).isEqualTo(toSlots);
                    assertThat(cache.capacity()).isEqualTo(toCapacity);
                } catch (InferenceException e) {
                    assertThat(cache.slots()).isGreaterThanOrEqualTo(Math.min(slots, toSlots));
                    assertThat(cache.capacity()).isGreaterThanOrEqualTo(Math.min(capacity, toCapacity));
                }
                for (int slot = 0; slot < Math.min(slots, cache.slots()); slot++) {
                    int tokens = Math.min(filled[slot], cache.capacity());
                    assertThat(cache.read(slot, tokens))
                            .as("trial " + trial + ", slot " + slot)
                            .isEqualTo(first(texts[slot], filled[slot], tokens));
                }
                memory.leave(1 << 24);
            }
            assertThat(memory.blocks()).isZero();
        }
    }

    @Test
    void resize_planeLargerThanABuffer_isRefusedAndNothingIsLost() {
        try (KeyValueCache<OnnxTensor> cache = new KeyValueCache<>(new HostBackend(), LAYOUT)) {
            cache.resize(1, 2, new int[0]);
            float[] text = numbers(new Random(1), 2);
            cache.write(0, text, 2);
            assertThatThrownBy(() -> cache.resize(1000, 100_000, new int[] {2})).isInstanceOf(InferenceException.class);
            assertThat(cache.read(0, 2)).isEqualTo(text);
        }
    }

    @Test
    void read_ofSixteenBitsOnADevice_givesWhatWasWrittenRounded() {
        DeviceBackend backend = new DeviceBackend(new HostMemory(), ElementType.BFLOAT16);
        try (KeyValueCache<DeviceTensor> cache = new KeyValueCache<>(backend, layout(ElementType.BFLOAT16))) {
            cache.resize(2, 3, new int[0]);
            float[] text = numbers(new Random(1), 2);
            cache.write(1, text, 2);
            cache.resize(2, 7, new int[] {0, 2});
            assertThat(cache.read(1, 2)).containsExactly(text, within(0.004f));
        }
    }

    private static float[] numbers(Random random, int tokens) {
        float[] numbers = new float[4 * LAYOUT.keyValueHeads() * tokens * LAYOUT.headDim()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        return numbers;
    }

    /** The first tokens of each head. */
    private static float[] first(float[] numbers, int filled, int tokens) {
        int heads = 4 * LAYOUT.keyValueHeads();
        float[] first = new float[heads * tokens * LAYOUT.headDim()];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(
                    numbers,
                    head * filled * LAYOUT.headDim(),
                    first,
                    head * tokens * LAYOUT.headDim(),
                    tokens * LAYOUT.headDim());
        }
        return first;
    }
}

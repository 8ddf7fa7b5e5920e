package dev.llmadapt.local.adapter;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.AdapterInputs.Change;
import dev.llmadapt.local.architecture.AdapterSite;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An adapter laid out for one base: what it does to each module, in the form in which the graph adds it up. Its
 * factories complete it; from then on nobody changes it, and threads may share it as {@link LoadedAdapters} does, under
 * a lock. Two are equal only if they are one object.
 */
public final class PreparedAdapter {
    private final String name;
    private final float[] prompt;
    private final float[] prefix;
    private final int prefixTokens;
    private final @Nullable LowRank embedding; // a model has one
    private final long order;
    private final int firstVirtualId;
    private final int hiddenSize;
    private final Map<String, Factors> lowRank = new HashMap<>();
    private final Map<String, float[]> inputScale = new HashMap<>();
    private final Map<String, float[]> outputScale = new HashMap<>();
    private final Map<String, float[]> bias = new HashMap<>();
    private AdapterInputs inputs = AdapterInputs.NONE;
    private float @Nullable [] embeddingGain;

    private PreparedAdapter(String name, AdapterEffect effect, long order, int firstVirtualId, int hiddenSize) {
        this.order = order;
        this.name = name;
        this.prompt = effect.prompt(); // the effect's factors are laid out anew, and not kept
        this.prefix = effect.prefix();
        this.prefixTokens = effect.prefixTokens();
        this.embedding = effect.embeddings().values().stream().findFirst().orElse(null);
        this.firstVirtualId = firstVirtualId;
        this.hiddenSize = hiddenSize;
    }

    /**
     * Makes an adapter ready; for DoRA this reads the weights of the modules it changes.
     *
     * @param base the model it will act on, whose modules and shapes it fits
     * @param order how many were made ready for the model before
     * @param firstVirtualId the token id of its first virtual token; ids from it on are its own
     */
    public static PreparedAdapter of(
            String name, AdapterEffect effect, Checkpoint base, long order, int firstVirtualId) {
        AdapterEffect laidOut = effect.withPrefix(HeadLayout.of(base.config()).wide(effect.prefix()));
        PreparedAdapter ready = new PreparedAdapter(
                name, laidOut, order, firstVirtualId, base.config().hiddenSize());
        Factors.Room room = new Factors.Room(effect);
        effect.lowRank().forEach((module, update) -> ready.add(module, update, base, room));
        ready.addScales(effect);
        effect.bias().forEach((module, values) -> {
            WeightTensor own = base.tensors().get(module + ".bias");
            float[] before = own == null ? new float[values.length] : own.toFloats();
            float[] difference = floats(values.length, i -> values[i] - before[i]);
            ready.addBias(module, difference);
        });
        ready.inputs = ready.needed();
        LowRank embedding = ready.embedding();
        if (embedding != null && embedding.magnitude().isPresent()) {
            ready.embeddingGain = embeddingGain(embedding, embedding.magnitude().get(), base);
        }
        return ready.requireHeld(ElementType.FLOAT);
    }

    /**
     * Makes an adapter ready for a base whose weights cannot be read, only its products joined.
     *
     * @param hiddenSize the width of the base
     * @throws AdapterException if the adapter changes what is not a product, or depends on the weights
     */
    public static PreparedAdapter ofProducts(
            String name, AdapterEffect effect, int hiddenSize, long order, int firstVirtualId) {
        boolean weights = effect.lowRank().values().stream()
                .anyMatch(update -> update.magnitude().isPresent());
        if (weights || !effect.bias().isEmpty() || !effect.embeddings().isEmpty() || effect.prompt().length > 0) {
            throw new AdapterException("adapter '" + name + "' cannot act on an exported model: "
                    + (weights
                            ? "DoRA needs the base's weights"
                            : "it changes biases or embeddings, which are inside the model")
                    + "; open the checkpoint the model was exported from");
        }
        PreparedAdapter ready = new PreparedAdapter(name, effect, order, firstVirtualId, hiddenSize);
        Factors.Room room = new Factors.Room(effect);
        effect.lowRank().forEach((module, update) -> ready.addFactors(module, update, null, room));
        ready.addScales(effect);
        ready.inputs = ready.needed();
        return ready.requireHeld(ElementType.FLOAT);
    }

    /**
     * Checks what it became, with scaling and DoRA's gains in it.
     *
     * @param numbers what flows through the graph it will act in
     * @return this
     * @throws AdapterException if a number is not finite there
     */
    public PreparedAdapter requireHeld(ElementType numbers) {
        lowRank.forEach((module, factors) -> {
            requireHeld(numbers, module, "factors A", factors.values(), factors.a(), factors.b());
            requireHeld(numbers, module, "factors B with the scaling", factors.values(), factors.b(), factors.end());
        });
        inputScale.forEach((module, values) -> requireHeld(numbers, module, "scales of the input", values));
        outputScale.forEach((module, values) -> requireHeld(numbers, module, "scales of the output", values));
        bias.forEach((module, values) -> requireHeld(numbers, module, "bias", values));
        requireHeld(numbers, "the prompt", "embeddings", prompt);
        requireHeld(numbers, "the prefix", "keys and values", prefix);
        float[] gain = embeddingGain;
        if (gain != null) {
            requireHeld(numbers, "the embedding", "gains", gain);
        }
        return this;
    }

    private void requireHeld(ElementType numbers, String module, String what, float[] values) {
        requireHeld(numbers, module, what, values, 0, values.length);
    }

    private void requireHeld(ElementType numbers, String module, String what, float[] values, int from, int to) {
        double largest = numbers.largest();
        for (int i = from; i < to; i++) {
            float value = values[i];
            if (!(Math.abs(value) <= largest)) {
                throw new AdapterException("adapter '" + name + "' cannot be used: among its " + what + " of " + module
                        + " is " + value + ", numbers of " + numbers + " go up to " + numbers.largest()
                        + (numbers == ElementType.FLOAT16
                                ? "; open the model in bf16"
                                : "; its settings or its files are damaged"));
            }
        }
    }

    private void addScales(AdapterEffect effect) {
        effect.inputScale().forEach((module, scale) -> inputScale.put(module, lessOne(scale)));
        effect.outputScale()
                .forEach((module, scale) -> outputScale.merge(module, lessOne(scale), (a, b) -> {
                    throw new IllegalArgumentException(
                            "adapter '" + name + "' scales the output of " + module + " twice");
                }));
    }

    private void add(String module, LowRank update, Checkpoint base, Factors.Room room) {
        float[] gain = update.magnitude().isEmpty()
                ? null
                : gain(module, update, update.magnitude().get(), base);
        addFactors(module, update, gain, room);
        if (gain != null) {
            float[] more = lessOne(gain);
            outputScale.put(module, more);
            WeightTensor own = base.tensors().get(module + ".bias");
            if (own != null) { // the gain is not for the base's bias
                float[] values = own.toFloats();
                float[] back = floats(values.length, i -> -more[i] * values[i]);
                addBias(module, back);
            }
        }
    }

    private void addFactors(String module, LowRank update, float @Nullable [] gain, Factors.Room room) {
        Factors factors = room.take(update);
        int rank = update.rank();
        float[] values = factors.values();
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < update.in(); i++) {
                values[factors.a() + i * rank + k] = update.a()[k * update.in() + i];
            }
        }
        int b = factors.b();
        for (int o = 0; o < update.out(); o++) {
            float scale = (float) update.scaling() * (gain == null ? 1 : gain[o]);
            for (int k = 0; k < rank; k++) {
                values[b + k * update.out() + o] = scale * update.b()[o * rank + k];
            }
        }
        lowRank.put(module, factors);
        update.bias().ifPresent(own -> {
            float[] scaled = floats(own.length, i -> (float) update.scaling() * own[i]);
            addBias(module, scaled);
        });
    }

    /** DoRA's {@code m / |W + s B A|}, row by row (Liu et al. 2024, equation 5). */
    private static float[] gain(String module, LowRank update, float[] magnitude, Checkpoint base) {
        WeightTensor weight = weight(base, module);
        float[] gain = new float[update.out()];
        IntStream.range(0, update.out()).parallel().forEach(row -> {
            float[] values = new float[update.in()];
            weight.dequantizeRow(row, values, 0);
            for (int k = 0; k < update.rank(); k++) {
                float factor = (float) update.scaling() * update.b()[row * update.rank() + k];
                int from = k * update.in();
                for (int i = 0; i < values.length; i++) {
                    values[i] += factor * update.a()[from + i];
                }
            }
            double squares = 0;
            for (float value : values) {
                squares += (double) value * value;
            }
            gain[row] = (float) (magnitude[row] / Math.sqrt(squares));
        });
        return gain;
    }

    /** DoRA's gains of the embedding, where a norm is that of a dimension over the vocabulary. */
    private static float[] embeddingGain(LowRank update, float[] magnitude, Checkpoint base) {
        WeightTensor table = base.tensor(base.embeddingModule() + ".weight");
        double[] squares = new double[update.out()];
        float[] row = new float[update.out()];
        for (int id = 0; id < update.in(); id++) {
            table.dequantizeRow(id, row, 0);
            update.addColumn(id, 1, row);
            for (int o = 0; o < row.length; o++) {
                squares[o] += (double) row[o] * row[o];
            }
        }
        return floats(row.length, o -> (float) (magnitude[o] / Math.sqrt(squares[o])));
    }

    private static WeightTensor weight(Checkpoint base, String module) {
        WeightTensor own = base.tensors().get(module + ".weight");
        boolean tied = own == null && module.equals(AdapterSite.HEAD);
        return base.tensor((tied ? base.embeddingModule() : module) + ".weight");
    }

    private void addBias(String module, float[] values) {
        bias.merge(module, values, (a, b) -> {
            return floats(a.length, i -> a[i] + b[i]);
        });
    }

    @FunctionalInterface
    private interface FloatAt {
        float at(int i);
    }

    private static float[] floats(int length, FloatAt value) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = value.at(i);
        }
        return values;
    }

    private static float[] lessOne(float[] scale) {
        return floats(scale.length, i -> scale[i] - 1);
    }

    /** The name it was loaded under. */
    public String name() {
        return name;
    }

    /** The bytes of the numbers that it holds, all of them on the heap. */
    public long bytes() {
        long numbers = prompt.length + (long) prefix.length + (embeddingGain == null ? 0 : embeddingGain.length);
        Set<float[]> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        lowRank.values().forEach(factors -> shared.add(factors.values()));
        numbers += shared.stream().mapToLong(values -> values.length).sum();
        for (Map<String, float[]> vectors : List.of(inputScale, outputScale, bias)) {
            for (float[] values : vectors.values()) {
                numbers += values.length;
            }
        }
        LowRank table = embedding;
        if (table != null) {
            numbers += table.a().length + (long) table.b().length;
            numbers += table.magnitude().map(values -> values.length).orElse(0);
            numbers += table.bias().map(values -> values.length).orElse(0);
        }
        return numbers * Float.BYTES;
    }

    /** The inputs that the graph must have for this adapter. */
    public AdapterInputs inputs() {
        return inputs;
    }

    private AdapterInputs needed() {
        Map<String, Set<Change>> changes = new HashMap<>();
        lowRank.keySet().forEach(module -> add(changes, module, Change.LOW_RANK));
        inputScale.keySet().forEach(module -> add(changes, module, Change.INPUT_SCALE));
        outputScale.keySet().forEach(module -> add(changes, module, Change.OUTPUT_SCALE));
        bias.keySet().forEach(module -> add(changes, module, Change.BIAS));
        return new AdapterInputs(changes);
    }

    private static void add(Map<String, Set<Change>> changes, String module, Change change) {
        changes.computeIfAbsent(module, key -> new TreeSet<>()).add(change);
    }

    /** The token ids of its virtual tokens, which stand before a prompt; none for adapters that change layers. */
    public int[] virtualIds() {
        return IntStream.range(firstVirtualId, firstVirtualId + promptTokens() + prefixTokens())
                .toArray();
    }

    /** Virtual tokens that are embeddings. */
    int promptTokens() {
        return prompt.length / hiddenSize;
    }

    /** Virtual tokens that are keys and values. */
    public int prefixTokens() {
        return prefixTokens;
    }

    /** Whether it can act with a weight other than one. */
    boolean weighable() {
        return promptTokens() == 0 && prefixTokens() == 0;
    }

    /** Keys and values of the prefix, laid out as {@link AdapterEffect#prefix}. */
    float[] prefix() {
        return prefix;
    }

    /** Whether a token id is one of its soft prompt's. */
    boolean hasPromptId(int id) {
        return id >= firstVirtualId && id < firstVirtualId + promptTokens();
    }

    /** Writes the embedding of one of its soft prompt's tokens. */
    void promptRow(int id, float[] target) {
        System.arraycopy(prompt, (id - firstVirtualId) * target.length, target, 0, target.length);
    }

    /** Adds what it changes of a token's row of the embedding's table. */
    void embed(int id, double weight, float[] plain, float[] row) {
        LowRank update = embedding();
        if (update == null) {
            return;
        }
        float[] gain = embeddingGain;
        if (gain == null) {
            update.addColumn(id, weight, row);
            return;
        }
        float[] change = plain.clone();
        update.addColumn(id, 1, change);
        for (int o = 0; o < row.length; o++) {
            row[o] += (float) weight * (gain[o] * change[o] - plain[o]);
        }
    }

    private @Nullable LowRank embedding() {
        return embedding;
    }

    /** The most ranks at any module. */
    int widestRank() {
        return lowRank.values().stream().mapToInt(Factors::rank).max().orElse(0);
    }

    /** Loaded later, larger: an order that does not depend on the batch. */
    long order() {
        return order;
    }

    @Nullable
    Factors lowRank(String module) {
        return lowRank.get(module);
    }

    /** Less one. */
    float @Nullable [] inputScale(String module) {
        return inputScale.get(module);
    }

    /** Less one. */
    float @Nullable [] outputScale(String module) {
        return outputScale.get(module);
    }

    float @Nullable [] bias(String module) {
        return bias.get(module);
    }

    @Override
    public String toString() {
        return name;
    }
}

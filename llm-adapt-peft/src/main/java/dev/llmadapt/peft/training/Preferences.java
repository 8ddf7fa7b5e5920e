package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.peft.training.TrainingBatch.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Answers that are compared, two of them an item: for DPO the better and the worse one to a prompt; for KTO an answer
 * that is desirable or not, and an answer to another prompt, of which the divergence from the reference is estimated.
 *
 * @param options the loss
 * @param items each of two answers to one prompt
 * @param reference log-probabilities that the reference gives each item's two answers; empty while they are not known,
 *     when they count as 0
 */
public record Preferences(PreferenceLoss options, List<Item> items, List<Reference> reference) implements Objective {
    /**
     * Two answers.
     *
     * @param first the better answer of a pair, or the one that is judged
     * @param second the worse answer of a pair, or the one to another prompt
     * @param desirable whether the first one is liked; true for pairs
     */
    public record Item(TrainingText first, TrainingText second, boolean desirable) {}

    /**
     * Log-probabilities of the two answers of an item under the reference, in nats.
     *
     * @param first of the first answer
     * @param second of the second one
     */
    public record Reference(float first, float second) {}

    /** Checks and copies. */
    public Preferences {
        items = List.copyOf(items);
        reference = List.copyOf(reference);
        if (!reference.isEmpty() && reference.size() != items.size()) {
            throw new IllegalArgumentException(
                    "expected log-probabilities of " + items.size() + " items, got " + reference.size());
        }
        if (options instanceof PreferenceLoss.Dpo && !items.stream().allMatch(Item::desirable)) {
            throw new IllegalArgumentException("of a pair the first answer is the better one");
        }
    }

    /** Returns these items with what the reference says of them. */
    public Preferences withReference(List<Reference> reference) {
        return new Preferences(options, items, reference);
    }

    @Override
    public Loss.Kind loss(Trainable trainable) {
        return (graph, decoder, learning, normed) -> new PreferenceGraph(
                graph, options, new CrossEntropy(graph, decoder.hiddenSize(), decoder::logits, normed));
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<TrainingText> texts(int item) {
        return List.of(items.get(item).first(), items.get(item).second());
    }

    @Override
    public int weight(int item) {
        return 1;
    }

    /** Packed, the two answers of an item stand in one row, and their prompt there once. */
    @Override
    public List<List<TrainingText>> rows(List<Integer> chosen, boolean packing, int virtualTokens) {
        List<List<TrainingText>> rows = new ArrayList<>();
        for (int item : chosen) {
            if (packing) {
                rows.add(texts(item));
            } else {
                texts(item).forEach(text -> rows.add(List.of(text)));
            }
        }
        return rows;
    }

    @Override
    public int longestRow(boolean packing, int virtualTokens) {
        return items.stream()
                .mapToInt(item -> {
                    int first = item.first().ids().length + virtualTokens;
                    int second = item.second().ids().length + virtualTokens;
                    return packing ? first + second : Math.max(first, second);
                })
                .max()
                .orElse(0);
    }

    @Override
    public TrainingBatch complete(
            NativeArena memory, List<List<TrainingText>> rows, TrainingBatch laidOut, List<Integer> chosen, int total) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(laidOut.inputs());
        ByteBuffer weights =
                Objects.requireNonNull(inputs.get(TrainingGraph.WEIGHTS)).data();
        ByteBuffer answers = tensor(memory, inputs, PreferenceGraph.ANSWERS, ElementType.INT64, laidOut.learned());
        boolean means = options instanceof PreferenceLoss.Dpo dpo && dpo.type() == PreferenceLoss.Dpo.Type.IPO;
        int place = 0;
        int answer = 0;
        for (List<TrainingText> row : rows) {
            for (TrainingText text : row) {
                int learned = text.learnedTokens();
                for (int i = 0; i < learned; i++) {
                    answers.putLong(place * Long.BYTES, answer);
                    weights.putFloat(place * Float.BYTES, means ? 1f / learned : 1);
                    place++;
                }
                answer++;
            }
        }
        int count = chosen.size();
        ByteBuffer known = tensor(memory, inputs, PreferenceGraph.REFERENCE, ElementType.FLOAT, 2L * count);
        ByteBuffer signs = tensor(memory, inputs, PreferenceGraph.SIGNS, ElementType.FLOAT, count, 2);
        ByteBuffer itemWeights = tensor(memory, inputs, PreferenceGraph.ITEM_WEIGHTS, ElementType.FLOAT, count, 1);
        for (int i = 0; i < count; i++) {
            int item = chosen.get(i);
            boolean desirable = items.get(item).desirable();
            boolean pair = !(options instanceof PreferenceLoss.Kto);
            if (!reference.isEmpty()) {
                known.putFloat(2 * i * Float.BYTES, reference.get(item).first());
                known.putFloat((2 * i + 1) * Float.BYTES, reference.get(item).second());
            }
            signs.putFloat(2 * i * Float.BYTES, desirable ? 1 : -1);
            signs.putFloat((2 * i + 1) * Float.BYTES, pair ? -1 : 0);
            itemWeights.putFloat(i * Float.BYTES, (float) (itemWeight(desirable) / total));
        }
        if (options instanceof PreferenceLoss.Kto) {
            ByteBuffer shares = tensor(memory, inputs, PreferenceGraph.SHARES, ElementType.FLOAT, count, 2);
            for (int i = 0; i < count; i++) {
                shares.putFloat((2 * i + 1) * Float.BYTES, 1f / count);
            }
        }
        // on its own, as it is read when the batch's memory is given back
        ByteBuffer policy = ByteBuffer.allocateDirect(2 * count * Float.BYTES).order(ByteOrder.nativeOrder());
        Tensor output = new Tensor(ElementType.FLOAT, policy, new long[] {2L * count});
        return new TrainingBatch(inputs, laidOut.tokens(), laidOut.learned(), Map.of(PreferenceGraph.POLICY, output));
    }

    private double itemWeight(boolean desirable) {
        return options instanceof PreferenceLoss.Kto kto
                ? desirable ? kto.desirableWeight() : kto.undesirableWeight()
                : 1;
    }

    private static ByteBuffer tensor(
            NativeArena memory, Map<String, Tensor> tensors, String name, ElementType type, long... shape) {
        long size = type.bytes();
        for (long dim : shape) {
            size = Math.multiplyExact(size, dim);
        }
        ByteBuffer data = memory.zeros(size);
        tensors.put(name, new Tensor(type, data, shape));
        return data;
    }

    /** The log-probabilities that a batch's run gave the two answers of its items. */
    static List<Reference> policy(TrainingBatch batch) {
        ByteBuffer found = Objects.requireNonNull(batch.outputs().get(PreferenceGraph.POLICY))
                .data();
        List<Reference> all = new ArrayList<>();
        for (int i = 0; i < found.limit() / (2 * Float.BYTES); i++) {
            all.add(new Reference(found.getFloat(2 * i * Float.BYTES), found.getFloat((2 * i + 1) * Float.BYTES)));
        }
        return all;
    }

    @Override
    public Optional<Rewards> rewards(List<Ran> ran) {
        double beta = options.beta();
        Mean liked = new Mean();
        Mean disliked = new Mean();
        Mean right = new Mean();
        Mean margin = new Mean();
        Mean divergence = new Mean();
        for (Ran each : ran) {
            List<Reference> policy = policy(each.batch());
            Mean own = new Mean();
            for (int i = 0; i < policy.size(); i++) {
                int item = each.items().get(i);
                Reference before = reference.isEmpty() ? new Reference(0, 0) : reference.get(item);
                double first = (double) policy.get(i).first() - before.first();
                double second = (double) policy.get(i).second() - before.second();
                (items.get(item).desirable() ? liked : disliked).add(beta * first);
                if (options instanceof PreferenceLoss.Dpo) {
                    disliked.add(beta * second);
                    margin.add(beta * (first - second));
                    right.add(first > second ? 1 : 0);
                } else {
                    own.add(second);
                }
            }
            divergence.add(Math.max(0, own.value()));
        }
        boolean pairs = options instanceof PreferenceLoss.Dpo;
        return Optional.of(new Rewards(
                liked.value(),
                disliked.value(),
                pairs ? margin.value() : liked.value() - disliked.value(),
                pairs ? OptionalDouble.of(right.value()) : OptionalDouble.empty(),
                pairs ? OptionalDouble.empty() : OptionalDouble.of(divergence.value())));
    }

    private static final class Mean {
        private double sum;
        private int count;

        void add(double number) {
            sum += number;
            count++;
        }

        double value() {
            return count == 0 ? Double.NaN : sum / count;
        }
    }
}

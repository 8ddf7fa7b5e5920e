package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.architecture.TrainingDecoder;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Texts laid out as a {@link TrainingGraph} takes them: rows of equal length, padded at the end. A row may hold several
 * texts one after the other, which do not see each other; what all of them begin with, up to where the first is
 * learned, stands there once and is seen by all: the loss and its gradient are the same, at a fraction of the work.
 *
 * @param inputs by name
 * @param tokens in all texts, without padding
 * @param learned those of them that are learned; a label that is learned as probabilities counts for each
 * @param outputs by name, which a run fills beside the loss
 */
public record TrainingBatch(Map<String, Tensor> inputs, int tokens, int learned, Map<String, Tensor> outputs) {
    private static final float UNSEEN = -1e9f;
    private static final int[] ALL = {};
    private static final int PIECE = 128; // learned tokens whose logits are there together, at least

    /**
     * A tensor on the host.
     *
     * @param type of its elements
     * @param data direct, native order, from 0 to the limit
     * @param shape its dimensions
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Tensor(ElementType type, ByteBuffer data, long[] shape) {}

    /**
     * Lays out rows.
     *
     * @param memory where the tensors lie, which must be open as long as they are used
     * @param rows each a row's texts, of which it has at least one
     * @param trainable whose virtual tokens stand before each text
     * @param embedding of the base
     * @param groups query heads for each key head
     * @param total learned tokens of the whole step, by which each one's loss is divided
     */
    public static TrainingBatch of(
            NativeArena memory,
            List<List<TrainingText>> rows,
            Trainable trainable,
            Embedding embedding,
            int groups,
            int total) {
        return of(memory, rows, trainable, TokenStates.of(embedding), groups, total);
    }

    /** Lays out rows whose tokens enter the graph as other numbers than their embeddings. */
    static TrainingBatch of(
            NativeArena memory,
            List<List<TrainingText>> rows,
            Trainable trainable,
            TokenStates states,
            int groups,
            int total) {
        return new Layout(memory, rows, trainable, states, groups, total).batch();
    }

    /** How many tokens texts begin with that are the same in all and learned in none; 0 for a single text. */
    public static int shared(List<TrainingText> texts) {
        if (texts.size() == 1) {
            return 0;
        }
        int[] first = texts.get(0).ids();
        int shared = first.length;
        for (TrainingText text : texts) {
            int same = Arrays.mismatch(first, text.ids());
            shared = Math.min(shared, same < 0 ? first.length : same);
            shared = Math.min(shared, text.firstLearned());
        }
        return shared;
    }

    /** Where the texts of a row stand: what they share, virtual tokens before it, then what is each one's own. */
    private static final class Row {
        final List<TrainingText> texts;
        final int shared;
        final int stem;
        final int length;
        private final int virtual;

        Row(List<TrainingText> texts, int virtual) {
            this.texts = texts;
            this.virtual = virtual;
            this.shared = shared(texts);
            this.stem = shared == 0 ? 0 : virtual + shared;
            this.length = stem + texts.stream().mapToInt(this::own).sum();
        }

        /** Places of a text alone: without the stem, or with virtual tokens of its own. */
        int own(TrainingText text) {
            return shared == 0 ? virtual + text.ids().length : text.ids().length - shared;
        }

        /** The text's token that stands at its first own place; negative for a virtual one. */
        int firstOwn() {
            return shared == 0 ? -virtual : shared;
        }
    }

    /**
     * A place whose next token, or label, is learned. Of a text with probabilities, the place of its label stands once
     * for each class with its share: the sum of these losses is the cross-entropy with the probabilities, and that of
     * their gradients its gradient.
     *
     * @param place among all of the batch
     * @param target the token or class
     * @param choices the tokens that compete there; empty for all
     * @param share of the loss
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Supervised(long place, long target, int[] choices, float share) {
        /** Adds what is learned of a text's label at a place. */
        static void label(TrainingText text, long place, List<Supervised> all) {
            float[] shares = text.probabilities();
            if (shares.length == 0) {
                all.add(new Supervised(place, text.label(), ALL, 1));
            }
            for (int label = 0; label < shares.length; label++) {
                if (shares[label] > 0) {
                    all.add(new Supervised(place, label, ALL, shares[label]));
                }
            }
        }
    }

    private static final class Layout {
        private final NativeArena memory;
        private final List<Row> rows;
        private final Trainable trainable;
        private final TokenStates states;
        private final int groups;
        private final int total;
        private final int length;
        private final int virtual;
        private final int prefix;
        private final Map<String, Tensor> inputs = new LinkedHashMap<>();

        Layout(
                NativeArena memory,
                List<List<TrainingText>> texts,
                Trainable trainable,
                TokenStates states,
                int groups,
                int total) {
            this.memory = memory;
            this.trainable = trainable;
            this.states = states;
            this.groups = groups;
            this.total = total;
            this.virtual = trainable.virtualTokens();
            this.prefix = trainable.prefixTokens();
            this.rows = texts.stream().map(each -> new Row(each, virtual)).toList();
            this.length = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        }

        TrainingBatch batch() {
            int keys = prefix + length;
            ByteBuffer positions = tensor(TrainingDecoder.POSITIONS, ElementType.INT64, rows.size(), length);
            FloatBuffer mask = tensor(
                            TrainingDecoder.MASK, ElementType.FLOAT, rows.size(), 1, (long) groups * length, keys)
                    .asFloatBuffer();
            List<Supervised> supervised = new ArrayList<>();
            int tokens = 0;
            for (int r = 0; r < rows.size(); r++) {
                Row row = rows.get(r);
                for (int i = 0; i < row.stem; i++) {
                    positions.putLong((r * length + i) * Long.BYTES, (long) prefix + i);
                }
                int at = row.stem;
                for (TrainingText text : row.texts) {
                    for (int i = 0; i < row.own(text); i++) {
                        positions.putLong((r * length + at + i) * Long.BYTES, (long) prefix + row.stem + i);
                    }
                    if (text.label() >= 0) {
                        int last = text.ids().length - 1 - row.firstOwn();
                        int place = last >= 0 ? at + last : row.stem - 1;
                        Supervised.label(text, (long) r * length + place, supervised);
                    }
                    int learned = 0;
                    for (int i = 1; i < text.ids().length; i++) {
                        if (text.learned()[i]) {
                            int before = i - 1 - row.firstOwn(); // from the text's own first place
                            int place = before >= 0 ? at + before : row.stem - 1;
                            int[] choices = text.choices().isEmpty()
                                    ? ALL
                                    : text.choices().get(learned++);
                            supervised.add(new Supervised((long) r * length + place, text.ids()[i], choices, 1));
                        }
                    }
                    at += row.own(text);
                    tokens += text.ids().length;
                }
                mask(mask, r);
            }
            texts();
            loss(supervised);
            if (prefix > 0) {
                tensor(TrainingDecoder.PREFIX_ROWS, ElementType.FLOAT, rows.size(), 1, 1, 1);
            }
            return new TrainingBatch(inputs, tokens, supervised.size(), Map.of());
        }

        /** Each position sees the prefix, the stem, and in its own text itself and what is before. */
        private void mask(FloatBuffer mask, int r) {
            Row row = rows.get(r);
            int keys = prefix + length;
            float[] line = new float[keys];
            int from = 0;
            int end = row.stem;
            int text = 0;
            for (int query = 0; query < length; query++) {
                while (query >= end && text < row.texts.size()) {
                    from = end;
                    end += row.own(row.texts.get(text++));
                }
                int first = query < end ? from : query; // padding sees itself
                for (int key = 0; key < length; key++) {
                    boolean seen = key <= query && (key >= first || (key < row.stem && query < end));
                    line[prefix + key] = seen ? 0 : UNSEEN;
                }
                for (int group = 0; group < groups; group++) {
                    mask.put(((r * groups + group) * length + query) * keys, line);
                }
            }
        }

        /** The tokens, or their embeddings with room for virtual ones. */
        private void texts() {
            if (virtual > 0) {
                tensor(PromptTrainable.PLACES, ElementType.FLOAT, rows.size(), length, virtual);
            }
            if (trainable.learnsEmbedding()) {
                tensor(TrainingDecoder.IDS, ElementType.INT64, rows.size(), length);
            } else {
                tensor(TrainingDecoder.EMBEDDINGS, ElementType.FLOAT, rows.size(), length, states.width());
            }
            for (int r = 0; r < rows.size(); r++) {
                Row row = rows.get(r);
                int at = r * length;
                if (row.shared > 0) {
                    at = virtual(at);
                    at = tokens(row.texts.get(0), 0, row.shared, at);
                }
                for (TrainingText text : row.texts) {
                    at = row.shared == 0 ? virtual(at) : at;
                    at = tokens(text, row.shared, text.ids().length, at);
                }
            }
        }

        private int virtual(int at) {
            for (int i = 0; i < virtual; i++) {
                data(PromptTrainable.PLACES).putFloat(((at + i) * virtual + i) * Float.BYTES, 1);
            }
            return at + virtual;
        }

        private int tokens(TrainingText text, int from, int to, int at) {
            if (trainable.learnsEmbedding()) {
                for (int i = from; i < to; i++) {
                    data(TrainingDecoder.IDS).putLong((at + i - from) * Long.BYTES, text.ids()[i]);
                }
            } else {
                FloatBuffer target = data(TrainingDecoder.EMBEDDINGS).asFloatBuffer();
                states.put(text, from, to, target.position(at * states.width()));
            }
            return at + to - from;
        }

        private ByteBuffer data(String name) {
            return Objects.requireNonNull(inputs.get(name)).data();
        }

        /** Cut into pieces as few as keep the logits small: each reads the whole output head. */
        private void loss(List<Supervised> supervised) {
            int count = Math.max(1, supervised.size()); // where nothing is learned, a place that weighs nothing
            int pieces = TrainingGraph.PIECE_COUNT;
            int piece = Math.max(PIECE, (count + pieces - 1) / pieces);
            ByteBuffer sizes = tensor(TrainingGraph.PIECES, ElementType.INT64, pieces);
            for (int i = 0; i < pieces; i++) {
                sizes.putLong(i * Long.BYTES, Math.max(0, Math.min(piece, count - i * piece)));
            }
            ByteBuffer places = tensor(TrainingGraph.ROWS, ElementType.INT64, count);
            ByteBuffer targets = tensor(TrainingGraph.TARGETS, ElementType.INT64, count, 2);
            ByteBuffer weights = tensor(TrainingGraph.WEIGHTS, ElementType.FLOAT, count);
            for (int i = 0; i < count; i++) {
                targets.putLong(2 * i * Long.BYTES, i % piece);
                if (i < supervised.size()) {
                    places.putLong(i * Long.BYTES, supervised.get(i).place());
                    targets.putLong((2 * i + 1) * Long.BYTES, supervised.get(i).target());
                    weights.putFloat(i * Float.BYTES, supervised.get(i).share() / total);
                }
            }
            if (rows.stream()
                    .flatMap(row -> row.texts.stream())
                    .anyMatch(text -> !text.choices().isEmpty())) {
                choices(supervised, piece);
            }
        }

        private void choices(List<Supervised> supervised, int piece) {
            int count =
                    supervised.stream().mapToInt(each -> each.choices().length).sum();
            ByteBuffer sizes = tensor(TrainingGraph.CHOICE_PIECES, ElementType.INT64, TrainingGraph.PIECE_COUNT);
            ByteBuffer choices = tensor(TrainingGraph.CHOICES, ElementType.INT64, count, 2);
            for (int i = 0; i < supervised.size(); i++) {
                int at = i / piece * Long.BYTES;
                int[] ofPlace = supervised.get(i).choices();
                sizes.putLong(at, sizes.getLong(at) + ofPlace.length);
                for (int token : ofPlace) {
                    choices.putLong(i % piece).putLong(token);
                }
            }
            choices.flip();
        }

        private ByteBuffer tensor(String name, ElementType type, long... shape) {
            long size = type.bytes();
            for (long dim : shape) {
                size = Math.multiplyExact(size, dim);
            }
            ByteBuffer data = memory.zeros(size);
            inputs.put(name, new Tensor(type, data, shape));
            return data;
        }
    }
}

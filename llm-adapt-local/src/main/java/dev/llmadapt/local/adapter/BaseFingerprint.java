package dev.llmadapt.local.adapter;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The identity of a base model, however its weights are quantised.
 *
 * @param model its name, for messages
 * @param weights SHA-256 of the model's dimensions and the values of its norms, which GGUF files keep as they were:
 *     equal for a checkpoint and its quantised copies, another for each fine-tuned version; empty for an exported
 *     model, whose weights are inside its graph
 * @param tokenizer SHA-256 of the vocabulary: the tokens and their ids
 */
public record BaseFingerprint(String model, Optional<String> weights, String tokenizer) {
    private static final String VERSION = "llm-adapt base 1\n";

    /**
     * The fingerprint of a checkpoint. Reads its norms and tokenizer: milliseconds, or about a tenth of a second for a
     * large vocabulary.
     *
     * @throws CheckpointException if the checkpoint cannot be read
     */
    public static BaseFingerprint of(Checkpoint checkpoint) {
        return new BaseFingerprint(
                checkpoint.name(),
                Optional.of(weights(checkpoint)),
                vocabulary(checkpoint.tokenizer().json()));
    }

    /**
     * The fingerprint of a model whose weights cannot be compared.
     *
     * @param tokenizerJson the content of its {@code tokenizer.json}
     * @throws CheckpointException if that is not valid
     */
    public static BaseFingerprint ofTokenizer(String model, String tokenizerJson) {
        return new BaseFingerprint(model, Optional.empty(), vocabulary(tokenizerJson));
    }

    static String weights(Checkpoint checkpoint) {
        MessageDigest hash = Sha256.newDigest();
        ModelConfig config = checkpoint.config();
        String dimensions = VERSION + config.modelType() + " " + config.hiddenSize() + " " + config.intermediateSize()
                + " " + config.layers() + " " + config.heads() + " " + config.keyValueHeads() + " " + config.headDim()
                + " " + config.vocabularySize() + "\n";
        hash.update(dimensions.getBytes(StandardCharsets.UTF_8));
        Map<String, WeightTensor> norms = new TreeMap<>();
        checkpoint.tensors().forEach((key, tensor) -> {
            boolean norm = key.endsWith("norm.weight") || key.contains(".ln_"); // GPT-2's have a bias, too
            if (norm && tensor.shape().size() == 1) {
                norms.put(key, tensor);
            }
        });
        norms.forEach((key, tensor) -> {
            hash.update((key + " " + tensor.size() + "\n").getBytes(StandardCharsets.UTF_8));
            byte[] bytes = new byte[4];
            for (float value : tensor.toFloats()) {
                int bits = Float.floatToIntBits(value);
                for (int i = 0; i < 4; i++) {
                    bytes[i] = (byte) (bits >> (8 * i));
                }
                hash.update(bytes);
            }
        });
        return Sha256.hex(hash);
    }

    /** SHA-256 over the tokens of a {@code tokenizer.json}, its added ones included, in the order of their ids. */
    static String vocabulary(String tokenizerJson) {
        TreeMap<Long, TreeMap<String, Boolean>> tokens = new TreeMap<>(); // two tokens may share an id
        try (JsonReader json = new JsonReader(new StringReader(tokenizerJson))) {
            json.setStrictness(Strictness.STRICT);
            json.beginObject();
            while (json.hasNext()) {
                switch (json.nextName()) {
                    case "model" -> model(json, tokens);
                    case "added_tokens" -> added(json, tokens);
                    default -> json.skipValue();
                }
            }
            json.endObject();
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException("the tokenizer.json is not valid: " + e.getMessage(), e);
        }
        MessageDigest hash = Sha256.newDigest();
        tokens.forEach((id, texts) -> texts.keySet().forEach(text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            hash.update((id + " " + bytes.length + " ").getBytes(StandardCharsets.UTF_8));
            hash.update(bytes);
        }));
        return Sha256.hex(hash);
    }

    private static void put(Map<Long, TreeMap<String, Boolean>> tokens, long id, String token) {
        tokens.computeIfAbsent(id, key -> new TreeMap<>()).put(token, true);
    }

    private static void model(JsonReader json, Map<Long, TreeMap<String, Boolean>> tokens) throws IOException {
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            json.skipValue();
            return;
        }
        json.beginObject();
        while (json.hasNext()) {
            if (!json.nextName().equals("vocab")) {
                json.skipValue();
            } else if (json.peek() == JsonToken.BEGIN_ARRAY) { // Unigram: pairs of token and score, ids in order
                json.beginArray();
                for (long id = 0; json.hasNext(); id++) {
                    json.beginArray();
                    put(tokens, id, json.nextString());
                    json.skipValue();
                    json.endArray();
                }
                json.endArray();
            } else {
                json.beginObject();
                while (json.hasNext()) {
                    String token = json.nextName();
                    put(tokens, json.nextLong(), token);
                }
                json.endObject();
            }
        }
        json.endObject();
    }

    private static void added(JsonReader json, Map<Long, TreeMap<String, Boolean>> tokens) throws IOException {
        json.beginArray();
        while (json.hasNext()) {
            Optional<Long> id = Optional.empty();
            Optional<String> content = Optional.empty();
            json.beginObject();
            while (json.hasNext()) {
                switch (json.nextName()) {
                    case "id" -> id = Optional.of(json.nextLong());
                    case "content" -> content = Optional.of(json.nextString());
                    default -> json.skipValue();
                }
            }
            json.endObject();
            if (id.isPresent() && content.isPresent()) {
                put(tokens, id.get(), content.get());
            }
        }
        json.endArray();
    }
}

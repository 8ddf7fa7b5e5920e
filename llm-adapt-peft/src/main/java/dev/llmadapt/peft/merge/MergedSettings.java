package dev.llmadapt.peft.merge;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.AdapterException;
import dev.llmadapt.DataType;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files beside the weights of a merged model: configuration and tokenizer, copied or made. */
final class MergedSettings {
    private static final String CONFIG = "config.json";
    private static final List<String> COPIED = List.of(
            CONFIG,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "LICENSE",
            "LICENSE.txt",
            "LICENSE.md",
            "NOTICE",
            "NOTICE.txt",
            "USE_POLICY.md");
    /** Families of GGUF files whose tensors are Hugging Face's but for their names, and the class that loads them. */
    private static final Map<String, String> CLASSES =
            Map.of("llama", "LlamaForCausalLM", "qwen2", "Qwen2ForCausalLM", "qwen3", "Qwen3ForCausalLM");

    private static final Gson JSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private MergedSettings() {}

    /** From a Hugging Face base. */
    static void copy(Checkpoint base, MergedWeights weights, Optional<DataType> type, Path target) throws IOException {
        for (String name : COPIED) {
            Path file = base.path().resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, target.resolve(name));
            }
        }
        if (type.isPresent() || weights.untied() || weights.newAttentionBias() || weights.newFeedForwardBias()) {
            JsonObject config;
            try {
                config = JsonParser.parseString(Files.readString(target.resolve(CONFIG)))
                        .getAsJsonObject();
            } catch (JsonParseException | IllegalStateException e) {
                throw new AdapterException(base.path().resolve(CONFIG) + " is not valid: " + e.getMessage(), e);
            }
            change(config, weights, type);
            write(target, CONFIG, config);
        }
    }

    private static void change(JsonObject config, MergedWeights weights, Optional<DataType> type) {
        type.ifPresent(stored -> config.addProperty(config.has("dtype") ? "dtype" : "torch_dtype", name(stored)));
        if (weights.untied()) {
            config.addProperty("tie_word_embeddings", false);
        }
        if (weights.newAttentionBias()) {
            config.addProperty("attention_bias", true);
        }
        if (weights.newFeedForwardBias()) {
            config.addProperty("mlp_bias", true);
        }
    }

    private static String name(DataType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
        };
    }

    private static void write(Path folder, String name, JsonObject json) throws IOException {
        Files.writeString(folder.resolve(name), JSON.toJson(json) + "\n");
    }

    /** From a GGUF base. */
    static void fromGguf(Checkpoint base, MergedWeights weights, Optional<DataType> type, Path target)
            throws IOException {
        ModelConfig model = base.config();
        String family = CLASSES.get(model.modelType());
        if (family == null) {
            throw new AdapterException("a GGUF file of the family '" + model.modelType()
                    + "' cannot be made a Hugging Face folder, expected one of "
                    + CLASSES.keySet().stream().sorted().toList() + "; merge into its original checkpoint instead");
        }
        JsonArray families = new JsonArray();
        families.add(family);
        JsonArray ends = new JsonArray();
        model.eosTokenIds().forEach(ends::add);
        JsonObject config = new JsonObject();
        config.add("architectures", families);
        config.addProperty("model_type", model.modelType());
        config.addProperty("hidden_size", model.hiddenSize());
        config.addProperty("intermediate_size", model.intermediateSize());
        config.addProperty("num_hidden_layers", model.layers());
        config.addProperty("num_attention_heads", model.heads());
        config.addProperty("num_key_value_heads", model.keyValueHeads());
        config.addProperty("head_dim", model.headDim());
        config.addProperty("hidden_act", model.hiddenActivation());
        config.addProperty("max_position_embeddings", model.contextLength());
        config.addProperty("rms_norm_eps", shortest(model.rmsNormEpsilon()));
        config.addProperty("rope_theta", model.ropeTheta());
        ropeScaling(base).ifPresent(scaling -> config.add("rope_scaling", scaling));
        if (model.windows().stream().anyMatch(window -> window > 0)) {
            throw new AdapterException(
                    "a GGUF file whose layers see a window cannot be made a Hugging Face folder of the" + " class "
                            + family + "; merge into its original checkpoint instead");
        }
        if (!family.startsWith("Qwen2")
                && model.biases().contains("q_proj")
                && !model.biases().contains("o_proj")) {
            throw new AdapterException(
                    "a GGUF file with biases of queries, keys and values alone cannot be made a Hugging"
                            + " Face folder of the class " + family + "; merge into its original checkpoint instead");
        }
        config.addProperty("attention_bias", model.biases().contains("q_proj"));
        config.addProperty("mlp_bias", model.biases().contains("down_proj"));
        config.addProperty("tie_word_embeddings", model.tieWordEmbeddings());
        config.addProperty(
                "vocab_size", base.tensor("model.embed_tokens.weight").rows());
        JsonObject generation = new JsonObject();
        for (JsonObject json : List.of(config, generation)) {
            model.bosTokenId().ifPresent(id -> json.addProperty("bos_token_id", id));
            model.padTokenId().ifPresent(id -> json.addProperty("pad_token_id", id));
            if (!ends.isEmpty()) {
                json.add("eos_token_id", ends.size() == 1 ? ends.get(0) : ends);
            }
        }
        change(config, weights, type);
        write(target, CONFIG, config);
        write(target, "generation_config.json", generation);
        TokenizerFiles tokenizer = base.tokenizer();
        Files.writeString(target.resolve("tokenizer.json"), tokenizer.json());
        write(target, "tokenizer_config.json", tokenizerConfig(tokenizer, model));
    }

    /** GGUF stores 32-bit floats: 1e-5 as it was meant, not 9.999999747378752e-06. */
    private static double shortest(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }

    private static JsonObject tokenizerConfig(TokenizerFiles tokenizer, ModelConfig model) {
        JsonObject config = new JsonObject();
        config.addProperty("tokenizer_class", "PreTrainedTokenizerFast");
        config.addProperty("model_max_length", model.contextLength());
        config.addProperty("clean_up_tokenization_spaces", false);
        config.addProperty("add_bos_token", tokenizer.addBos());
        config.addProperty("add_eos_token", tokenizer.addEos());
        tokenizer.bosToken().ifPresent(token -> config.addProperty("bos_token", token));
        tokenizer.eosToken().ifPresent(token -> config.addProperty("eos_token", token));
        tokenizer.unkToken().ifPresent(token -> config.addProperty("unk_token", token));
        tokenizer.padToken().ifPresent(token -> config.addProperty("pad_token", token));
        tokenizer.chatTemplate().ifPresent(template -> config.addProperty("chat_template", template));
        return config;
    }

    private static Optional<JsonObject> ropeScaling(Checkpoint base) {
        RopeScaling scaling = base.config().ropeScaling();
        if (scaling instanceof RopeScaling.None) {
            return Optional.empty();
        }
        JsonObject json = new JsonObject();
        if (scaling instanceof RopeScaling.Linear linear) {
            json.addProperty("rope_type", "linear");
            json.addProperty("factor", linear.factor());
            return Optional.of(json);
        }
        if (scaling instanceof RopeScaling.Yarn yarn) {
            json.addProperty("rope_type", "yarn");
            json.addProperty("factor", yarn.factor());
            json.addProperty("original_max_position_embeddings", yarn.originalContext());
            json.addProperty("beta_fast", yarn.betaFast());
            json.addProperty("beta_slow", yarn.betaSlow());
            json.addProperty("attention_factor", yarn.attentionFactor());
            return Optional.of(json);
        }
        RopeScaling.Llama3 llama3 = scaling instanceof RopeScaling.Factors factors
                ? llama3(base, factors.divisors())
                : (RopeScaling.Llama3) scaling;
        json.addProperty("rope_type", "llama3");
        json.addProperty("factor", llama3.factor());
        json.addProperty("low_freq_factor", llama3.lowFreqFactor());
        json.addProperty("high_freq_factor", llama3.highFreqFactor());
        json.addProperty("original_max_position_embeddings", llama3.originalContext());
        return Optional.of(json);
    }

    /**
     * GGUF files carry the divisors that Llama 3's settings give; all published models have these but for two of them.
     */
    private static RopeScaling.Llama3 llama3(Checkpoint base, List<Float> divisors) {
        double low = 1;
        double high = 4;
        double factor = divisors.stream().mapToDouble(Float::doubleValue).max().orElse(1);
        int context = 8192;
        for (int i = 0; i < divisors.size(); i++) {
            double kept = (1 / divisors.get(i) - 1 / factor) / (1 - 1 / factor);
            if (kept > 0.01 && kept < 0.99) { // a blend of both tells how many turns it makes in the original context
                context = (int) Math.rint((low + kept * (high - low)) * 2 * Math.PI / frequency(base, i));
                break;
            }
        }
        RopeScaling.Llama3 guess = new RopeScaling.Llama3(factor, low, high, Math.max(1, context));
        for (int i = 0; i < divisors.size(); i++) {
            double turns = guess.originalContext() * frequency(base, i) / (2 * Math.PI);
            double kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
            double expected = 1 / (kept + (1 - kept) / factor);
            if (Math.abs(divisors.get(i) - expected) > 1e-3 * expected) {
                throw new AdapterException("the rotary frequencies of " + base.path()
                        + " are none that config.json can describe (rope_freqs.weight, value " + i + ": "
                        + divisors.get(i) + ", Llama 3 would have " + expected
                        + "); merge into its original checkpoint instead");
            }
        }
        return guess;
    }

    private static double frequency(Checkpoint base, int pair) {
        return Math.pow(base.config().ropeTheta(), -2.0 * pair / base.config().rotaryDim());
    }
}

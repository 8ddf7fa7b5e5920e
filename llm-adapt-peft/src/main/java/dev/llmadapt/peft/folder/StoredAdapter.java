package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An adapter as PEFT stores it: settings and tensors. Immutable; tensors may be mapped from a file.
 *
 * @param config its settings
 * @param base what it was made for
 * @param tensors by PEFT's keys without the prefix {@code base_model.model.}, such as
 *     {@code model.layers.0.self_attn.q_proj.lora_A.weight}, or {@code prompt_embeddings}; in the order of the file
 * @param training how it was trained, a JSON object; only adapters trained here carry it
 * @param classifier how texts are given to the head of a classifier and what its rows mean; only what was trained here,
 *     or lies beside its model's own settings, says so
 */
public record StoredAdapter(
        AdapterConfig config,
        Base base,
        Map<String, WeightTensor> tensors,
        Optional<String> training,
        Optional<ClassifierSettings> classifier) {
    /** Copies the map, in its order. */
    public StoredAdapter {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(classifier, "classifier");
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** An adapter that is no classifier, or of which nobody says what its labels are. */
    public StoredAdapter(
            AdapterConfig config, Base base, Map<String, WeightTensor> tensors, Optional<String> training) {
        this(config, base, tensors, training, Optional.empty());
    }

    /** An adapter of which nobody says how it was trained. */
    public StoredAdapter(AdapterConfig config, Base base, Map<String, WeightTensor> tensors) {
        this(config, base, tensors, Optional.empty());
    }

    /**
     * The model an adapter was made for.
     *
     * @param name {@code base_model_name_or_path}
     * @param revision {@code revision}
     * @param fingerprint of the weights, see {@link BaseFingerprint}; only adapters written here carry it
     * @param tokenizer SHA-256 of the vocabulary, likewise
     */
    public record Base(
            Optional<String> name,
            Optional<String> revision,
            Optional<String> fingerprint,
            Optional<String> tokenizer) {
        /** A base of which nothing is known. */
        public static Base unknown() {
            return new Base(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** The base of an adapter that was trained on it. */
        public static Base of(BaseFingerprint base, String name, Optional<String> revision) {
            return new Base(Optional.of(name), revision, base.weights(), Optional.of(base.tokenizer()));
        }

        /**
         * Checks a model against what is recorded; folders written by others record no fingerprint.
         *
         * @param adapter its name, for messages
         * @param found the model it is to be used on
         * @throws AdapterException if the adapter was made for another base, or for another tokenizer
         */
        public void check(String adapter, BaseFingerprint found) {
            found.weights().ifPresent(weights -> check("weights", adapter, fingerprint, found.model(), weights));
            check("tokenizer", adapter, tokenizer, found.model(), found.tokenizer());
        }

        private void check(String what, String adapter, Optional<String> recorded, String model, String found) {
            if (recorded.isPresent() && !recorded.get().equals(found)) {
                throw new AdapterException("adapter '" + adapter + "' was made for " + name.orElse("an unnamed model")
                        + " with the " + what + " " + brief(recorded.get()) + ", the model " + model + " has the "
                        + what
                        + " " + brief(found) + "; open the model the adapter was made for");
            }
        }

        private static String brief(String hash) {
            return hash.length() > 12 ? hash.substring(0, 12) : hash;
        }
    }

    /**
     * Computes its effect on a base: which modules it changes is what its settings choose among the base's, and its
     * tensors must be there for exactly these.
     *
     * @param name of the adapter, for messages
     * @throws AdapterException if it does not fit the base: modules or sizes that differ, tensors that are missing or
     *     left over, numbers that are not finite
     */
    public AdapterEffect effect(String name, BaseModules modules) {
        try {
            return EffectReader.read(name, this, modules);
        } catch (IllegalArgumentException e) {
            throw new AdapterException("adapter '" + name + "': " + e.getMessage(), e);
        }
    }
}

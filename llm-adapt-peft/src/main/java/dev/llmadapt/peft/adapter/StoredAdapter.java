package dev.llmadapt.peft.adapter;

import dev.llmadapt.peft.AdapterConfig;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter as PEFT stores it: settings and tensors. Immutable; tensors may be mapped from a file.
 *
 * @param config its settings
 * @param base what it was made for
 * @param tensors by PEFT's keys without the prefix {@code base_model.model.}, such as {@code
 *     model.layers.0.self_attn.q_proj.lora_A.weight}, or {@code prompt_embeddings}; in the order of the file
 */
public record StoredAdapter(AdapterConfig config, Base base, Map<String, WeightTensor> tensors) {
    /**
     * The model an adapter was made for.
     *
     * @param name {@code base_model_name_or_path}
     * @param revision {@code revision}
     * @param fingerprint of the weights; only adapters written here carry it
     * @param tokenizer SHA-256 of the vocabulary, likewise
     */
    public record Base(
            Optional<String> name,
            Optional<String> revision,
            Optional<String> fingerprint,
            Optional<String> tokenizer) {}
}

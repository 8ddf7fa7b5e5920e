package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The tokens that end an answer: those of {@code generation_config.json}, else {@code config.json}, or of a GGUF file,
 * and the tokenizer's own {@code eos_token}. What a model learns to end its answers with is one of them, so that what
 * was trained ends when it is served.
 *
 * @param ids all of them
 * @param learned the one to learn: the tokenizer's, else the first of the settings, if there is any
 */
public record EndTokens(Set<Integer> ids, Optional<Integer> learned) {
    /** Copies the set. */
    public EndTokens {
        ids = Set.copyOf(ids);
    }

    /**
     * The end tokens of a model.
     *
     * @param settings those that its settings name
     * @param vocabularySize how many tokens the model can write
     * @throws CheckpointException if the tokenizer names one that the model cannot write
     */
    public static EndTokens of(Collection<Integer> settings, TokenizerFiles tokenizer, int vocabularySize) {
        Set<Integer> ids = new LinkedHashSet<>(settings);
        Optional<Integer> own = tokenizer.eosId();
        if (own.isPresent()) {
            if (own.get() >= vocabularySize) {
                throw new CheckpointException(
                        "the tokenizer's eos_token '"
                                + tokenizer.eosToken().orElseThrow() + "' has the id " + own.get()
                                + ", the model's vocabulary has " + vocabularySize
                                + " tokens, so no answer could end with it; name one of the vocabulary as eos_token in tokenizer_config.json");
            }
            ids.add(own.get());
        }
        return new EndTokens(ids, own.or(() -> settings.stream().findFirst()));
    }
}

package dev.llmadapt.peft;

/** Where the embeddings of prompt tuning begin, as PEFT's {@code prompt_tuning_init} says. */
public enum PromptInit {
    /** As the embeddings of a text, repeated or cut to length. */
    TEXT,
    /** As those of tokens drawn among the 5,000 with the lowest ids, which are the most common in most vocabularies. */
    SAMPLE_VOCAB,
    /** As random numbers of a normal distribution that is as wide as the embeddings are. */
    RANDOM
}

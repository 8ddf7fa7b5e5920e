package dev.llmadapt;

/** Trained parameters that change a base model without replacing its weights, such as LoRA factors or a soft prompt. */
public interface Adapter {
    /** The name by which requests select it. */
    String name();

    /** The way it changes the base model. */
    Method method();

    /** The number of its trained parameters. */
    long parameterCount();

    /** A method of parameter-efficient fine-tuning, named as in Hugging Face PEFT. */
    enum Method {
        /** Low-rank updates of linear layers (Hu et al. 2021). */
        LORA,
        /** Learned scales of keys, values and feed-forward activations (Liu et al. 2022). */
        IA3,
        /** Learned embeddings before the input (Lester et al. 2021). */
        PROMPT_TUNING,
        /** Learned embeddings before the input, trained through an encoder (Liu et al. 2021). */
        P_TUNING,
        /** Learned keys and values before every layer's own (Li and Liang 2021). */
        PREFIX_TUNING
    }
}

package dev.llmadapt;

/** Trained parameters that change a base model without replacing its weights: LoRA factors, a soft prompt, and their kin. */
public interface Adapter {
    /** The name requests ask for it by. */
    String name();

    /** How it changes the base. */
    Method method();

    /** Its trained parameters. */
    long parameterCount();

    /** The ways of parameter-efficient fine-tuning, named as Hugging Face PEFT names them. */
    enum Method {
        /** Low-rank updates of linear layers (Hu et al. 2021). */
        LORA,
        /** Learned scales of keys, values and feed-forward activations (Liu et al. 2022). */
        IA3,
        /** Learned embeddings before the input (Lester et al. 2021). */
        PROMPT_TUNING,
        /** The same, trained through an encoder (Liu et al. 2021). */
        P_TUNING,
        /** Learned keys and values before every layer's own (Li and Liang 2021). */
        PREFIX_TUNING
    }
}

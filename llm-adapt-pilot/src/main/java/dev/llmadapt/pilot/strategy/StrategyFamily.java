package dev.llmadapt.pilot.strategy;

/** A family of ways to adapt a model, as papers compare them; a layered strategy belongs to its costliest layer's. */
public enum StrategyFamily {
    /** Answers from examples or passages alone, with no model: the floor for all others. */
    BASELINE("baseline"),
    /** A classifier over words or vectors, learned from examples; it writes no text. */
    CLASSIFIER("classifier"),
    /** Instructions and examples in the prompt. */
    PROMPTING("prompting"),
    /** Passages found for each question. */
    RETRIEVAL("retrieval"),
    /** Learned virtual tokens, the weights as they are. */
    PROMPT_TUNING("prompt tuning"),
    /** Learned weights, or updates of them. */
    FINE_TUNING("fine-tuning"),
    /** A strategy that did not come from {@link StrategyCatalog}. */
    OTHER("other");

    private final String title;

    StrategyFamily(String title) {
        this.title = title;
    }

    /** The family's name for people. */
    public String title() {
        return title;
    }
}

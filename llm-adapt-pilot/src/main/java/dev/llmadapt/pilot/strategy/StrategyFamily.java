package dev.llmadapt.pilot.strategy;

/** The kinds of adapting that the field compares; a layering belongs to the costliest kind in it. */
public enum StrategyFamily {
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

    /** Its name for people. */
    public String title() {
        return title;
    }
}

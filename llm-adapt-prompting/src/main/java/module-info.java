/** Prompting: chat templates, roles, chain-of-thought, few-shot examples and label choice, each a strategy. */
module dev.llmadapt.prompting {
    requires transitive dev.llmadapt;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.prompting;
}

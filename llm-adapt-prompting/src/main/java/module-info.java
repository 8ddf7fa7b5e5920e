/** Prompting: chat templates, roles, chain-of-thought, few-shot examples and label choice, each a strategy. */
@SuppressWarnings("module") // the module that chat templates are exported to is compiled after this one
module dev.llmadapt.prompting {
    requires transitive dev.llmadapt;
    requires transitive java.sql; // for conversations in a database
    requires static org.jspecify;
    requires com.google.gson; // read JSON with by the API's StrictJson
    requires org.slf4j;

    exports dev.llmadapt.prompting;
    exports dev.llmadapt.prompting.tool;
    exports dev.llmadapt.prompting.search;
    exports dev.llmadapt.prompting.file;
    exports dev.llmadapt.prompting.memory;
    exports dev.llmadapt.prompting.question;
    exports dev.llmadapt.prompting.template to
            dev.llmadapt.cli,
            dev.llmadapt.local;
}

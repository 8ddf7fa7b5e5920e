/** The pilot: runs strategies over a task, measures and reports; and the command line. */
module dev.llmadapt.pilot {
    requires transitive dev.llmadapt;
    requires dev.llmadapt.prompting;
    requires dev.llmadapt.peft;
    requires dev.llmadapt.rag;
    requires com.google.gson;
    requires info.picocli;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;
    requires org.slf4j;

    exports dev.llmadapt.pilot;
    exports dev.llmadapt.pilot.junit;

    opens dev.llmadapt.pilot to
            info.picocli;
}

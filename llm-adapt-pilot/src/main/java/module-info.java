/** The pilot: runs strategies over a task, measures and reports; and the command line. */
module dev.llmadapt.pilot {
    requires transitive dev.llmadapt;
    requires dev.llmadapt.prompting;
    requires dev.llmadapt.peft;
    requires static org.jspecify;
    requires org.slf4j;
}

/** The command line. It exports nothing: what it does is in the other modules, for programs to use. */
module dev.llmadapt.cli {
    requires dev.llmadapt;
    requires dev.llmadapt.distillation;
    requires dev.llmadapt.prompting;
    requires dev.llmadapt.peft;
    requires dev.llmadapt.rag;
    requires dev.llmadapt.remote;
    requires dev.llmadapt.pilot;
    requires dev.llmadapt.server;
    requires com.google.gson;
    requires info.picocli;
    requires static org.jspecify;
    requires org.slf4j;
    requires org.snakeyaml.engine.v2;

    opens dev.llmadapt.cli to
            info.picocli;
}

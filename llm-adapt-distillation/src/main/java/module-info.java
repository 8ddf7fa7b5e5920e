/** Distillation: a student strategy that learns from the answers of a teacher model. */
module dev.llmadapt.distillation {
    requires transitive dev.llmadapt;
    requires com.google.gson;
    requires static org.jspecify;

    exports dev.llmadapt.distillation;
}

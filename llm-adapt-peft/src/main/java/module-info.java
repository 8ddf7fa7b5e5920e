/**
 * Adapters of Hugging Face PEFT, and their training.
 *
 * <p>Start at {@link dev.llmadapt.peft.PeftAdapter} and {@link dev.llmadapt.peft.Tuning}.
 */
module dev.llmadapt.peft {
    requires transitive dev.llmadapt;
    requires transitive dev.llmadapt.local;
    requires com.google.gson;
    requires jdk.jfr;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.peft;
    exports dev.llmadapt.peft.combine;
    exports dev.llmadapt.peft.data;
    exports dev.llmadapt.peft.folder;
    exports dev.llmadapt.peft.merge;
    exports dev.llmadapt.peft.training;
}

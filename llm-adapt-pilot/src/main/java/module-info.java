/** The pilot: runs strategies over a task, measures, recommends and reports. */
module dev.llmadapt.pilot {
    requires transitive dev.llmadapt;
    requires transitive dev.llmadapt.distillation;
    requires dev.llmadapt.heads;
    requires dev.llmadapt.prompting;
    requires dev.llmadapt.peft;
    requires dev.llmadapt.rag;
    requires com.google.gson;
    requires jdk.management;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;
    requires org.slf4j;

    exports dev.llmadapt.pilot;
    exports dev.llmadapt.pilot.comparison;
    exports dev.llmadapt.pilot.judging;
    exports dev.llmadapt.pilot.junit;
    exports dev.llmadapt.pilot.results;
    exports dev.llmadapt.pilot.recommendation;
    exports dev.llmadapt.pilot.report;
    exports dev.llmadapt.pilot.rows;
    exports dev.llmadapt.pilot.saved;
    exports dev.llmadapt.pilot.statistics;
    exports dev.llmadapt.pilot.strategy;
    exports dev.llmadapt.pilot.task;
}

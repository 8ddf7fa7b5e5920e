/** Metrics of models in Micrometer, by OpenTelemetry's names for generative AI. */
module dev.llmadapt.micrometer {
    requires transitive dev.llmadapt;
    requires transitive micrometer.core;
    requires static dev.llmadapt.local;
    requires static org.jspecify;

    exports dev.llmadapt.micrometer;
}

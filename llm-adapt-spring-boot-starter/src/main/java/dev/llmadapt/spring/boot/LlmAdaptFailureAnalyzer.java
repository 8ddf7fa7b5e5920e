package dev.llmadapt.spring.boot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what is wrong with a property in place of a stack trace. */
final class LlmAdaptFailureAnalyzer extends AbstractFailureAnalyzer<LlmAdaptPropertyException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LlmAdaptPropertyException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }
}

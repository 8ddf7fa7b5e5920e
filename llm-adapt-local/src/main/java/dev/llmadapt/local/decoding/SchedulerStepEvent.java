package dev.llmadapt.local.decoding;

import java.util.List;
import java.util.Map;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A turn of the scheduler, as the Flight Recorder has it; off unless a recording asks for it, since they are many. */
@Name("dev.llmadapt.SchedulerStep")
@Label("Scheduler Step")
@Category("llm-adapt")
@Description("A run of the engine for all answers under way: a piece of a prompt, and a token of each")
@Enabled(false)
@StackTrace(false)
final class SchedulerStepEvent extends Event {
    @Label("Batch Size")
    int batchSize;

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Completion Tokens")
    int completionTokens;

    /** Fills in and commits this, if it is recorded. */
    void record(int answers, int read, Map<Sequence, List<Sequence.Step>> steps) {
        if (shouldCommit()) {
            batchSize = answers;
            promptTokens = read;
            completionTokens = (int) steps.values().stream()
                    .flatMap(List::stream)
                    .filter(step -> step.id() >= 0)
                    .count();
            commit();
        }
    }
}

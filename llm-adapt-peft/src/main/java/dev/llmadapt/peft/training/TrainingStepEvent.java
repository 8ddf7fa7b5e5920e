package dev.llmadapt.peft.training;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A step of training, as the Flight Recorder has it. */
@Name("dev.llmadapt.TrainingStep")
@Label("Training Step")
@Category("llm-adapt")
@Description("A step of training, without measuring")
@StackTrace(false)
final class TrainingStepEvent extends Event {
    @Label("Step")
    int step;

    @Label("Loss")
    double loss;

    @Label("Tokens")
    int tokens;

    /** Ends and commits this, if it is recorded. */
    void record(int number, double lossOfStep, int read) {
        end();
        if (shouldCommit()) {
            step = number;
            loss = lossOfStep;
            tokens = read;
            commit();
        }
    }
}

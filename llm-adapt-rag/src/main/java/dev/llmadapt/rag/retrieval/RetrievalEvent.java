package dev.llmadapt.rag.retrieval;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A search for passages, as the Flight Recorder has it. */
@Name("dev.llmadapt.Retrieval")
@Label("Retrieval")
@Category("llm-adapt")
@Description("A search for passages")
@StackTrace(false)
final class RetrievalEvent extends Event {
    @Label("Retriever")
    String retriever = "";

    @Label("Results")
    int results;

    @Label("Error Type")
    String errorType = "";

    /** Ends and commits this, if it is recorded. */
    void record(String name, int found, String error) {
        end();
        if (shouldCommit()) {
            retriever = name;
            results = found;
            errorType = error;
            commit();
        }
    }
}

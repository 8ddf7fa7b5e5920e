package dev.llmadapt.local;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An adapter that was loaded into an open model, as the Flight Recorder has it. */
@Name("dev.llmadapt.AdapterLoad")
@Label("Adapter Load")
@Category("llm-adapt")
@Description("An adapter that was loaded into an open model, of a pool or directly")
@StackTrace(false)
final class AdapterLoadEvent extends Event {
    @Label("Adapter")
    String adapter = "";

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Success")
    boolean success;

    /** Ends and commits this, if it is recorded. */
    void record(String name, long size, boolean loaded) {
        end();
        if (shouldCommit()) {
            adapter = name;
            bytes = size;
            success = loaded;
            commit();
        }
    }
}

package dev.llmadapt.observation;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A request to a model, from the call to its end, as the Flight Recorder has it. */
@Name("dev.llmadapt.Request")
@Label("Request")
@Category("llm-adapt")
@Description("A request to a model, from the call to its end")
@StackTrace(false)
final class RequestEvent extends Event {
    @Label("Operation")
    String operation = "";

    @Label("Provider")
    String provider = "";

    @Label("Model")
    String model = "";

    @Label("Adapters")
    String adapters = "";

    @Label("Priority")
    int priority;

    @Label("Outcome")
    String outcome = "";

    @Label("Finish Reason")
    String finishReason = "";

    @Label("Error Type")
    String errorType = "";

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Cached Prompt Tokens")
    int cachedPromptTokens;

    @Label("Completion Tokens")
    int completionTokens;

    @Label("Queue Time")
    @Description("0 where it never began, or nobody knows")
    @Timespan(Timespan.NANOSECONDS)
    long queueTime;

    @Label("Time to First Token")
    @Description("0 where there is none")
    @Timespan(Timespan.NANOSECONDS)
    long timeToFirstToken;
}

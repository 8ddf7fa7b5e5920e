package dev.llmadapt.prompting.tool;

import dev.llmadapt.ToolCall;
import java.util.List;

/**
 * The tool calls that were read from an answer.
 *
 * @param text what stands before them; the whole answer if there are none
 * @param calls the calls that are whole, in their order; their ids are empty unless the model wrote some
 * @param rest what begins like a call but is not a whole one, and all after it; empty if everything was read
 */
public record ParsedCalls(String text, List<ToolCall> calls, String rest) {
    /** Copies the calls. */
    public ParsedCalls {
        calls = List.copyOf(calls);
    }
}

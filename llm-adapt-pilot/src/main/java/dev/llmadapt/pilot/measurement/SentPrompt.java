package dev.llmadapt.pilot.measurement;

import dev.llmadapt.Message;
import java.util.List;

/**
 * What the base model was sent.
 *
 * @param example the test example's id
 * @param messages the conversation, every layer applied
 */
public record SentPrompt(String example, List<Message> messages) {
    /** Copies. */
    public SentPrompt {
        messages = List.copyOf(messages);
    }
}

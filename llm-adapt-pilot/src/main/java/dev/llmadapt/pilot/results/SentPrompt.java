package dev.llmadapt.pilot.results;

import dev.llmadapt.Message;
import java.util.List;

/**
 * A prompt as the base model was sent it.
 *
 * @param example the test example's id
 * @param messages the conversation, every layer applied
 */
public record SentPrompt(String example, List<Message> messages) {
    /** Copies the messages. */
    public SentPrompt {
        messages = List.copyOf(messages);
    }
}

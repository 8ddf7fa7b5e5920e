package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.ArrayList;
import java.util.List;

/** The turns of a conversation that layers change. */
final class Turns {
    private Turns() {}

    /** The request with a paragraph at the beginning of its system message; unchanged if the text is blank. */
    static Request withSystemText(Request request, String text) {
        if (text.isBlank()) {
            return request;
        }
        List<Message> messages = new ArrayList<>(request.messages());
        if (messages.get(0).role() == Role.SYSTEM) {
            messages.set(0, Message.system(text + "\n\n" + messages.get(0).content()));
        } else {
            messages.add(0, Message.system(text));
        }
        return request.withMessages(messages);
    }

    /** The index of the question: of the last user message. */
    static int question(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return i;
            }
        }
        throw new IllegalArgumentException("the request needs a user message, got only "
                + messages.stream().map(message -> message.role().key()).toList());
    }
}

package dev.llmadapt.rag;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes of a conversation the text to look for: "And in Spain?" finds nothing without what was asked before.
 * Thread-safe.
 */
@FunctionalInterface
public interface QueryRewriter {
    /**
     * What to look for.
     *
     * @param conversation messages of users and assistants, the oldest first, a user's at the end
     */
    String rewrite(List<Message> conversation);

    /** The last question as it is. */
    static QueryRewriter none() {
        return conversation -> conversation.get(conversation.size() - 1).content();
    }

    /**
     * The last questions, one after the other: no model needed, and the words that are missing in the last are there.
     *
     * @param questions how many, at least 1
     */
    static QueryRewriter recent(int questions) {
        if (questions < 1) {
            throw new IllegalArgumentException("questions must be at least 1, questions: " + questions);
        }
        return conversation -> {
            List<String> asked = conversation.stream()
                    .filter(message -> message.role() == Role.USER)
                    .map(Message::content)
                    .toList();
            return String.join("\n", asked.subList(Math.max(0, asked.size() - questions), asked.size()));
        };
    }

    /**
     * A question that stands for itself, written by a model, greedily; the last question as it is where it is the
     * first, or where the model writes nothing of use. The model reads the conversation, never a passage.
     *
     * @param model stays open, stays the caller's
     */
    static QueryRewriter byModel(Model model) {
        return conversation -> {
            String last = conversation.get(conversation.size() - 1).content();
            if (conversation.stream().noneMatch(message -> message.role() == Role.ASSISTANT)) {
                return last;
            }
            String before = conversation.subList(0, conversation.size() - 1).stream()
                    .filter(message -> message.role() == Role.USER || message.role() == Role.ASSISTANT)
                    .map(message -> (message.role() == Role.USER ? "User: " : "Assistant: ") + message.content())
                    .collect(Collectors.joining("\n"));
            List<Message> messages = new ArrayList<>();
            messages.add(Message.system("You rewrite search queries."));
            messages.add(Message.user("""
                    Rewrite the last question so that it can be understood without the conversation. Keep its \
                    language. Write the question and nothing else.

                    Conversation:
                    %s

                    Last question: %s""".formatted(before, last)));
            String written = model.generate(Request.of(messages.toArray(Message[]::new))
                            .withOptions(GenerationOptions.defaults().withMaxTokens(80)))
                    .text()
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("");
            return written.isEmpty() || written.length() > 500 ? last : written;
        };
    }
}

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
 * A rewriter of conversations into search queries: "And in Spain?" finds nothing without the question before it.
 * Thread-safe.
 */
@FunctionalInterface
public interface QueryRewriter {
    /**
     * Returns the query for the last question of a conversation.
     *
     * @param conversation the messages of users and assistants, the oldest first and a user's last
     */
    String rewrite(List<Message> conversation);

    /** A rewriter that returns the last question unchanged. */
    static QueryRewriter none() {
        return conversation -> conversation.get(conversation.size() - 1).content();
    }

    /**
     * A rewriter that joins the last questions. It needs no model, and the joined questions contain the words that the
     * last one lacks.
     *
     * @param questions the number of questions, at least 1
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
     * A rewriter that lets a model write a question that can be understood without the conversation. It returns the
     * last question unchanged if it is the first, or if the model writes nothing useful. The model decodes greedily and
     * reads the conversation, never a passage.
     *
     * @param model the model that writes the question; the caller closes it
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

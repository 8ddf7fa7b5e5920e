package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Options with a letter each, as a prompt shows them (Robinson et al. 2023).
 *
 * @param options the options in the order of their letters, at most {@link #MOST}
 * @param others texts that are answers, too, but no options of this prompt
 */
record LetteredOptions(List<String> options, Set<String> others) {
    /** The number of letters. */
    static final int MOST = 26;

    private static final String ASKED = "Answer with the letter of the right option alone.";

    /** Copies both, and refuses more options than letters. */
    LetteredOptions {
        options = List.copyOf(options);
        others = Set.copyOf(others);
        if (options.isEmpty() || options.size() > MOST) {
            throw new IllegalArgumentException("options must be 1 to " + MOST + ", options: " + options.size());
        }
    }

    /** The letters of the options, as a model is expected to write them. */
    List<String> letters() {
        List<String> letters = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            letters.add(letter(i));
        }
        return letters;
    }

    private static String letter(int option) {
        return Character.toString('A' + option);
    }

    /**
     * The request with the options, whose earlier answers are letters: an answer that is an option becomes its letter,
     * and one that is no option here is left out with its question. What else the model said stays.
     */
    Request listedIn(Request request) {
        int question = request.question();
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < request.messages().size(); i++) {
            Message message = request.messages().get(i);
            if (message.role() != Role.ASSISTANT || i > question) {
                messages.add(message);
                continue;
            }
            String answer = message.content().strip();
            int option = options.indexOf(answer);
            if (option >= 0) {
                messages.add(Message.assistant(letter(option)));
            } else if (others.contains(answer)) {
                if (!messages.isEmpty() && messages.get(messages.size() - 1).role() == Role.USER) {
                    messages.remove(messages.size() - 1);
                }
            } else {
                messages.add(message);
            }
        }
        return placed(request.withMessages(messages));
    }

    /** The request with the options at the end of its system message, which all questions share. */
    private Request placed(Request request) {
        List<Message> messages = new ArrayList<>(request.messages());
        if (messages.get(0).role() == Role.SYSTEM) {
            messages.set(0, Message.system(messages.get(0).content() + "\n\n" + listed()));
        } else {
            messages.add(0, Message.system(listed()));
        }
        return request.withMessages(messages);
    }

    private String listed() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < options.size(); i++) {
            text.append(letter(i)).append(". ").append(options.get(i)).append('\n');
        }
        return text + ASKED;
    }
}

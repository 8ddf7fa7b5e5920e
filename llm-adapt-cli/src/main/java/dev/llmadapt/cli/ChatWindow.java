package dev.llmadapt.cli;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.prompting.memory.Conversation;
import dev.llmadapt.prompting.memory.MemoryPolicy;
import dev.llmadapt.prompting.memory.TokenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The turns of a chat that fit into a model's context, with what is said next and room for its answer: the latest ones.
 * When they fill it, a quarter more is left out, so that the next turns need not be read anew each time.
 *
 * @param tokens counts as the model reads
 * @param context the tokens of its context
 */
record ChatWindow(TokenCounter tokens, int context) {
    /**
     * Leaves out the oldest turns if a local model's context is full; others refuse by themselves.
     *
     * @param history the chat so far, which is changed
     * @param next what is said next
     * @param answer the most tokens of the answer
     * @return how many messages are left out
     */
    static int shorten(Model model, List<Message> history, String next, int answer) {
        return model.unwrap(LocalModel.class)
                .map(local -> new ChatWindow(
                                messages -> local.promptTokens(
                                                model.prepare(Request.of(messages.toArray(Message[]::new))))
                                        .length,
                                model.info().contextLength())
                        .shorten(history, next, answer))
                .orElse(0);
    }

    int shorten(List<Message> history, String next, int answer) {
        boolean instructed = !history.isEmpty() && history.get(0).role() == Role.SYSTEM;
        List<Message> turns = new ArrayList<>(history.subList(instructed ? 1 : 0, history.size()));
        turns.add(Message.user(next));
        Conversation all = new Conversation(instructed ? history.get(0).content() : "", "", turns, 0, Instant.EPOCH);
        int most = context - Math.min(answer, context / 2);
        if (history.size() < 2 || tokens.count(all.shown()) <= most) {
            return 0;
        }
        List<Message> kept;
        try {
            kept = MemoryPolicy.window(tokens, most * 3 / 4).fit(all).messages();
        } catch (IllegalArgumentException e) {
            // what is said next is long: the model tells whether it is too long
            kept = turns.subList(turns.size() - 1, turns.size());
        }
        int before = history.size();
        List<Message> shorter = new ArrayList<>(history.subList(0, instructed ? 1 : 0));
        shorter.addAll(kept.subList(0, kept.size() - 1));
        history.clear();
        history.addAll(shorter);
        return before - history.size();
    }
}

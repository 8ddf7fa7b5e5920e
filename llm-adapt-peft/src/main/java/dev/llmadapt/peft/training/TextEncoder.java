package dev.llmadapt.peft.training;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * From a conversation that ends with an answer to a text to learn from: exactly the tokens that a model is asked with.
 */
public final class TextEncoder {
    private final Function<Request, int[]> prompts;
    private final Function<String, int[]> answers;
    private final Function<Request, int[]> conversations;
    private final int end;
    private final int most;
    private final LossOn lossOn;

    /**
     * An encoder.
     *
     * @param prompts the tokens of a conversation up to where its next answer begins
     * @param answers the tokens of an answer that is text
     * @param conversations the tokens of a whole conversation, for answers that call tools
     * @param end the token that ends an answer
     * @param most tokens of a text; longer ones lose the beginning of their prompt
     * @param lossOn the tokens of a text that are learned
     */
    public TextEncoder(
            Function<Request, int[]> prompts,
            Function<String, int[]> answers,
            Function<Request, int[]> conversations,
            int end,
            int most,
            LossOn lossOn) {
        this.prompts = prompts;
        this.answers = answers;
        this.conversations = conversations;
        this.end = end;
        this.most = most;
        this.lossOn = lossOn;
    }

    /**
     * The tokens of a conversation, and which of them are learned; those of an answer and of its end.
     *
     * @param request the conversation before its last answer
     * @param earlier which of the request's messages are answers to learn too, by their positions, where
     *     {@link LossOn#ASSISTANT} is learned
     * @param answer the last answer
     * @throws TrainingException if the answer alone is longer than a text may be, or the template cannot mark answers
     */
    public TrainingText encode(Request request, IntPredicate earlier, Message answer) {
        int[] prompt = prompts.apply(request);
        boolean[] before = new boolean[prompt.length];
        if (lossOn == LossOn.ALL) {
            Arrays.fill(before, true);
        } else if (lossOn == LossOn.ASSISTANT) {
            markAnswers(request, earlier, prompt, before);
        }
        int[] last = answerTokens(request, prompt, answer);
        int length = prompt.length + last.length + 1;
        int cut = Math.max(0, length - most);
        if (cut >= prompt.length) {
            throw new TrainingException(
                    "the answer has " + last.length + " tokens, a text may have " + most
                            + " with its prompt: maxLength, or what the model's context holds; raise maxLength if that is less");
        }
        int[] ids = new int[length - cut];
        boolean[] learned = new boolean[ids.length];
        int from = prompt.length - cut;
        System.arraycopy(prompt, cut, ids, 0, from);
        System.arraycopy(before, cut, learned, 0, from);
        System.arraycopy(last, 0, ids, from, last.length);
        ids[ids.length - 1] = end;
        Arrays.fill(learned, from, ids.length, true);
        learned[0] = false;
        return new TrainingText(ids, learned);
    }

    /**
     * The tokens of an answer without its end. Calls of tools are those that the chat template writes.
     *
     * @param prompt the tokens of the request
     */
    private int[] answerTokens(Request request, int[] prompt, Message answer) {
        if (answer.toolCalls().isEmpty()) {
            return answers.apply(answer.content());
        }
        int[] whole = conversations.apply(request.plus(answer));
        int to = prompt.length;
        while (to < whole.length && whole[to] != end) {
            to++;
        }
        boolean goesOn = to < whole.length && Arrays.equals(prompt, 0, prompt.length, whole, 0, prompt.length);
        if (!goesOn || to == prompt.length) {
            throw new TrainingException("the chat template writes a message with calls of tools otherwise than it is"
                    + " asked for, or does not end it, so the calls cannot be learned");
        }
        return Arrays.copyOfRange(whole, prompt.length, to);
    }

    /**
     * Marks what the assistant said before; the prompt must begin with each of these conversations and their answers.
     */
    private void markAnswers(Request request, IntPredicate earlier, int[] prompt, boolean[] learned) {
        List<Message> messages = request.messages();
        for (int i = 1; i < messages.size(); i++) {
            if (messages.get(i).role() != Role.ASSISTANT || !earlier.test(i)) {
                continue;
            }
            Request asked = request.withMessages(messages.subList(0, i));
            int[] before = prompts.apply(asked);
            int[] answer = answerTokens(asked, before, messages.get(i));
            int from = before.length;
            int to = from + answer.length;
            boolean there = to < prompt.length
                    && Arrays.equals(before, 0, from, prompt, 0, from)
                    && Arrays.equals(answer, 0, answer.length, prompt, from, to);
            if (!there) {
                throw new TrainingException("the chat template writes the answer in message " + i
                        + " otherwise than it is asked for, so it cannot be learned; learn COMPLETION instead");
            }
            Arrays.fill(learned, from, prompt[to] == end ? to + 1 : to, true);
        }
    }
}

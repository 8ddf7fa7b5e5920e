package dev.llmadapt.prompting.examples;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Solved examples before a question. */
public final class Shots {
    private Shots() {}

    /** The request with examples as user and assistant turns before its question. */
    public static Request before(Request request, List<Example> examples) {
        List<Message> messages = new ArrayList<>(request.messages());
        List<Message> shots = new ArrayList<>();
        for (Example example : examples) {
            shots.add(Message.user(example.input()));
            shots.add(Message.assistant(example.output()));
        }
        messages.addAll(request.question(), shots);
        return request.withMessages(messages);
    }

    /**
     * Whether a question is that of the example, but for white space: alone, or at the end of a message to which a
     * layer outside has added something before it, such as retrieved passages.
     */
    public static boolean asks(String question, Example example) {
        String asked = question.strip();
        String input = example.input().strip();
        return asked.equals(input) || (!input.isEmpty() && asked.endsWith("\n" + input));
    }

    /**
     * All examples of a task in an order in which the labels take turns, drawn anew each round: any number of the first
     * is balanced over the labels as far as possible.
     */
    public static List<Example> takingTurns(Task task, Random random) {
        boolean labelled = !task.labels().isEmpty();
        Map<String, List<Example>> byLabel = new LinkedHashMap<>();
        for (Example example : task.examples()) {
            byLabel.computeIfAbsent(labelled ? example.output() : "", label -> new ArrayList<>())
                    .add(example);
        }
        List<Deque<Example>> queues = new ArrayList<>();
        for (List<Example> examples : byLabel.values()) {
            Collections.shuffle(examples, random);
            queues.add(new ArrayDeque<>(examples));
        }
        List<Example> line = new ArrayList<>();
        while (line.size() < task.examples().size()) {
            Collections.shuffle(queues, random);
            for (Deque<Example> queue : queues) {
                if (!queue.isEmpty()) {
                    line.add(queue.remove());
                }
            }
        }
        return line;
    }
}

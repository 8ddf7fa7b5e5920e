package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.distillation.DistillationReport.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** One walk over the inputs: which are asked, what becomes of the answers, and the counts of all that. */
final class Labelling {
    private final Task task;
    private final DistillationOptions options;
    private final Set<String> heldOut;
    private final Asking asking;
    private final Judging judging;
    private final Map<String, String> known = new HashMap<>();
    private final Map<Reason, Integer> dropped = new EnumMap<>(Reason.class);
    private final Map<String, Integer> labels = new LinkedHashMap<>();
    private final List<Example> kept = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private int overlap;
    private double overlapScore;

    /**
     * A walk that has not begun.
     *
     * @param heldOut texts that must not be learned, stripped
     */
    Labelling(Task task, DistillationOptions options, Set<String> heldOut, Asking asking) {
        this.task = task;
        this.options = options;
        this.heldOut = heldOut;
        this.asking = asking;
        this.judging = new Judging(task, options);
        task.examples().forEach(example -> known.putIfAbsent(example.input().strip(), example.output()));
        task.labels().forEach(label -> labels.put(label, 0));
    }

    /** An input by its place among those given, from 1. */
    private record Input(int place, String text) {}

    Distilled run(List<String> inputs, Progress progress) {
        List<Input> asked = chosen(inputs);
        for (int from = 0; from < asked.size(); from += options.batchSize()) {
            progress.report("ask", from, asked.size());
            List<Input> batch = asked.subList(from, Math.min(asked.size(), from + options.batchSize()));
            List<Asking.Asked> answers;
            try {
                answers = asking.ask(batch.stream().map(Input::text).toList());
            } catch (CancellationException e) {
                throw new CancellationException(
                        "asking the teacher was interrupted after " + from + " of " + asked.size() + " inputs");
            }
            for (int i = 0; i < batch.size(); i++) {
                take(batch.get(i), judging.judge(answers.get(i)));
            }
        }
        progress.report("ask", asked.size(), asked.size());
        List<Example> own = options.ownExamples() ? task.examples() : List.of();
        List<Example> all = new ArrayList<>(own);
        all.addAll(kept);
        List<Decision> learned = new ArrayList<>();
        if (options.probabilities()) {
            own.forEach(example -> learned.add(Decision.certain(task.labels(), example.output())));
            learned.addAll(decisions);
        }
        return new Distilled(task.withExamples(all), learned, report(inputs.size(), own.size()));
    }

    /** The inputs to ask: each text once. */
    private List<Input> chosen(List<String> inputs) {
        List<Input> chosen = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < inputs.size(); i++) {
            String text = inputs.get(i).strip();
            if (text.isEmpty()) {
                drop(Reason.EMPTY);
            } else if (!seen.add(text)) {
                drop(Reason.DUPLICATE);
            } else if (heldOut.contains(text)) {
                drop(Reason.HELD_OUT);
            } else if (chosen.size() == options.maxInputs()) {
                drop(Reason.BEYOND_LIMIT);
            } else {
                chosen.add(new Input(i + 1, inputs.get(i)));
            }
        }
        return chosen;
    }

    private void drop(Reason reason) {
        dropped.merge(reason, 1, Integer::sum);
    }

    private void take(Input input, Judging.Verdict verdict) {
        if (verdict.dropped().isPresent()) {
            drop(verdict.dropped().get());
            return;
        }
        String expected = known.get(input.text().strip());
        if (expected != null) {
            overlap++;
            overlapScore += judging.score(expected, verdict.text());
            if (options.ownExamples()) {
                drop(Reason.KNOWN);
                return;
            }
        }
        kept.add(new Example("teacher:" + input.place(), input.text(), verdict.text()));
        if (options.probabilities()) {
            decisions.add(verdict.decision().orElseThrow());
        }
        labels.computeIfPresent(verdict.text(), (label, count) -> count + 1);
    }

    private DistillationReport report(int inputs, int own) {
        Map<String, Integer> sorted = new LinkedHashMap<>();
        labels.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return new DistillationReport(
                inputs,
                kept.size(),
                own,
                dropped,
                sorted,
                asking.spent(),
                asking.reused(),
                overlap,
                overlap == 0 ? 0 : overlapScore / overlap,
                asking.errors());
    }
}

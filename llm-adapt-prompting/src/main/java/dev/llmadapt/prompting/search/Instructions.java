package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Instructions that the proposing model writes. For one thread. */
final class Instructions {
    private static final int SHOWN = 4;
    private static final int FAILURES = 4;

    private final Judging judging;
    private final Task task;
    private final SearchOptions options;
    private final List<Example> shown;

    /**
     * The instructions of a search.
     *
     * @param shown examples that the proposing model may read with their answers
     */
    Instructions(Judging judging, List<Example> shown) {
        this.judging = judging;
        this.task = judging.task;
        this.options = judging.options;
        this.shown = shown;
    }

    /** Tries instructions from a summary of the data, each with the demonstrations of the best candidate. */
    void propose() throws Ledger.Spent {
        if (options.proposals() == 0) {
            return;
        }
        String summary = written(Proposals.summary(task, some(), options.seed()));
        for (int i = 0; i < options.proposals(); i++) {
            Request request = Proposals.instruction(task, summary.strip(), some(), i, options.seed() + i);
            String instruction = Proposals.read(written(request));
            if (!instruction.isEmpty()) {
                Candidate best = judging.best();
                judging.challenge(new Prompt(instruction, best.prompt.demonstrations()), Origin.PROPOSED, best);
            }
        }
    }

    private String written(Request request) throws Ledger.Spent {
        return judging.scoring.proposal(request, judging.ledger);
    }

    private List<Example> some() {
        List<Example> some = new ArrayList<>(shown);
        Collections.shuffle(some, judging.random);
        return List.copyOf(some.subList(0, Math.min(SHOWN, some.size())));
    }

    /**
     * The prompt of a candidate with an instruction that is written after reading failures, the worst of half of the
     * validation examples that it has answered; empty where there are none, or nothing was written.
     */
    Optional<Prompt> reflected(Candidate parent) throws Ledger.Spent {
        List<Integer> scored = parent.scored();
        Gains gains = parent.on(scored);
        int[] gold = judging.gold(scored.stream().map(judging.validation::get).toList());
        List<Integer> half =
                new ArrayList<>(IntStream.range(0, gold.length).boxed().toList());
        Collections.shuffle(half, judging.random);
        List<Integer> worst = half.subList(0, Math.max(1, half.size() / 2)).stream()
                .sorted(Comparator.comparingDouble(i -> gains.values()[i]))
                .limit(FAILURES)
                .toList();
        List<Proposals.Failure> failures = new ArrayList<>();
        for (int i : worst) {
            Example example = judging.validation.get(scored.get(i));
            if (gold[i] < 0) {
                String answer = judging.scoring.answer(parent.prompt, example, judging.ledger);
                failures.add(new Proposals.Failure(example, answer));
            } else if (gains.answered()[i] != gold[i]) {
                failures.add(new Proposals.Failure(example, task.labels().get(gains.answered()[i])));
            }
        }
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        long seed = options.seed() + judging.candidates().size();
        Request request = Proposals.reflection(task, parent.prompt.instruction(), failures, seed);
        String instruction = Proposals.read(written(request));
        return instruction.isEmpty()
                ? Optional.empty()
                : Optional.of(new Prompt(instruction, parent.prompt.demonstrations()));
    }
}

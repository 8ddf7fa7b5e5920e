package dev.llmadapt.prompting;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Usage;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The score that a prompt gives each choice whatever is asked, which {@link LabelChoice.Calibration} subtracts.
 * Thread-safe.
 */
@FunctionalInterface
interface LabelPrior {
    /** Computes one normalised score per choice, in their order, and the tokens read for them. */
    Learned of(Request request, List<String> choices);

    /** The prior of {@link LabelChoice.Calibration#NONE}: zeros. */
    static LabelPrior none() {
        return (request, choices) -> new Learned(Collections.nCopies(choices.size(), 0.0), Usage.NONE);
    }

    /** The prior of {@link LabelChoice.Calibration#CONTENT_FREE}. */
    static LabelPrior contentFree(Model model, Normalization normalization) {
        return new ContentFree(model, normalization);
    }

    /** The prior of {@link LabelChoice.Calibration#BATCH}, learned from the inputs of examples. */
    static LabelPrior batch(ScoredExamples inputs) {
        List<String> labels = inputs.task().labels();
        List<List<Double>> logShares = inputs.scores().stream() // (inputs, labels)
                .map(scores -> {
                    double all = logSumExp(scores);
                    return scores.stream().map(score -> score - all).toList();
                })
                .toList();
        List<Double> prior = IntStream.range(0, labels.size())
                .mapToObj(label -> logSumExp(logShares.stream()
                                .map(shares -> shares.get(label))
                                .toList())
                        - Math.log(logShares.size()))
                .toList();
        return (request, choices) -> {
            if (!choices.equals(labels) || !request.adapters().isEmpty()) {
                throw new IllegalArgumentException("batch calibration was learned for the choices " + labels
                        + " without adapters, got " + choices + " with adapters " + request.adapters()
                        + "; adapt to a task with these labels, or choose another calibration");
            }
            return new Learned(prior, Usage.NONE);
        };
    }

    /** Computes {@code ln sum exp(values)} without overflow. */
    private static double logSumExp(List<Double> values) {
        double highest = Collections.max(values);
        return highest
                + Math.log(values.stream()
                        .mapToDouble(value -> Math.exp(value - highest))
                        .sum());
    }

    /** Computes one normalised score per continuation. */
    static List<Double> normalized(Scores scores, Normalization normalization) {
        return scores.entries().stream().map(normalization::score).toList();
    }

    /**
     * The scores of a prior.
     *
     * @param scores one per choice
     * @param usage the tokens read for this call, none if the scores were known
     */
    record Learned(List<Double> scores, Usage usage) {}

    /** A prior that scores the choices with "N/A" as the question, and keeps the scores of the latest contexts. */
    final class ContentFree implements LabelPrior {
        private static final String INPUT = "N/A";
        private static final int REMEMBERED = 64;

        private final Model model;
        private final Normalization normalization;
        private final Map<Request, List<Double>> known = new LinkedHashMap<>(16, 0.75f, true);

        ContentFree(Model model, Normalization normalization) {
            this.model = model;
            this.normalization = normalization;
        }

        @Override
        public Learned of(Request request, List<String> choices) {
            Request empty = emptied(request);
            synchronized (known) {
                List<Double> scores = known.get(empty);
                if (scores != null) {
                    return new Learned(scores, Usage.NONE);
                }
            }
            // Outside the lock: another thread may compute the same scores meanwhile, which is wasteful but right.
            Scores found = model.score(empty, choices);
            List<Double> scores = normalized(found, normalization);
            synchronized (known) {
                known.put(empty, scores);
                if (known.size() > REMEMBERED) {
                    known.remove(known.keySet().iterator().next());
                }
            }
            return new Learned(scores, found.usage());
        }

        /** The request with "N/A" as its question, and with default options, which do not matter here. */
        private static Request emptied(Request request) {
            List<Message> messages = new ArrayList<>(request.messages());
            messages.set(request.question(), Message.user(INPUT));
            return request.withMessages(messages).withOptions(GenerationOptions.defaults());
        }
    }
}

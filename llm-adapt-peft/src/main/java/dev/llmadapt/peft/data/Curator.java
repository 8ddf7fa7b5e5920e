package dev.llmadapt.peft.data;

import dev.llmadapt.Message;
import dev.llmadapt.ToolCall;
import dev.llmadapt.peft.data.Curation.LengthLimit;
import dev.llmadapt.peft.data.Curation.PersonalDataRule;
import dev.llmadapt.peft.data.CurationReport.Reason;
import dev.llmadapt.text.BrokenRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Carries a {@link Curation} out, step after step over what the step before left. */
public final class Curator {
    private final Curation curation;
    private final PersonalDataFinder finder;
    private final Map<Reason, Tally> dropped = new EnumMap<>(Reason.class);
    private final Map<PersonalData, Tally> personal = new EnumMap<>(PersonalData.class);
    private final Map<PersonalData, Long> occurrences = new EnumMap<>(PersonalData.class);

    private Curator(Curation curation) {
        this.curation = curation;
        this.finder = new PersonalDataFinder(curation.kinds());
        for (Reason reason : Reason.values()) {
            dropped.put(reason, new Tally());
        }
        if (curation.personalData() != PersonalDataRule.OFF) {
            curation.kinds().forEach(kind -> personal.put(kind, new Tally()));
        }
    }

    /** Counts examples and keeps the first. */
    private static final class Tally {
        private int count;
        private final List<CurationReport.Case> first = new ArrayList<>();

        void add(TrainingExample example, String detail) {
            if (count++ < CurationReport.MAX_CASES) {
                first.add(new CurationReport.Case(example.id(), example.line(), detail));
            }
        }

        CurationReport.Cases cases() {
            return new CurationReport.Cases(count, first);
        }
    }

    /** Curates, as {@link Curation#apply} says. */
    public static Curation.Curated curate(Curation curation, TrainingData data, List<TrainingData> heldOut) {
        return new Curator(curation).curate(data, heldOut);
    }

    private Curation.Curated curate(TrainingData data, List<TrainingData> heldOut) {
        List<TrainingExample> read = new ArrayList<>(data.examples().size());
        for (TrainingExample example : data.examples()) {
            read.add(withoutPersonalData(example, true));
        }
        List<TrainingExample> kept = withinLength(learnable(read));
        kept = notLeaked(kept, heldOut);
        kept = distinct(kept);
        kept = notNearlyTwice(kept);
        kept = balanced(kept);
        return new Curation.Curated(data.withExamples(kept), report(data, read, kept));
    }

    private TrainingExample withoutPersonalData(TrainingExample example, boolean counted) {
        if (curation.personalData() == PersonalDataRule.OFF) {
            return example;
        }
        Map<PersonalData, Integer> counts = new EnumMap<>(PersonalData.class);
        List<Message> masked = new ArrayList<>();
        for (Message message : example.messages()) {
            Message other = message.withContent(masked(message.content(), counts));
            List<ToolCall> calls = new ArrayList<>();
            for (ToolCall call : message.toolCalls()) {
                calls.add(masked(example, call, counts));
            }
            masked.add(calls.isEmpty() ? other : Message.assistant(other.content(), calls));
        }
        if (counted) {
            counts.forEach((kind, count) -> {
                occurrences.merge(kind, (long) count, Long::sum);
                personal.computeIfAbsent(kind, k -> new Tally())
                        .add(example, count + (count == 1 ? " time" : " times"));
            });
        }
        return counts.isEmpty() || curation.personalData() == PersonalDataRule.FLAG
                ? example
                : new TrainingExample(example.id(), masked, example.supervised(), example.line(), example.tools());
    }

    private String masked(String text, Map<PersonalData, Integer> counts) {
        List<PersonalDataFinder.Span> spans = finder.find(text);
        spans.forEach(span -> counts.merge(span.kind(), 1, Integer::sum));
        return PersonalDataFinder.mask(text, spans);
    }

    /** A call whose arguments are masked; a number among them cannot be. */
    private ToolCall masked(TrainingExample example, ToolCall call, Map<PersonalData, Integer> counts) {
        String arguments = masked(call.arguments(), counts);
        if (curation.personalData() == PersonalDataRule.FLAG) {
            return call;
        }
        try {
            return new ToolCall(call.id(), call.name(), arguments);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "example " + example + ": personal data in the arguments of a call of '" + call.name()
                            + "' cannot be masked, since it is no text there; leave the example out",
                    e);
        }
    }

    private List<TrainingExample> learnable(List<TrainingExample> examples) {
        if (curation.refusal().isEmpty()) {
            return examples;
        }
        List<TrainingExample> kept = new ArrayList<>();
        for (TrainingExample example : examples) {
            Optional<String> refusal = curation.refusal().get().apply(example);
            if (refusal.isPresent()) {
                drop(Reason.NOT_LEARNABLE, example, refusal.get());
            } else {
                kept.add(example);
            }
        }
        return kept;
    }

    private List<TrainingExample> withinLength(List<TrainingExample> examples) {
        if (curation.length().isEmpty()) {
            return examples;
        }
        LengthLimit limit = curation.length().get();
        List<TrainingExample> kept = new ArrayList<>();
        for (TrainingExample example : examples) {
            int length = limit.measure().applyAsInt(example);
            if (length < limit.min()) {
                drop(Reason.TOO_SHORT, example, length + " " + limit.unit() + ", at least " + limit.min());
            } else if (length > limit.max()) {
                drop(Reason.TOO_LONG, example, length + " " + limit.unit() + ", at most " + limit.max());
            } else {
                kept.add(example);
            }
        }
        return kept;
    }

    private List<TrainingExample> notLeaked(List<TrainingExample> examples, List<TrainingData> heldOut) {
        if (heldOut.isEmpty()) {
            return examples;
        }
        NearIndex index = new NearIndex(curation.nearDuplicates().orElse(1), true);
        Map<String, String> prompts = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (TrainingData data : heldOut) {
            for (TrainingExample original : data.examples()) {
                // Compared as the training examples are: masked if they are.
                TrainingExample example = withoutPersonalData(original, false);
                String name = example + " of " + data.origin();
                if (prompts.putIfAbsent(PromptKey.of(example), name) == null
                        && curation.nearDuplicates().isPresent()) {
                    Shingles shingles = Shingles.of(example);
                    index.add(shingles, index.bands(shingles));
                    names.add(name);
                }
            }
        }
        List<TrainingExample> kept = new ArrayList<>();
        for (TrainingExample example : examples) {
            String same = prompts.get(PromptKey.of(example));
            if (same != null) {
                drop(Reason.LEAKED, example, "the prompt of " + same);
                continue;
            }
            if (curation.nearDuplicates().isPresent()) {
                Shingles shingles = Shingles.of(example);
                int near = index.find(shingles, index.bands(shingles));
                if (near >= 0) {
                    drop(
                            Reason.LEAKED,
                            example,
                            like(index.similarity(near, shingles), "the prompt of " + names.get(near)));
                    continue;
                }
            }
            kept.add(example);
        }
        return kept;
    }

    private List<TrainingExample> distinct(List<TrainingExample> examples) {
        if (!curation.exactDuplicates()) {
            return examples;
        }
        Map<List<Message>, TrainingExample> first = new HashMap<>();
        List<TrainingExample> kept = new ArrayList<>();
        for (TrainingExample example : examples) {
            TrainingExample before = first.putIfAbsent(example.messages(), example);
            if (before == null) {
                kept.add(example);
            } else {
                drop(Reason.EXACT_DUPLICATE, example, "of " + before);
            }
        }
        return kept;
    }

    private List<TrainingExample> notNearlyTwice(List<TrainingExample> examples) {
        if (curation.nearDuplicates().isEmpty()) {
            return examples;
        }
        NearIndex index = new NearIndex(curation.nearDuplicates().getAsDouble(), false);
        Set<List<Message>> exact = new HashSet<>();
        List<TrainingExample> kept = new ArrayList<>();
        List<TrainingExample> indexed = new ArrayList<>();
        for (TrainingExample example : examples) {
            // Exact duplicates that the caller wants to keep are not near ones.
            if (!curation.exactDuplicates() && !exact.add(example.messages())) {
                kept.add(example);
                continue;
            }
            Shingles shingles = Shingles.of(example);
            long[] bands = index.bands(shingles);
            int near = index.find(shingles, bands);
            if (near >= 0) {
                drop(
                        Reason.NEAR_DUPLICATE,
                        example,
                        like(index.similarity(near, shingles), indexed.get(near).toString()));
                exact.remove(example.messages());
                continue;
            }
            index.add(shingles, bands);
            indexed.add(example);
            kept.add(example);
        }
        return kept;
    }

    private List<TrainingExample> balanced(List<TrainingExample> examples) {
        if (curation.maxPerAnswer().isEmpty()) {
            return examples;
        }
        int limit = curation.maxPerAnswer().getAsInt();
        Map<String, List<Integer>> byAnswer = new LinkedHashMap<>();
        for (int i = 0; i < examples.size(); i++) {
            byAnswer.computeIfAbsent(examples.get(i).completion(), answer -> new ArrayList<>())
                    .add(i);
        }
        boolean[] over = new boolean[examples.size()];
        for (List<Integer> places : byAnswer.values()) {
            if (places.size() > limit) {
                Collections.shuffle(places, new Random(curation.seed()));
                places.subList(limit, places.size()).forEach(place -> over[place] = true);
            }
        }
        List<TrainingExample> kept = new ArrayList<>();
        for (int i = 0; i < over.length; i++) {
            TrainingExample example = examples.get(i);
            if (over[i]) {
                int count =
                        byAnswer.getOrDefault(example.completion(), List.of()).size();
                drop(Reason.OVER_ANSWER_LIMIT, example, count + " examples have its answer, at most " + limit);
            } else {
                kept.add(example);
            }
        }
        return kept;
    }

    private CurationReport report(TrainingData data, List<TrainingExample> read, List<TrainingExample> kept) {
        List<CurationReport.Dropped> drops = new ArrayList<>();
        dropped.forEach((reason, tally) -> drops.add(new CurationReport.Dropped(reason, tally.cases())));
        List<CurationReport.Found> found = new ArrayList<>();
        personal.forEach((kind, tally) ->
                found.add(new CurationReport.Found(kind, occurrences.getOrDefault(kind, 0L), tally.cases())));
        return new CurationReport(
                data.origin(),
                read.size(),
                kept.size(),
                data.brokenCount(),
                data.broken(),
                data.fields(),
                drops,
                found,
                conflicts(kept),
                answers(read, kept));
    }

    private static CurationReport.Cases conflicts(List<TrainingExample> kept) {
        Map<String, TrainingExample> prompts = new HashMap<>();
        Tally tally = new Tally();
        for (TrainingExample example : kept) {
            TrainingExample before = prompts.putIfAbsent(PromptKey.of(example), example);
            if (before != null && !before.completion().equals(example.completion())) {
                tally.add(example, "the prompt of " + before + ", another answer");
            }
        }
        return tally.cases();
    }

    private static CurationReport.Answers answers(List<TrainingExample> read, List<TrainingExample> kept) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        read.forEach(example -> counts.computeIfAbsent(example.completion(), answer -> new int[2])[0]++);
        kept.forEach(example -> counts.computeIfAbsent(example.completion(), answer -> new int[2])[1]++);
        List<CurationReport.Count> frequent = counts.entrySet().stream()
                .filter(entry -> entry.getValue()[0] > 1)
                .sorted(Comparator.comparingInt((Map.Entry<String, int[]> entry) -> -entry.getValue()[0]))
                .limit(CurationReport.MAX_ANSWERS)
                .map(entry -> new CurationReport.Count(
                        BrokenRecord.brief(entry.getKey()), entry.getValue()[0], entry.getValue()[1]))
                .toList();
        return new CurationReport.Answers(counts.size(), frequent);
    }

    private void drop(Reason reason, TrainingExample example, String detail) {
        dropped.computeIfAbsent(reason, r -> new Tally()).add(example, detail);
    }

    private static String like(double similarity, String what) {
        return String.format(Locale.ROOT, "%.2f like %s", similarity, what);
    }
}

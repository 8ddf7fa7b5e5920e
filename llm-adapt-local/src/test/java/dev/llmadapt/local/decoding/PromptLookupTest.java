package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.TextSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Drafts of tokens, and answers that are decoded with them against answers without. */
class PromptLookupTest {
    @Test
    void draft_lastTokensStoodBefore_isWhatFollowedTheLatestLongest() {
        PromptLookup lookup = new PromptLookup(new int[] {1, 2, 3, 4, 5, 9, 2, 3, 4, 6, 7, 1, 2, 3});
        assertThat(lookup.draft(3)).containsExactly(4, 5, 9); // after 1, 2, 3
        lookup.add(4);
        assertThat(lookup.draft(2)).containsExactly(5, 9); // four agree there, three at the later place
        lookup.add(6);
        assertThat(lookup.draft(8)).containsExactly(7, 1, 2, 3, 4, 6);
        lookup.add(0);
        assertThat(lookup.draft(8)).isEmpty();
    }

    @Test
    void draft_afterWrongOnes_waitsLonger() {
        PromptLookup lookup = new PromptLookup(new int[] {1, 2, 3, 1, 2, 3, 1, 2, 3});
        int[] waited = new int[4];
        for (int round = 0; round < waited.length; round++) {
            assertThat(lookup.draft(4)).isNotEmpty();
            lookup.tried(4, 0);
            for (int token = 1; lookup.draft(4).length == 0; token = token % 3 + 1) {
                lookup.add(token);
                waited[round]++;
                assertThat(waited[round]).isLessThan(20);
            }
        }
        assertThat(waited[0]).isLessThan(waited[3]);
        lookup.tried(4, 4);
        assertThat(lookup.draft(4)).isNotEmpty();
    }

    @Test
    void answer_anyChooser_isTheOneWithoutLookup() {
        List<GenerationOptions> options = List.of(
                GenerationOptions.defaults().withTemperature(0),
                GenerationOptions.defaults().withTemperature(0).withRepetitionPenalty(1.2),
                GenerationOptions.defaults().withTemperature(0.2).withSeed(3),
                GenerationOptions.defaults().withTemperature(0.9).withTopP(0.8).withSeed(5));
        for (String name : List.of("tiny-llama", "tiny-gemma3", "tiny-qwen2-window", "tiny-gpt2")) {
            for (Precision precision : new Precision[] {Precision.FP32, Precision.INT8}) {
                AtomicInteger drafts = new AtomicInteger();
                try (Scheduler with = new Scheduler(counted(open(name, precision, true), drafts), Admission.of(4));
                        Scheduler without = new Scheduler(open(name, precision, false), Admission.of(4))) {
                    for (int[] prompt : prompts()) {
                        for (GenerationOptions each : options) {
                            assertThat(answer(with, prompt, each, 40))
                                    .as("%s %s %s %s", name, precision, each, Arrays.toString(prompt))
                                    .isEqualTo(answer(without, prompt, each, 40));
                        }
                    }
                }
                assertThat(drafts.get()).as("runs with drafts of " + name).isPositive();
            }
        }
    }

    @Test
    void answers_together_areThoseWithoutLookup() {
        try (Scheduler with = new Scheduler(open("tiny-llama", Precision.INT8, true), Admission.of(4));
                Scheduler without = new Scheduler(open("tiny-llama", Precision.INT8, false), Admission.of(4))) {
            GenerationOptions greedy = GenerationOptions.defaults().withTemperature(0);
            List<Sequence> sequences = new ArrayList<>();
            for (int i = 0; i < prompts().size(); i++) { // of different lengths, so that the last runs alone
                sequences.add(start(with, prompts().get(i), greedy, 10 + 10 * i));
            }
            for (int i = 0; i < sequences.size(); i++) {
                assertThat(steps(with, sequences.get(i)))
                        .as("answer " + i)
                        .isEqualTo(answer(without, prompts().get(i), greedy, 10 + 10 * i));
            }
        }
    }

    private static List<int[]> prompts() {
        int[] plain = IntStream.range(0, 30).map(i -> 3 + i * 7 % 50).toArray();
        int[] repeating = IntStream.range(0, 40).map(i -> 3 + i % 5 * 4).toArray();
        int[] twice = IntStream.range(0, 36).map(i -> 3 + i % 18 * 11 % 50).toArray();
        return List.of(plain, repeating, twice);
    }

    private static List<Sequence.Step> answer(Scheduler scheduler, int[] prompt, GenerationOptions options, int most) {
        return steps(scheduler, start(scheduler, prompt, options, most));
    }

    private static Sequence start(Scheduler scheduler, int[] prompt, GenerationOptions options, int most) {
        return scheduler.start(
                prompt,
                AdapterMix.NONE,
                most,
                new Sampler(options, Set.of(2), prompt),
                new Report(true, 0),
                RequestTime.UNLIMITED);
    }

    private static List<Sequence.Step> steps(Scheduler scheduler, Sequence sequence) {
        List<Sequence.Step> steps = new ArrayList<>();
        try {
            do {
                steps.add(scheduler.next(sequence));
            } while (steps.get(steps.size() - 1).end() == Sequence.End.NONE);
        } finally {
            scheduler.end(sequence);
        }
        return steps;
    }

    /** A session that counts its runs with drafts. */
    private static TextSession counted(TextSession session, AtomicInteger drafts) {
        return (TextSession) Proxy.newProxyInstance(
                TextSession.class.getClassLoader(), new Class<?>[] {TextSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("readRows")) {
                        drafts.incrementAndGet();
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static DecoderSession open(String name, Precision precision, boolean lookup) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
            return DecoderSession.open(
                    Architecture.of(checkpoint)
                            .graph(checkpoint, precision, ElementType.FLOAT, 96, AdapterInputs.NONE, lookup),
                    2);
        }
    }
}

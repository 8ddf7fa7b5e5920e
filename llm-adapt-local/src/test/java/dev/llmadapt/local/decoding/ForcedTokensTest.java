package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.DecoderSession;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drafts of text that a constraint leaves no choice about, and answers with and without them. */
class ForcedTokensTest {
    private static final int CONTEXT = 256;
    private static final OutputConstraint CONSTRAINT = OutputConstraint.json(schema());
    private static final String BEGINNING = "{\"customer_number\": \"";

    private static JsonSchema.ObjectOf schema() {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        properties.put("customer_number", new JsonSchema.Text(8));
        properties.put("delivery_address", new JsonSchema.Text(8));
        properties.put("paid", JsonSchema.Plain.BOOLEAN);
        return JsonSchema.object(properties);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-llama3"})
    void forced_beginning_isTokensOfIt(String name) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(name));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            int[] ids = chooser(tokenizer, tokenizer::encodePlain, 0).forced(100);
            assertThat(text(tokenizer.vocabulary(), ids)).isEqualTo(BEGINNING);
            assertThat(chooser(tokenizer, tokenizer::encodePlain, 0).forced(2)).containsExactly(ids[0], ids[1]);
        }
    }

    @Test
    void forced_tokenizerThatWritesAnotherText_isWhatAgrees() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            Vocabulary vocabulary = tokenizer.vocabulary();
            int[] half = chooser(tokenizer, text -> tokenizer.encodePlain(text.replace("number", "name")), 0)
                    .forced(100);
            assertThat(BEGINNING).startsWith(text(vocabulary, half)).isNotEqualTo(text(vocabulary, half));
            assertThat(chooser(tokenizer, text -> tokenizer.encodePlain("x" + text), 0)
                            .forced(100))
                    .isEmpty();
            assertThat(chooser(tokenizer, text -> new int[0], 0).forced(100)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-llama3"})
    void answer_withDrafts_isTheOneWithout(String name) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(name));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer());
                Scheduler with = new Scheduler(open(base, true), Admission.of(4));
                Scheduler without = new Scheduler(open(base, false), Admission.of(4))) {
            int[] prompt = IntStream.range(0, 10).map(i -> 5 + 3 * i).toArray(); // nothing in it stands twice
            int[] asked = {0};
            Function<String, int[]> counting = text -> {
                asked[0]++;
                return tokenizer.encodePlain(text);
            };
            for (int seed = 0; seed < 6; seed++) {
                List<Sequence.Step> expected = answer(without, prompt, chooser(tokenizer, counting, seed));
                assertThat(asked[0]).as("drafts without rows").isZero();
                assertThat(answer(with, prompt, chooser(tokenizer, counting, seed)))
                        .as("%s, seed %d", name, seed)
                        .isEqualTo(expected);
                assertThat(asked[0]).as("drafts").isPositive();
                asked[0] = 0;
            }
        }
    }

    private static ConstraintChooser chooser(TextTokenizer tokenizer, Function<String, int[]> tokens, int seed) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        GenerationOptions options =
                GenerationOptions.defaults().withTemperature(seed == 0 ? 0 : 1).withSeed(seed);
        return new ConstraintChooser(
                CONSTRAINT,
                CompiledConstraint.of(CONSTRAINT, vocabulary).matcher(),
                vocabulary,
                tokens,
                new Sampler(options, Set.of(), new int[0]),
                Set.of());
    }

    private static String text(Vocabulary vocabulary, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(vocabulary.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<Sequence.Step> answer(Scheduler scheduler, int[] prompt, Chooser chooser) {
        Sequence sequence =
                scheduler.start(prompt, AdapterMix.NONE, 120, chooser, new Report(true, 0), RequestTime.UNLIMITED);
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

    private static DecoderSession open(Checkpoint checkpoint, boolean lookup) {
        return DecoderSession.open(
                Architecture.of(checkpoint)
                        .graph(checkpoint, Precision.INT8, ElementType.FLOAT, CONTEXT, AdapterInputs.NONE, lookup),
                2);
    }
}

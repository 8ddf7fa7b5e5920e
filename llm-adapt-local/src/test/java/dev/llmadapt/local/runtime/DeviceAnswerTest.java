package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Adapter;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests, adapters that come and go, and scores over the C interface, beside the Java one. */
class DeviceAnswerTest {
    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final DeviceMemory memory = new HostMemory();

    @Test
    void decoder_overEitherInterface_answersAlike() {
        List<String> expected = answers(
                new Decoder(DecoderSession.open(graph(AdapterInputs.NONE), 1), base.tokenizer(), Set.of(), 3), false);
        List<String> actual = answers(
                new Decoder(
                        DecoderSession.open(graph(AdapterInputs.NONE), Execution.of(1), memory),
                        base.tokenizer(),
                        Set.of(),
                        3),
                true);
        assertThat(actual).isEqualTo(expected);
        assertThat(expected).hasSizeGreaterThan(10);
    }

    /** Answers before, with and after an adapter, more at once than there are slots; and scores. */
    private List<String> answers(Decoder decoder, boolean device) {
        List<String> all = new ArrayList<>();
        try (decoder) {
            all.addAll(generate(decoder, false));
            PreparedAdapter lora = PreparedAdapter.of(
                    "lora", new RandomEffects(base, 5).lora(4, false, RandomEffects.ALL_LINEAR), base, 0, 0);
            decoder.adopt(engine(lora.inputs(), device));
            decoder.adapters().add(new NamedAdapter("lora"), lora);
            all.addAll(generate(decoder, true));
            decoder.forget(decoder.adapters().remove("lora"));
            assertThat(decoder.adoptForBase(engine(AdapterInputs.NONE, device))).isTrue();
            all.addAll(generate(decoder, false));
            decoder.score(Request.of("a card"), List.of("red", "blue", "green")).entries().stream()
                    .map(entry -> "%.3f".formatted(entry.logProbability()))
                    .forEach(all::add);
        }
        return all;
    }

    private record NamedAdapter(String name) implements Adapter {
        @Override
        public Method method() {
            return Method.LORA;
        }

        @Override
        public long parameterCount() {
            return 0;
        }
    }

    private static List<String> generate(Decoder decoder, boolean adapted) {
        List<Request> requests = new ArrayList<>();
        for (String text : List.of("my card is gone", "my card", "where is the money", "hello", "a")) {
            Request request = Request.of(text)
                    .withOptions(GenerationOptions.defaults().withTemperature(0).withMaxTokens(10));
            requests.add(adapted && text.length() > 5 ? request.withAdapter("lora") : request);
        }
        return decoder.generate(requests, TokenListener.NONE).stream()
                .map(Generation::text)
                .toList();
    }

    private Engine engine(AdapterInputs inputs, boolean device) {
        return device
                ? Engine.open(graph(inputs), Execution.of(1), memory)
                : Engine.open(graph(inputs), Execution.of(1));
    }

    private DecoderGraph graph(AdapterInputs inputs) {
        return Architecture.of(base).graph(base, Precision.FP32, 128, inputs);
    }
}

package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.DataType;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.merge.MergeOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The laws every kind of adapter keeps on a model that serves it; {@link LayerAdapterContract} and
 * {@link VirtualTokensContract} have those that only what changes weights keeps, and their opposites.
 */
abstract class AdapterContract {
    private static final double TOLERANCE = 1e-4;
    private static final List<String> CONTINUATIONS = List.of(" card", " money and", " the bank");

    private final String base;
    final String folder;

    @SuppressWarnings("NullAway.Init")
    LocalModel model;

    /**
     * An adapter of {@code src/test/golden/make_adapters.py}.
     *
     * @param base the checkpoint it is for
     * @param folder its name among the golden adapters
     */
    AdapterContract(String base, String folder) {
        this.base = base;
        this.folder = folder;
    }

    @BeforeEach
    void open() {
        model = open(baseFolder());
    }

    @AfterEach
    void close() {
        model.close();
    }

    static LocalModel open(Path checkpoint) {
        return LocalModel.open(
                checkpoint,
                ModelOptions.defaults().withPrecision(Precision.FP32).withThreads(1));
    }

    Path baseFolder() {
        return Golden.folder(base);
    }

    PeftAdapter adapter() {
        return PeftAdapter.read(AdapterGolden.resource("adapters/" + folder));
    }

    /** The same with other numbers. */
    PeftAdapter changed(String name, UnaryOperator<WeightTensor> change) {
        StoredAdapter stored = adapter().stored();
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(stored.tensors());
        tensors.replaceAll((key, tensor) -> change.apply(tensor));
        assertThat(tensors).as("something changes").isNotEqualTo(stored.tensors());
        return new PeftAdapter(name, new StoredAdapter(stored.config(), stored.base(), tensors));
    }

    @Test
    void load_adapter_changesItsRequestsAndNoOthers() {
        Scores before = score(List.of());
        model.loadAdapter(adapter());
        assertThat(score(List.of()).entries()).isEqualTo(before.entries());
        assertThat(score(List.of(AdapterUse.of(folder))).entries()).isNotEqualTo(before.entries());
        assertThat(score(List.of()).entries()).isEqualTo(before.entries());
        model.unloadAdapter(folder);
        assertThat(score(List.of()).entries()).isEqualTo(before.entries());
        assertThat(model.adapters()).isEmpty();
    }

    @Test
    void scoreTokens_textsThatBeginAlike_haveTheScoresOfContinuations() {
        model.loadAdapter(adapter());
        Request asked = request("the card was lost").withRaw(true).withAdapter(folder);
        int[] before = model.promptTokens(asked);
        List<int[]> texts = new ArrayList<>();
        for (String continuation : CONTINUATIONS) {
            int[] after = model.textTokens(continuation);
            int[] text = Arrays.copyOf(before, before.length + after.length);
            System.arraycopy(after, 0, text, before.length, after.length);
            texts.add(text);
        }
        List<List<Token>> tails = model.scoreTokens(texts, before.length, asked);
        List<List<Token>> whole = model.scoreTokens(texts, 1, asked);
        for (int i = 0; i < texts.size(); i++) {
            List<Token> expected = model.score(asked, List.of(CONTINUATIONS.get(i)))
                    .entries()
                    .get(0)
                    .tokens();
            assertThat(tails.get(i).subList(before.length, texts.get(i).length))
                    .extracting(Token::logProbability)
                    .as("to the bit")
                    .isEqualTo(expected.stream().map(Token::logProbability).toList());
            List<Token> alone = model.scoreTokens(texts.get(i), asked);
            for (int at = 1; at < alone.size(); at++) {
                assertThat(whole.get(i).get(at).logProbability())
                        .isCloseTo(alone.get(at).logProbability(), within(TOLERANCE));
            }
            assertThat(tails.get(i).get(before.length - 1).logProbability()).isNaN();
        }
    }

    @Test
    void oneOf_tokensOfTheChoice_haveTheLogProbabilitiesOfItsScore() {
        model.loadAdapter(adapter());
        Request asked = request("the card was lost").withAdapter(folder);
        String label = "the bank has sent the card";
        List<Token> expected =
                model.score(asked, List.of(label)).entries().get(0).tokens();
        Generation answer = model.generate(asked.withConstraint(OutputConstraint.oneOf(List.of(label)))
                .withOptions(GenerationOptions.defaults().withLogProbabilities(true)));
        assertThat(answer.tokens()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(answer.tokens().get(i).logProbability())
                    .isCloseTo(expected.get(i).logProbability(), within(TOLERANCE));
        }
    }

    @Test
    void open_withAdapters_isAsIfTheyWereLoaded() {
        List<PeftAdapter> both =
                List.of(adapter(), PeftAdapter.read(AdapterGolden.resource("adapters/compose-two"), "companion"));
        Scores before = score(List.of());
        both.forEach(model::loadAdapter);
        LocalModel loaded = model;
        List<List<AdapterUse>> asked = List.of(
                List.of(),
                List.of(AdapterUse.of(folder)),
                List.of(AdapterUse.of("companion")),
                List.of(AdapterUse.of(folder), new AdapterUse("companion", 0.5)));
        try (LocalModel opened = LocalModel.open(baseFolder(), loaded.options(), both)) {
            assertThat(opened.adapters()).hasSize(2);
            for (List<AdapterUse> uses : asked) {
                model = loaded;
                Scores expected = score(uses);
                model = opened;
                assertThat(score(uses).entries()).as("%s", uses).isEqualTo(expected.entries());
            }
            opened.unloadAdapter(folder);
            assertUnknown(request("card").withAdapter(folder), folder);
            opened.unloadAdapter("companion");
            assertThat(score(List.of()).entries()).isEqualTo(before.entries());
            opened.loadAdapter(adapter());
            model = loaded;
            Scores expected = score(asked.get(1));
            model = opened;
            assertThat(score(asked.get(1)).entries()).isEqualTo(expected.entries());
        } finally {
            model = loaded;
        }
    }

    @Test
    void write_thenRead_isTheSameAdapter(@TempDir Path temporary) {
        adapter().write(temporary.resolve("again"));
        PeftAdapter again = PeftAdapter.read(temporary.resolve("again"));
        assertThat(again.config()).isEqualTo(adapter().config());
        assertThat(again.parameterCount()).isEqualTo(adapter().parameterCount());
        model.loadAdapter(adapter());
        model.loadAdapter(again);
        assertThat(score(List.of(AdapterUse.of("again"))).entries())
                .isEqualTo(score(List.of(AdapterUse.of(folder))).entries());
    }

    @Test
    void generate_severalAdaptersTogether_givesEachWhatItGetsAlone() {
        model.loadAdapter(adapter());
        model.loadAdapter(PeftAdapter.read(AdapterGolden.resource("adapters/compose-two"), "companion"));
        List<Request> requests = new ArrayList<>();
        for (List<AdapterUse> uses : List.of(
                List.<AdapterUse>of(),
                List.of(AdapterUse.of(folder)),
                List.of(AdapterUse.of("companion")),
                List.of(AdapterUse.of(folder), new AdapterUse("companion", 0.5)))) {
            requests.add(request("please tell me where my money is").withAdapters(uses));
            requests.add(request("lost card").withAdapters(uses));
        }
        List<String> alone = new ArrayList<>();
        for (Request request : requests) {
            alone.add(ids(model.generate(request)));
        }
        assertThat(model.generate(requests)).extracting(AdapterContract::ids).containsExactlyElementsOf(alone);
        Set<List<String>> answers = new HashSet<>();
        for (int i = 0; i < alone.size(); i += 2) {
            answers.add(alone.subList(i, i + 2));
        }
        assertThat(answers).as("the adapters say something else: %s", alone).hasSize(alone.size() / 2);
    }

    @Test
    void unload_midAnswer_answerKeepsItsAdapter() {
        model.loadAdapter(adapter());
        Request request = request("thank you for the help").withAdapter(folder);
        Generation whole = model.generate(request);
        assertThat(whole.tokens()).hasSizeGreaterThan(3);
        int[] heard = {0};
        TokenListener unloading = token -> {
            if (heard[0]++ == 1) {
                model.unloadAdapter(folder);
            }
        };
        assertThat(ids(model.stream(request, unloading))).isEqualTo(ids(whole));
        assertUnknown(request, folder);
    }

    @Test
    void request_nameThatIsNotLoaded_isRefusedNeverTheBase() {
        assertUnknown(request("card").withAdapter(folder), folder);
        model.loadAdapter(adapter());
        assertUnknown(request("card").withAdapter(folder + "s"), folder + "s");
        assertThatThrownBy(() -> model.unloadAdapter("no-such"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder);
        assertThatThrownBy(() -> model.loadAdapter(adapter()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(folder);
        model.unloadAdapter(folder);
        model.loadAdapter(adapter());
        assertThat(model.adapters()).extracting(each -> each.name()).containsExactly(folder);
    }

    @Test
    void load_adapterMadeForAnotherModel_isRefusedNamingBoth() {
        model.loadAdapter(adapter().madeFor(Golden.folder(base)));
        try (LocalModel other = LocalModel.open(Golden.folder("tiny-ascii"), ModelOptions.defaults())) {
            assertThatThrownBy(() -> other.loadAdapter(adapter().madeFor(Golden.folder(base))))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining(folder)
                    .hasMessageContaining("tiny-ascii");
            assertThat(other.adapters()).isEmpty();
        }
    }

    /** Merges it into its base, whatever the type of the base's weights, without rounding. */
    void merge(Path target) {
        PeftAdapter.merge(
                List.of(new PeftAdapter.Weighted(adapter(), 1)),
                baseFolder(),
                target,
                MergeOptions.defaults().withType(DataType.F32),
                Progress.NONE);
    }

    private void assertUnknown(Request request, String name) {
        assertThatThrownBy(() -> model.generate(request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
        assertThatThrownBy(() -> model.score(request, CONTINUATIONS)).isInstanceOf(IllegalArgumentException.class);
    }

    Scores score(List<AdapterUse> uses) {
        return model.score(request("the card was lost").withAdapters(uses), CONTINUATIONS);
    }

    static Request request(String text) {
        return Request.of(text).withOptions(GenerationOptions.defaults().withMaxTokens(8));
    }

    private static String ids(Generation generation) {
        return generation.tokens().stream()
                .map(token -> Integer.toString(token.id()))
                .toList()
                .toString();
    }

    static void assertClose(Scores actual, Scores expected) {
        for (int i = 0; i < CONTINUATIONS.size(); i++) {
            assertThat(actual.entries().get(i).logProbability())
                    .as(CONTINUATIONS.get(i))
                    .isCloseTo(expected.entries().get(i).logProbability(), within(TOLERANCE));
        }
    }

    /** A tensor of the same name and shape. */
    static WeightTensor tensor(WeightTensor like, IntToDoubleFunction value) {
        int size = Math.toIntExact(like.size());
        ByteBuffer data = ByteBuffer.allocate(size * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            data.putFloat((float) value.applyAsDouble(i));
        }
        return new WeightTensor(like.name(), WeightEncoding.F32, like.shape(), data.flip(), 0);
    }
}

package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.strategy.StrategySyntax.Layer;
import dev.llmadapt.pilot.strategy.StrategySyntax.Written;
import dev.llmadapt.prompting.ZeroShot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StrategyCatalogTest {
    @Test
    void syntax_layersArgumentsAndChoice_areRead() {
        assertThat(StrategySyntax.parse(" role(A, B + C / D (really)) + few-shot(12) / constrained ,zero-shot"))
                .containsExactly(
                        new Written(
                                "role(A, B + C / D (really)) + few-shot(12) / constrained",
                                List.of(new Layer("role", "A, B + C / D (really)"), new Layer("few-shot", "12")),
                                "constrained"),
                        new Written("zero-shot", List.of(new Layer("zero-shot", "")), ""));
    }

    @Test
    void syntax_broken_isRefused() {
        for (String broken : List.of(
                "", "a,", "a++b", "a/", "a/b/c", "a(", "a)", "a()", "a(b)c", "a)b(", "(x)", ",a", "a(b))", "a((b)")) {
            assertThatThrownBy(() -> StrategySyntax.parse(broken))
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void parse_names_areThoseAskedBy() {
        assertThat(StrategyCatalog.parse("role+few-shot-nearest(3)/calibrated, zero-shot", 1))
                .extracting(Strategy::name)
                .containsExactly("role+few-shot-nearest(3)/calibrated", "zero-shot");
    }

    @Test
    void parse_everyNameOfTheCatalog_isKnown() {
        String all = String.join(",", StrategyTable.names()).replace("few-shot-given", "few-shot-given(1)");
        assertThat(StrategyCatalog.parse(all, 1)).hasSameSizeAs(StrategyTable.names());
        for (String choice : StrategyCatalog.choices()) {
            assertThat(StrategyCatalog.parse("zero-shot/" + choice, 1)).hasSize(1);
        }
        assertThat(StrategyCatalog.parse(StrategyCatalog.DEFAULT_LIST, 1)).hasSize(25);
        assertThat(StrategyCatalog.choices()).contains(ChoiceTable.DEFAULT);
    }

    @Test
    void parse_examplesByIds_standInTheirOrder() {
        Request seen = prepared("few-shot-given(7, 2,3)/constrained");
        assertThat(seen.messages())
                .filteredOn(message -> message.role() == Role.USER)
                .extracting(Message::content)
                .containsExactly(
                        "a horse gallops over the field",
                        "an oak sheds its leaves",
                        "a hammer drives a nail",
                        "which dog is yours");
        refuses("few-shot-given", "takes the ids of examples");
        refuses("few-shot-given(1,1)", "all different");
        assertThatThrownBy(() -> prepared("few-shot-given(1,x)/constrained")).hasMessageContaining("no example 'x'");
        assertThat(Wording.of("few-shot-given(1)")).as("its wording stays").isEmpty();
    }

    @Test
    void parse_mistypedName_isAnsweredWithTheNearest() {
        assertThatThrownBy(() -> StrategyCatalog.parse("words,few-shto", 0))
                .hasMessageStartingWith("unknown strategy 'few-shto', did you mean few-shot? expected one of [words, ");
        assertThatThrownBy(() -> StrategyCatalog.parse("zero-shot/calibratd", 0))
                .hasMessageStartingWith(
                        "unknown choice of label '/calibratd', did you mean calibrated? expected one of [scored, ");
        assertThatThrownBy(() -> StrategyCatalog.parse("nothing-like-it", 0))
                .hasMessageStartingWith("unknown strategy 'nothing-like-it', expected one of [");
    }

    @Test
    void guide_hasTheRowsOfTheTables() throws IOException {
        List<String> rows = Stream.concat(
                        StrategyTable.ROWS.stream().map(LayerKind::guideRow),
                        ChoiceTable.ROWS.stream().map(ChoiceTable.Row::guideRow))
                .toList();
        assertThat(Files.readAllLines(GuideExamples.root().resolve("docs/guides/strategies.md")))
                .filteredOn(line -> line.startsWith("| `"))
                .isEqualTo(rows);
    }

    @Test
    void guide_namesTheDefaultChoices() throws IOException {
        assertThat(Files.readString(GuideExamples.root().resolve("docs/guides/strategies.md")))
                .contains("`/" + ChoiceTable.DEFAULT + "` unless", "`/" + ChoiceTable.TRAINED + "` where");
    }

    @Test
    void parse_promptParts_standInTheOrderRoleInstructionExamplesQuestion() {
        Request seen = prepared("role(You are Ada.)+few-shot(3)/constrained");
        String system = seen.messages().get(0).content();
        assertThat(system).startsWith("You are Ada.").contains("Say what kind of thing it is.", "animal, plant, tool");
        assertThat(seen.messages()).hasSize(1 + 2 * 3 + 1);
        assertThat(seen.last().content()).isEqualTo("which dog is yours");
    }

    @Test
    void parse_instruction_isToldOnceByEveryStrategy() {
        String list =
                "zero-shot,role,chain-of-thought,few-shot,few-shot-nearest,role+few-shot-nearest,self-consistency,"
                        + "zero-shot+few-shot,instruction,instruction+few-shot";
        for (StrategySyntax.Written written : StrategySyntax.parse(list)) {
            String system =
                    prepared(written.text() + "/constrained").messages().get(0).content();
            assertThat(system.split("Say what kind of thing it is", -1))
                    .as(written.text())
                    .hasSize(2);
        }
    }

    @Test
    void parse_instructionLayer_leavesOutTheLabels() {
        Request seen = prepared("instruction/constrained");
        assertThat(seen.messages().get(0).content()).isEqualTo("Say what kind of thing it is.");
        assertThat(seen.constraint()).isNotEqualTo(OutputConstraint.none());
    }

    @Test
    void parse_seed_fixesTheExamples() {
        assertThat(prepared("few-shot(3)", 1)).isEqualTo(prepared("few-shot(3)", 1));
        assertThat(List.of(prepared("few-shot(3)", 1), prepared("few-shot(3)", 2), prepared("few-shot(3)", 3)))
                .as("of three seeds, two choose differently")
                .doesNotHaveDuplicates();
    }

    @Test
    void parse_unknownNames_areRefusedWithThoseKnown() {
        refuses("zero-shoot", "unknown strategy 'zero-shoot'", "zero-shot, role, few-shot");
        refuses("zero-shot/best", "unknown choice of label '/best'", "scored, scored-sum");
        refuses("zero-shot/scored(3)", "'scored' takes no argument, got '3'");
        refuses("zero-shot/calibrated(0)", "from 1 to 1000, got '0'");
        refuses("role+magic", "unknown strategy 'magic'");
        refuses("lora+ia3", "one layer of a strategy can train");
        refuses("self-consistency/scored", "/constrained");
        refuses("role+words", "'words' answers by itself", "write 'words'");
        refuses("embeddings(bge-small)/scored", "write 'embeddings(bge-small)'");
        refuses("embeddings(no/such)", "unknown embedder 'no/such', expected minilm, bge-small or the folder");
    }

    @Test
    void parse_argumentsThatDoNotFit_areRefused() {
        refuses("zero-shot(3)", "one of exact, framed, repeated, got '3'");
        refuses("chain-of-thought(3)", "takes no argument, got '3'");
        refuses("few-shot(many)", "from 1 to 1000, got 'many'");
        refuses("few-shot(0)", "got '0'");
        refuses("few-shot-nearest(99999999999)", "got '99999999999'");
        refuses("zero-shot,role,zero-shot", "'zero-shot' stands twice");
    }

    @Test
    void refuseCompany_aLayerThatAnswersByItself_saysWhatIsPossible() {
        LayerKind alone = new LayerKind("head", StrategyFamily.CLASSIFIER, "", (given, seed) -> {
                    throw new AssertionError("not made");
                })
                .standingAlone();
        LayerKind role = StrategyTable.row("role");
        StrategyCatalog.refuseCompany(StrategySyntax.parse("head(3)").get(0), List.of(alone));
        for (String list : List.of("head(3)+role", "role+head(3)", "head(3)/scored")) {
            Written written = StrategySyntax.parse(list).get(0);
            List<LayerKind> kinds = written.layers().stream()
                    .map(layer -> layer.name().equals("head") ? alone : role)
                    .toList();
            assertThatThrownBy(() -> StrategyCatalog.refuseCompany(written, kinds))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'head' answers by itself: it takes no other layer and no choice of label, got '" + list
                            + "'; write 'head(3)'");
        }
    }

    @Test
    void parse_calibrated_readsAsManyExamplesAsAsked() {
        List<String> heard = new ArrayList<>();
        Progress progress = (stage, done, total) -> heard.add(stage + " of " + total);
        try (Model model = new ToyModel();
                Model adapted = StrategyCatalog.parse("zero-shot/calibrated(5)", 1)
                        .get(0)
                        .adapt(model, ToyTask.task(), progress)) {
            assertThat(heard).containsOnly("calibrate of 5");
            assertThat(adapted.generate(ToyTask.task().request("which dog is yours"))
                            .decision()
                            .orElseThrow()
                            .calibrated())
                    .isTrue();
        }
    }

    @Test
    void parse_letters_listTheLabelsOnceAndShowExamplesAsLetters() {
        for (String layers : List.of("few-shot(3)", "zero-shot+few-shot(3)")) {
            Request seen = prepared(layers + "/letters");
            assertThat(seen.messages().get(0).content())
                    .isEqualTo("Say what kind of thing it is.\n\nA. animal\nB. plant\nC. tool\n"
                            + "Answer with the letter of the right option alone.");
            assertThat(seen.messages())
                    .filteredOn(message -> message.role() == Role.ASSISTANT)
                    .extracting(Message::content)
                    .containsExactlyInAnyOrder("A", "B", "C");
        }
        Task task = ToyTask.task();
        for (String choice :
                List.of("letters", "letters-calibrated(9)", "letters-content-free", "letters-constrained")) {
            try (Model model = new ToyModel();
                    Model adapted = StrategyCatalog.parse("few-shot-nearest(6)/" + choice, 1)
                            .get(0)
                            .adapt(model, task, Progress.NONE)) {
                assertThat(adapted.generate(task.request("which dog is yours")).text())
                        .as(choice)
                        .isEqualTo("animal");
            }
            assertThat(ChoiceTable.scores(choice)).as(choice).isEqualTo(!choice.endsWith("constrained"));
        }
        refuses("lora/letters", "learns to write labels", "write '/scored-sum'");
        refuses("self-consistency/letters", "/constrained");
    }

    @Test
    void layer_overWhatWasTrained_isNotCalledCalibrated() {
        Task task = ToyTask.task();
        try (Model model = new ToyModel();
                Model adapted = ChoiceTable.around(ZeroShot.defaults(), "calibrated", true)
                        .adapt(model, task, Progress.NONE)) {
            assertThat(adapted.generate(task.request("which dog is yours"))
                            .decision()
                            .orElseThrow()
                            .calibrated())
                    .isFalse();
        }
    }

    @Test
    void parse_freeTextTask_aChoiceOfLabelChangesNothing() {
        Task free = new Task(
                "free", "Say it.", List.of(), ToyTask.task().examples(), List.of(), dev.llmadapt.Metric.exactMatch());
        try (Model model = new ToyModel();
                Model adapted = StrategyCatalog.parse("few-shot(3)", 1).get(0).adapt(model, free, Progress.NONE)) {
            assertThat(adapted.generate(free.request("which dog is yours")).text())
                    .isNotEmpty();
        }
    }

    private static Request prepared(String strategy) {
        return prepared(strategy, 1);
    }

    private static Request prepared(String strategy, long seed) {
        Task task = ToyTask.task();
        try (Model model = new ToyModel();
                Model adapted = StrategyCatalog.parse(strategy, seed).get(0).adapt(model, task, Progress.NONE)) {
            return adapted.prepare(task.request("which dog is yours"));
        }
    }

    private static void refuses(String list, String... parts) {
        assertThatThrownBy(() -> StrategyCatalog.parse(list, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }
}

package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Generation;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.peft.PeftAdapter.Weighted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/adapters.md}, line for line. */
class AdapterGuideTest {
    private final Path checkpoint = Golden.folder("tiny-llama");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void examples_ofServing_answer() {
        Path support = temporary.resolve("support");
        PeftAdapter.read(Golden.folder("adapters/lora-all-linear")).write(support);
        Path formal = Golden.folder("adapters/compose-two");
        // guide
        LocalModel model = LocalModel.open(checkpoint, ModelOptions.defaults());
        model.loadAdapter(PeftAdapter.read(support));
        model.loadAdapter(PeftAdapter.read(formal, "formal"));

        Request question = Request.of("my card is gone");
        Generation plain = model.generate(question);
        Generation adapted = model.generate(question.withAdapter("formal"));
        List<Generation> together = model.generate(List.of(question, question.withAdapter("formal")));
        // end
        assertThat(together).extracting(Generation::text).containsExactly(plain.text(), adapted.text());
        assertThat(adapted.text()).isNotEqualTo(plain.text());
        // guide
        Request both = question.withAdapters(List.of(new AdapterUse("support", 0.7), new AdapterUse("formal", 0.3)));
        Request less = question.withAdapters(List.of(new AdapterUse("support", -0.5)));
        Generation mixed = model.generate(both);
        Generation opposite = model.generate(less);

        model.unloadAdapter("formal");
        model.close();
        // end
        assertThat(List.of(plain.text(), mixed.text(), opposite.text())).doesNotHaveDuplicates();
    }

    @Test
    void examples_onDisk_write() {
        PeftAdapter first = PeftAdapter.read(Golden.folder("adapters/compose-one"));
        PeftAdapter second = PeftAdapter.read(Golden.folder("adapters/compose-two"));
        Path target = temporary.resolve("blend");
        Path merged = temporary.resolve("merged");
        Path file = temporary.resolve("first.onnx_adapter");
        // guide
        PeftAdapter blend = PeftAdapter.combine(
                "blend", List.of(new Weighted(first, 0.7), new Weighted(second, 0.3)), Combination.cat());
        blend.write(target);
        // end
        assertThat(PeftAdapter.read(target).parameterCount()).isEqualTo(blend.parameterCount());
        // guide
        PeftAdapter.merge(List.of(new Weighted(first, 1)), checkpoint, merged, MergeOptions.defaults(), Progress.NONE);
        // end
        LocalModel.open(merged, ModelOptions.defaults()).close();
        // guide
        first.writeOnnxAdapter(file, WeightType.F32, UnaryOperator.identity());
        PeftAdapter back = PeftAdapter.readOnnxAdapter("back", file, UnaryOperator.identity());
        // end
        assertThat(back.parameterCount()).isEqualTo(first.parameterCount());
    }

    @Test
    void guide_examples_areTheOnesTested() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/guides/adapters.md"))) {
            root = Objects.requireNonNull(root.getParent(), "the test must run inside the checkout");
        }
        String source =
                Files.readString(root.resolve("llm-adapt-peft/src/test/java/dev/llmadapt/peft/AdapterGuideTest.java"));
        String guide = Files.readString(root.resolve("docs/guides/adapters.md"));

        assertThat(between(source, " // " + "guide\n", " // " + "end\n"))
                .isEqualTo(between(guide, "```" + "java\n", "```\n"))
                .hasSize(5);
    }

    /** What stands between marks, without the space that formatting moves. */
    private static List<String> between(String text, String start, String end) {
        List<String> found = new ArrayList<>();
        for (int at = text.indexOf(start); at >= 0; at = text.indexOf(start, at)) {
            at += start.length();
            int stop = text.indexOf(end, at);
            found.add(text.substring(at, stop).replaceAll("\\s+", ""));
        }
        return found;
    }
}

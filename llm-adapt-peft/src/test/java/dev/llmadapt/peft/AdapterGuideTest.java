package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.DataType;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.PeftAdapter.Weighted;
import dev.llmadapt.peft.combine.Combination;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.merge.MergeOptions;
import java.nio.file.Path;
import java.util.List;
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
        PeftAdapter.read(AdapterGolden.resource("adapters/lora-all-linear")).write(support);
        Path formal = AdapterGolden.resource("adapters/compose-two");
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
        LocalModel service = LocalModel.open(
                checkpoint,
                ModelOptions.defaults(),
                List.of(PeftAdapter.read(support), PeftAdapter.read(formal, "formal")));
        Generation answered = service.generate(question.withAdapter("formal"));
        service.close();
        // end
        assertThat(answered.text()).isEqualTo(adapted.text());
        // guide
        AdapterPool pool = new AdapterPool(model, 512L << 20);
        pool.register("customer", AdapterSource.folder(support, PeftAdapter::read));
        try (AdapterPool.Lease lease = pool.use("customer")) {
            Generation own = model.generate(lease.on(question));
            System.out.println(own.text() + (lease.cold() ? ", loaded in " + lease.loadTime() : ""));
        }
        System.out.println(pool.counts());
        // end
        assertThat(pool.counts().loads()).isEqualTo(1);
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
        PeftAdapter first = PeftAdapter.read(AdapterGolden.resource("adapters/compose-one"));
        PeftAdapter second = PeftAdapter.read(AdapterGolden.resource("adapters/compose-two"));
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
        first.writeOnnxAdapter(file, DataType.F32, UnaryOperator.identity());
        PeftAdapter back = PeftAdapter.readOnnxAdapter("back", file, UnaryOperator.identity());
        // end
        assertThat(back.parameterCount()).isEqualTo(first.parameterCount());
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(AdapterGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/adapters.md"))
                .hasSize(7);
    }
}

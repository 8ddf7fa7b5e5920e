package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pilot --model a,b}. */
class SeveralModelsCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final List<String> opened = new ArrayList<>();

    {
        models = (choice, progress) -> {
            opened.add(choice.source());
            return choice.source().startsWith("blind") ? blind() : new ToyModel();
        };
    }

    @BeforeEach
    void write() throws IOException {
        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 10; i++) {
            rows.append("the cat number ").append(i).append(" purrs,animal\n");
            rows.append("the oak number ").append(i).append(" grows leaves,plant\n");
        }
        Files.writeString(folder.resolve("kinds.csv"), rows);
    }

    @Test
    void pilot_twoModels_comparesStrategiesOnThemAndSavesWithTheModel() throws IOException {
        assertThat(pilot(
                        "--strategies",
                        "majority,zero-shot,few-shot(6)",
                        "--save",
                        folder.resolve("saved").toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .contains("good, blind on ", "zero-shot @ good", "zero-shot @ blind", "few-shot(6) @ blind")
                .doesNotContain("majority @");
        String json = Files.readString(folder.resolve("report.json"));
        assertThat(json).contains("\"model\": \"good.gguf, blind.gguf\"", "\"model blind\": \"blind.gguf\"");
        assertThat(opened)
                .as("one is closed while the memory of the other is measured")
                .contains("good.gguf", "blind.gguf");
        assertThat(text(err)).contains("saved ");
    }

    @Test
    void pilot_noStrategies_furtherModelsGetThoseThatTrainNothing() throws IOException {
        assertThat(pilot("--budget", "1ms")).as(text(err)).isZero();
        assertThat(Files.readString(folder.resolve("report.json")))
                .contains("zero-shot @ blind", "few-shot-nearest @ blind", "lora-head @ good", "features @ blind")
                .doesNotContain("lora-head @ blind", "rag @ blind");
    }

    @Test
    void pilot_whatCannotBeDoneWithSeveral_isRefusedBeforeAnythingIsRead() {
        refuses(
                "no such model: 'qwen2.5-0.5', did you mean qwen2.5-0.5b or",
                "pilot",
                "--model",
                "default,qwen2.5-0.5");
        refuses("--adapter acts on one model, --model names 2", "pilot", "--model", "a.gguf,b.gguf", "--adapter", "x");
        refuses("names one model twice", "pilot", "--model", "a.gguf,a.gguf");
        refuses("no such model: 'smollm2', did you mean smollm2-135m or smollm2-360m?", "pilot", "--model", "smollm2");
        assertThat(opened).isEmpty();
    }

    private int pilot(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "pilot",
                "--task",
                folder.resolve("kinds.csv").toString(),
                "--model",
                "good.gguf,blind.gguf",
                "--work",
                folder.resolve("work").toString(),
                "--json",
                folder.resolve("report.json").toString()));
        all.addAll(Arrays.asList(more));
        return run(all.toArray(String[]::new));
    }

    private static Model blind() {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                return Request.of("?").withConstraint(request.constraint());
            }
        };
    }
}

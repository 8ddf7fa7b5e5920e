package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptersCommandTest extends CommandLineTest {
    private static final String Q = "base_model.model.model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    @BeforeEach
    void writeAdapters() throws IOException {
        lora("one", 2, "\"use_dora\": false");
        lora("two", 3, "\"use_dora\": false");
    }

    @Test
    void adapters_withoutCommand_isOneLine() {
        assertThat(run("adapters", "--help")).isZero();
        assertThat(text(out)).contains("inspect", "combine", "merge", "convert");
        assertThat(run("adapters", "merge", "--help")).isZero();
        assertThat(text(out)).contains("--model=SOURCE", "FOLDER[=WEIGHT]");
    }

    @Test
    void inspect_folders_tellsWhatTheyAre() {
        assertThat(run("adapters", "inspect", at("one"), at("two"))).isZero();
        assertThat(text(out))
                .contains("one", "two", "lora", "q_proj", "f32", "org/tiny")
                .hasLineCount(3);
        assertThat(run("adapters", "inspect", "--json", at("two"))).isZero();
        JsonArray json = JsonParser.parseString(text(out)).getAsJsonArray();
        assertThat(json.get(0).getAsJsonObject().get("rank").getAsInt()).isEqualTo(3);
        assertThat(json.get(0).getAsJsonObject().get("parameters").getAsLong()).isEqualTo(3 * 4 + 5 * 3);
        assertThat(json.get(0).getAsJsonObject().get("bytes").getAsLong()).isEqualTo(4 * (3 * 4 + 5 * 3));
        assertThat(json.get(0).getAsJsonObject().get("base_model").getAsString())
                .isEqualTo("org/tiny");
    }

    @Test
    void combine_weights_writesAFolder() {
        String both = at("both");
        assertThat(run("adapters", "combine", "--adapter", at("one") + "=0.5", "--adapter", at("two"), "--out", both))
                .as(text(err))
                .isZero();
        assertThat(run("adapters", "inspect", "--json", both)).isZero();
        assertThat(text(out)).contains("\"rank\": 5");
        String small = at("small");
        assertThat(run("adapters", "combine", "--adapter", both, "--how", "svd", "--rank", "1", "--out", small))
                .as(text(err))
                .isZero();
        assertThat(run("adapters", "inspect", "--json", small)).isZero();
        assertThat(text(out)).contains("\"rank\": 1");
    }

    @Test
    void convert_thereAndBack_isTheSameShape() {
        String file = at("one.onnx_adapter");
        String[] rename = {"--rename", ".weight=.default.weight"};
        assertThat(run("adapters", "convert", at("one"), "--to", "onnx_adapter", rename[0], rename[1], "--out", file))
                .as(text(err))
                .isZero();
        assertThat(run("adapters", "convert", file, "--to", "peft", "--out", at("back")))
                .as(text(err))
                .isZero();
        assertThat(run("adapters", "inspect", "--json", at("back"))).isZero();
        assertThat(text(out)).contains("\"rank\": 2", "\"parameters\": 18");
        refuses("exists", "adapters", "convert", at("one"), "--to", "onnx_adapter", "--out", file);
    }

    @Test
    void badInput_isOneLineAndLeavesNothing() throws IOException {
        String none = at("none");
        refuses("none", "adapters", "inspect", none);
        refuses("FOLDER", "adapters", "inspect");
        refuses("unknown combination 'magic'", combine("--how", "magic"));
        refuses("needs a density", combine("--how", "ties"));
        refuses("cat has no rank", combine("--rank", "3"));
        refuses("equal ranks", combine("--how", "linear"));
        refuses("density: 2", combine("--how", "ties", "--density", "2"));
        refuses(
                "expected a finite number after '='",
                "adapters",
                "combine",
                "--adapter",
                at("one") + "=x",
                "--out",
                none);
        refuses("expected a finite number", "adapters", "combine", "--adapter", at("one") + "=NaN", "--out", none);
        refuses("--out", "adapters", "combine", "--adapter", at("one"));
        refuses("not empty", "adapters", "combine", "--adapter", at("one"), "--out", at("two"));
        refuses("--to", "adapters", "convert", at("one"), "--to", "zip", "--out", none);
        refuses("cannot read", "adapters", "convert", at("gone"), "--to", "peft", "--out", none);
        refuses("gone", "adapters", "merge", "--model", at("gone"), "--adapter", at("one"), "--out", none);
        refuses(
                "config.json",
                "adapters",
                "merge",
                "--model",
                folder.toString(),
                "--adapter",
                at("one"),
                "--out",
                none);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("one", "two");
        }
    }

    private String[] combine(String... more) {
        return Stream.concat(
                        Stream.of(
                                "adapters",
                                "combine",
                                "--adapter",
                                at("one"),
                                "--adapter",
                                at("two"),
                                "--out",
                                at("x")),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private void lora(String name, int rank, String setting) throws IOException {
        Path adapter = Files.createDirectory(folder.resolve(name));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"base_model_name_or_path\": \"org/tiny\","
                        + " \"r\": " + rank + ", \"lora_alpha\": 4, \"target_modules\": [\"q_proj\"], " + setting
                        + "}");
        int a = rank * 4 * 4;
        int b = 5 * rank * 4;
        byte[] header = ("{\"" + Q + ".lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[" + rank
                        + ",4],\"data_offsets\":[0," + a + "]},\"" + Q
                        + ".lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[5," + rank + "],\"data_offsets\":[" + a + ","
                        + (a + b) + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + a + b).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        for (int i = 0; file.hasRemaining(); i++) {
            file.putFloat((float) Math.sin(i * rank));
        }
        Files.write(adapter.resolve("adapter_model.safetensors"), file.array());
    }
}

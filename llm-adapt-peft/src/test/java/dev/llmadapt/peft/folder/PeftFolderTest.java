package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.AdapterException;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PeftFolderTest {
    /** What {@code src/test/golden/check_folder.py} loads in PEFT. */
    private static final Path REWRITTEN = Path.of("target", "rewritten-adapters");

    static List<String> names() {
        return AdapterGolden.names(true);
    }

    static void assertSame(StoredAdapter again, StoredAdapter adapter) {
        assertThat(again.config()).isEqualTo(adapter.config());
        assertThat(again.base()).isEqualTo(adapter.base());
        assertThat(new ArrayList<>(again.tensors().keySet()))
                .isEqualTo(new ArrayList<>(adapter.tensors().keySet()));
        for (Map.Entry<String, WeightTensor> entry : adapter.tensors().entrySet()) {
            WeightTensor tensor = Objects.requireNonNull(again.tensors().get(entry.getKey()));
            assertThat(tensor.shape()).isEqualTo(entry.getValue().shape());
            assertThat(tensor.encoding()).isEqualTo(entry.getValue().encoding());
            assertThat(tensor.data())
                    .as(entry.getKey())
                    .isEqualTo(entry.getValue().data());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void write_everyKind_readsBackTheSame(String name) throws IOException {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder(name));
        Path folder = REWRITTEN.resolve(name);
        FolderTree.delete(folder);
        PeftFolder.write(folder, adapter);
        assertSame(PeftFolder.read(folder), adapter);
    }

    @TempDir
    Path temporary;

    private Path target() {
        return temporary.resolve("adapter");
    }

    private void assertRefused(String... messageParts) {
        assertThatThrownBy(() -> PeftFolder.read(target()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll(messageParts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "modules_to_save         | ['score']                     | merge",
                "trainable_token_indices | [1, 2]                        | merge",
                "target_parameters       | ['mlp.experts.gate_up_proj']  | merge",
                "layer_replication       | [[0, 1], [0, 2]]              | merge",
                "alora_invocation_tokens | [7, 8]                        | activated",
                "use_qalora              | true                          | QALoRA",
                "use_bdlora              | {'nblocks': 2}                | block-diagonal",
                "megatron_config         | {'a': 1}                      | Megatron",
                "arrow_config            | {'top_k': 3}                  | Arrow",
                "kasa_config             | {'a': 1}                      | KaSA",
                "monteclora_config       | {'a': 1}                      | MonteCLoRA",
                "ensure_weight_tying     | true                          | merge",
                "init_lora_weights       | 'pissa_niter_4'               | path_initial_model",
                "init_lora_weights       | 'olora'                       | path_initial_model",
                "some_new_thing          | 3                             | nothing is known",
                "some_new_thing          | 'x'                           | nothing is known",
                "some_new_thing          | {'a': null}                   | nothing is known",
                "peft_type               | 'ADALORA'                     | one of [LORA, IA3",
                "peft_type               | 'LOHA'                        | one of [LORA, IA3",
                "peft_type               | 7                             | a string",
                "peft_type               | null                          | not a PEFT adapter",
                "task_type               | 'TOKEN_CLS'                   | CAUSAL_LM or SEQ_CLS",
                "bias                    | 'some'                        | one of [none, all, lora_only]",
                "r                       | 0                             | from 1 to 1048576",
                "r                       | -3                            | -3",
                "r                       | 2147483647                    | 2147483647",
                "r                       | 1e300                         | 32-bit integer",
                "r                       | 3.5                           | 32-bit integer",
                "r                       | '4'                           | a number",
                "lora_alpha              | 1e308                         | finite",
                "lora_alpha              | [1]                           | a number",
                "lora_dropout            | 1.5                           | 0 to below 1",
                "rank_pattern            | {'q_proj': 0}                 | 'q_proj'",
                "rank_pattern            | ['q_proj']                    | an object",
                "rank_pattern            | {'(': 4}                      | regular expression",
                "alpha_pattern           | {'q_proj': 1e99}              | 'q_proj'",
                "alpha_pattern           | {'[': 4}                      | regular expression",
                "target_modules          | null                          | target_modules",
                "target_modules          | '('                           | regular expression",
                "target_modules          | '(a{999}){999}'               | too large",
                "target_modules          | [1]                           | a string",
                "target_modules          | {'a': 1}                      | a string",
                "exclude_modules         | '(?i)q'                       | regular expression",
                "layers_pattern          | 'layers'                      | needs layers_to_transform",
                "layers_to_transform     | ['x']                         | a number",
                "use_dora                | 'yes'                         | true or false",
            })
    void read_settingThatCannotBeHonoured_isNamed(String field, String json, String reason) {
        Folders.with("lora", target(), field, json.replace('\'', '"'));
        assertRefused(target().toString(), field, reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "some_new_thing    | null",
                "some_new_thing    | false",
                "some_new_thing    | ''",
                "some_new_thing    | []",
                "some_new_thing    | {}",
                "init_lora_weights | 'gaussian'",
                "init_lora_weights | false",
                "eva_config        | {'rho': 2}",
                "loftq_config      | {'loftq_bits': 4}",
                "runtime_config    | {'ephemeral_gpu_offload': true}",
                "fan_in_fan_out    | true",
                "peft_version      | '0.99.0'",
                "auto_mapping      | {'base_model_class': 'LlamaForCausalLM'}",
                "task_type         | null",
            })
    void read_settingWithoutEffect_isPassedOver(String field, String json) {
        Folders.with("lora", target(), field, json == null ? "\"\"" : json.replace('\'', '"'));
        assertThat(PeftFolder.read(target()).config())
                .isEqualTo(PeftFolder.read(AdapterGolden.folder("lora")).config());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt-tuning | num_transformer_submodules | 2    | encoder and decoder",
                "prompt-tuning | num_virtual_tokens         | null | num_virtual_tokens",
                "prompt-tuning | num_virtual_tokens         | -1   | from 1",
                "p-tuning      | token_dim                  | 0    | from 1",
                "prefix-tuning | num_layers                 | 0    | from 1",
                "prefix-tuning | modules_to_save            | [\"a\"] | merge",
                "ia3           | feedforward_modules        | [\"up_proj\"] | must be among target_modules",
            })
    void read_settingOfAnotherMethod_isNamed(String name, String field, String json, String reason) {
        Folders.with(name, target(), field, json);
        assertRefused(target().toString(), field, reason);
    }

    @Test
    void read_missingFiles_sayWhatIsExpected() throws IOException {
        assertRefused("no adapter_config.json", "save_pretrained");
        Folders.copy("lora", target());
        Files.delete(target().resolve(PeftFolder.TENSORS));
        assertRefused("no adapter_model.safetensors");
        Files.write(target().resolve("adapter_model.bin"), new byte[] {(byte) 0x80, 2});
        assertRefused("adapter_model.bin is a pickle", "runs code", "safe_serialization");
    }

    @Test
    void read_lfsPointers_saySo() throws IOException {
        String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 100\n";
        Folders.copy("lora", target());
        Files.writeString(target().resolve(PeftFolder.TENSORS), pointer);
        assertRefused("Git LFS");
        Files.writeString(target().resolve(PeftFolder.CONFIG), pointer);
        assertRefused(PeftFolder.CONFIG, "Git LFS");
    }

    @Test
    void read_badJson_isRefused() throws IOException {
        Folders.copy("lora", target());
        Path config = target().resolve(PeftFolder.CONFIG);
        for (String text : List.of(
                "",
                "[]",
                "{",
                "{} {}",
                "{'peft_type': 'LORA'}",
                "{\"r\": NaN, \"peft_type\": \"LORA\"}",
                "{\"r\": 1e999, \"peft_type\": \"LORA\"}",
                "{\"peft_type\": \"LORA\", \"peft_type\": \"IA3\"}",
                "{\"a\": ".repeat(1000) + "1" + "}".repeat(1000),
                "[".repeat(100_000))) {
            Files.writeString(config, text);
            assertRefused(config.toString());
        }
        Files.write(config, new byte[] {'{', (byte) 0xff, '}'});
        assertRefused(config.toString(), "UTF-8");
    }

    @Test
    void read_tensorsThatAreNoneOfPeft_areRefused() throws IOException {
        Folders.copy("lora", target());
        Path tensors = target().resolve(PeftFolder.TENSORS);
        byte[] bytes = Files.readAllBytes(tensors);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Files.write(
                tensors,
                text.replace("base_model.model.model.", "case_model.model.model.")
                        .getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("case_model", "not one of PEFT's");
        Files.write(tensors, text.replaceFirst("\"F32\"", "\"I32\"").getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("I32", "expected one of [F32, F16, BF16]");
    }

    @Test
    void read_links_areFollowedAsInACacheOfTheHub_unlessTheyLeadNowhere() throws IOException {
        Files.createDirectories(target());
        Path config = target().resolve(PeftFolder.CONFIG);
        Path tensors = target().resolve(PeftFolder.TENSORS);
        Path source = AdapterGolden.folder("lora").toAbsolutePath();
        try {
            Files.createSymbolicLink(config, source.resolve(PeftFolder.CONFIG));
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "needs a file system with symbolic links: " + e);
        }
        Files.createSymbolicLink(tensors, temporary.resolve("nowhere"));
        assertRefused("no adapter_model.safetensors");
        Files.delete(tensors);
        Files.createSymbolicLink(tensors, tensors);
        assertRefused("no adapter_model.safetensors");
        Files.delete(tensors);
        Files.createSymbolicLink(tensors, source.resolve(PeftFolder.TENSORS));
        assertSame(PeftFolder.read(target()), PeftFolder.read(source));
    }

    @Test
    void write_linkToAFolder_isNotFollowed() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("other"));
        try {
            Files.createSymbolicLink(target(), other);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "needs a file system with symbolic links: " + e);
        }
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        assertThatThrownBy(() -> PeftFolder.write(target(), adapter)).isInstanceOf(AdapterException.class);
        assertThat(other).isEmptyDirectory();
    }

    @Test
    void read_filesThatAreFolders_areRefused() throws IOException {
        Files.createDirectories(target().resolve(PeftFolder.CONFIG));
        assertRefused("no adapter_config.json");
    }

    @Test
    void write_folderThatHoldsSomething_leavesItAlone() throws IOException {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        Files.createDirectories(target());
        Files.writeString(target().resolve("mine.txt"), "x");
        assertThatThrownBy(() -> PeftFolder.write(target(), adapter))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll(target().toString(), "not empty");
        assertThat(target()).isDirectoryContaining(path -> path.endsWith("mine.txt"));
        assertThat(temporary).isDirectoryNotContaining("glob:**/.adapter*");
        Path file = Files.writeString(temporary.resolve("file"), "x");
        assertThatThrownBy(() -> PeftFolder.write(file, adapter))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("no folder");
        assertThat(file).hasContent("x");
        assertThatThrownBy(() -> PeftFolder.write(file.resolve("below"), adapter))
                .isInstanceOf(AdapterException.class);
    }

    @Test
    void write_emptyOrMissingFolder_isFilled() throws IOException {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        Files.createDirectories(target());
        PeftFolder.write(target(), adapter);
        assertSame(PeftFolder.read(target()), adapter);
        Path deep = temporary.resolve("a/b/c");
        PeftFolder.write(deep, adapter);
        assertSame(PeftFolder.read(deep), adapter);
    }

    @Test
    void write_failure_leavesNothing() {
        StoredAdapter quantized = Folders.retensored("lora", tensors -> {
            String key = tensors.keySet().iterator().next();
            tensors.put(key, new WeightTensor(key, WeightEncoding.Q8_0, List.of(1L, 32L), ByteBuffer.allocate(34), 0));
        });
        assertThatThrownBy(() -> PeftFolder.write(target(), quantized))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll("Q8_0", "F32, F16 or BF16");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void write_fingerprint_staysBesideWhatPeftReads() throws IOException {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder("lora"));
        StoredAdapter.Base base = new StoredAdapter.Base(
                Optional.of("tiny"), Optional.of("main"), Optional.of("0a".repeat(32)), Optional.of("1b".repeat(32)));
        StoredAdapter known = new StoredAdapter(adapter.config(), base, adapter.tensors());
        PeftFolder.write(target(), known);
        assertSame(PeftFolder.read(target()), known);
        Path provenance = target().resolve(PeftFolder.PROVENANCE);
        assertThat(provenance).exists();
        Files.writeString(provenance, "{\"base_fingerprint\": \"short\"}");
        assertRefused(provenance.toString(), "base_fingerprint", "64 hexadecimal digits");
    }

    @Test
    void write_patterns_keepTheirOrder() {
        AdapterConfig.Lora lora = (AdapterConfig.Lora)
                PeftFolder.read(AdapterGolden.folder("lora")).config();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("z", 1);
        ranks.put("a", 2);
        ranks.put("m", 3);
        AdapterConfig.Lora ordered = new AdapterConfig.Lora(
                4, 6.5, 0, lora.targets(), ranks, Map.of("q", 2.5), false, false, lora.bias(), false);
        StoredAdapter adapter = Folders.retensored("lora", tensors -> {});
        PeftFolder.write(target(), new StoredAdapter(ordered, adapter.base(), adapter.tensors()));
        AdapterConfig.Lora again =
                (AdapterConfig.Lora) PeftFolder.read(target()).config();
        assertThat(again).isEqualTo(ordered);
        assertThat(List.copyOf(again.rankPattern().keySet())).containsExactly("z", "a", "m");
    }

    @Test
    void read_listsOfMillions_areRefused() throws IOException {
        Folders.copy("lora", target());
        String many = "\"a\",".repeat(100_000) + "\"a\"";
        for (String field : List.of(
                "\"target_modules\": [" + many + "]",
                "\"target_modules\": [\"q_proj\"], \"exclude_modules\": [" + many + "]")) {
            Files.writeString(target().resolve(PeftFolder.CONFIG), "{\"peft_type\": \"LORA\", " + field + "}");
            assertRefused("100001 elements, at most 100000 are read");
        }
    }
}

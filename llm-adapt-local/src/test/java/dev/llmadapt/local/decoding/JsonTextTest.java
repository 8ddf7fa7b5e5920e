package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a text of a constrained answer: characters of UTF-8, no more of them than the schema allows. */
class JsonTextTest {
    private static final int LENGTH = 20;
    private static final JsonSchema.ObjectOf SCHEMA = JsonSchema.object(Map.of("a", new JsonSchema.Text(LENGTH)));
    private static final String BEFORE = "{\"a\": \"";

    @ParameterizedTest
    @CsvSource({"tiny-llama,400", "tiny-ascii,200", "tiny-llama3,200", "spm-llama.gguf,300", "spm-gemma.gguf,300"})
    void choose_logitsByChance_writesUtf8OfNoMoreCharactersThanAllowed(String checkpoint, int answers)
            throws CharacterCodingException, URISyntaxException {
        try (Checkpoint base = Checkpoint.open(file(checkpoint));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            byte[][] tokens = TokenBytes.of(base.tokenizer()).all();
            float[] logits = new float[tokens.length];
            OutputConstraint constraint = OutputConstraint.json(SCHEMA);
            CompiledConstraint compiled = CompiledConstraint.of(constraint, tokenizer.vocabulary());
            for (int seed = 0; seed < answers; seed++) {
                Random random = new Random(seed);
                GenerationOptions options =
                        GenerationOptions.defaults().withTemperature(1.5).withSeed(seed);
                ConstraintChooser chooser = new ConstraintChooser(
                        constraint,
                        compiled.matcher(),
                        tokenizer.vocabulary(),
                        tokenizer::encodePlain,
                        new Sampler(options, Set.of(), new int[0]),
                        Set.of());
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                AnswerText text = new AnswerText(tokenizer, List.of());
                StringBuilder streamed = new StringBuilder();
                while (!chooser.complete()) {
                    for (int id = 0; id < logits.length; id++) {
                        logits[id] = (float) (3 * random.nextGaussian());
                    }
                    int id = chooser.choose(logits);
                    bytes.writeBytes(tokens[id]);
                    streamed.append(text.add(id));
                }
                streamed.append(text.finish());
                String answer = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.toByteArray()))
                        .toString();
                assertThat(streamed).as("seed " + seed).hasToString(answer);
                JsonObject json = JsonParser.parseString(answer).getAsJsonObject();
                String value = json.get("a").getAsString();
                assertThat(value.codePointCount(0, value.length()))
                        .as("seed " + seed + ": " + answer)
                        .isLessThanOrEqualTo(LENGTH);
                CharsetEncoder strict = StandardCharsets.UTF_8.newEncoder();
                assertThat(strict.canEncode(value))
                        .as("seed " + seed + ": whole characters")
                        .isTrue();
            }
        }
    }

    private static Path file(String checkpoint) throws URISyntaxException {
        return checkpoint.endsWith(".gguf")
                ? Path.of(Objects.requireNonNull(Golden.class.getResource("checkpoint/" + checkpoint))
                        .toURI())
                : Golden.folder(checkpoint);
    }

    @Test
    void bytes_decoderThatChangesTokens_isRefused() {
        for (String decoder : List.of("null", "{\"type\": \"WordPiece\"}", "{\"type\": \"BPEDecoder\"}")) {
            TokenizerFiles files;
            try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-ascii"))) {
                files = base.tokenizer();
            }
            JsonObject json = JsonParser.parseString(files.json()).getAsJsonObject();
            json.add("decoder", JsonParser.parseString(decoder));
            assertThatThrownBy(() -> TokenBytes.of(withJson(files, json.toString())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ByteLevel");
        }
    }

    private static TokenizerFiles withJson(TokenizerFiles files, String json) {
        return new TokenizerFiles(
                json,
                files.chatTemplate(),
                files.namedTemplates(),
                files.addedTokens(),
                files.namedTokens(),
                files.prefix(),
                files.suffix());
    }

    /** All sequences of up to four bytes of these, beside Java's own decoder. */
    @Test
    void next_sequencesOfBytes_areThoseOfUtf8() {
        int[] values = {
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
            0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF
        };
        CompiledConstraint compiled =
                CompiledConstraint.of(OutputConstraint.json(SCHEMA), new Vocabulary(new byte[0][]));
        byte[] bytes = new byte[4];
        int sequences = values.length * values.length * values.length * values.length;
        for (int number = 0; number < sequences; number++) {
            int rest = number;
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) values[rest % values.length];
                rest /= values.length;
            }
            Matcher matcher = compiled.matcher();
            boolean whole = matcher.accept(BEFORE.getBytes(StandardCharsets.UTF_8))
                    && matcher.accept(bytes)
                    && matcher.accept(new byte[] {'"'});
            boolean valid = new String(bytes, StandardCharsets.UTF_8).indexOf('\uFFFD') < 0;
            if (whole != valid) { // an assertion each would take minutes
                throw new AssertionError(Arrays.toString(bytes) + " is valid: " + valid);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u00e9\\u0000\\uFFFF\\uD7ff\\ue000",
                "\\uD83D\\uDE00\\udbff\\uDFFF",
                "\\n\\\"\\\\\\/",
                "\uFFFD",
                "12345678901234567890",
                "\\uD83D\\uDE00345678901234567890",
                "\uD83D\uDE00345678901234567890"
            })
    void next_textThatIsWhole_mayEnd(String text) {
        assertThat(accepts(BEFORE + text + "\"}")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\uD83D\"",
                "\\uD83Dx",
                "\\uD83D\\n",
                "\\uD83D\\u0",
                "\\uD83D\\uDB",
                "\\uDE",
                "\\uDc",
                "\\u00g",
                "\\u00\"",
                "\\x",
                "\n",
                "\u001f",
                "123456789012345678901",
                "1234567890123456789\\uD83D\\uDE00\\",
                "1234567890123456789\uD83D\uDE00\\"
            })
    void next_textThatIsNot_isRefusedAtTheLastByte(String text) {
        assertThat(accepts(BEFORE + text.substring(0, text.length() - 1))).isTrue();
        assertThat(accepts(BEFORE + text)).isFalse();
    }

    private static boolean accepts(String json) {
        return CompiledConstraint.of(OutputConstraint.json(SCHEMA), new Vocabulary(new byte[0][]))
                .matcher()
                .accept(json.getBytes(StandardCharsets.UTF_8));
    }
}

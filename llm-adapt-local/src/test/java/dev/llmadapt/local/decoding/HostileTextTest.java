package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.checkpoint.TokenizerFolder;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ids of 2,000 hostile conversations by tokenizers of every kind, against those that transformers gives where the
 * users' texts are data ({@code make_tokens.py}).
 */
class HostileTextTest {
    private static final int DIGITS = 4; // of a hash

    static Path folder() {
        try {
            return Path.of(Objects.requireNonNull(HostileTextTest.class.getResource("tokens"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject golden() throws IOException {
        return JsonParser.parseString(Files.readString(folder().resolve("ids.json")))
                .getAsJsonObject();
    }

    private static List<String> texts() throws IOException {
        return Arrays.asList(new Gson().fromJson(Files.readString(folder().resolve("texts.json")), String[].class));
    }

    static Stream<String> kinds() throws IOException {
        return golden().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void encode_hostileConversations_givesTheIdsOfTransformers(String kind) throws Exception {
        JsonObject expected = golden().getAsJsonObject(kind);
        TokenizerFiles files = TokenizerFolder.read(folder().resolve(kind));
        assertThat(files.specialTokens()).isEqualTo(ids(expected.getAsJsonObject("special")));
        assertThat(files.namedTokens())
                .isEqualTo(expected.getAsJsonObject("named").entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().getAsString())));
        List<List<Message>> chats = conversations(texts());
        try (TextTokenizer tokenizer = new TextTokenizer(files)) {
            PromptEncoder encoder = new PromptEncoder(files, tokenizer);
            List<JsonElement> shown = expected.getAsJsonArray("shown").asList();
            for (int i = 0; i < shown.size(); i++) {
                assertThat(encoder.encode(Request.of(chats.get(i).toArray(Message[]::new))))
                        .as("%s", chats.get(i))
                        .isEqualTo(new Gson().fromJson(shown.get(i), int[].class));
            }
            String hashes = expected.get("hashes").getAsString();
            for (int i = 0; i < chats.size(); i++) {
                int[] ids = encoder.encode(Request.of(chats.get(i).toArray(Message[]::new)));
                assertThat(hash(ids))
                        .as("conversation %d, %s: %s", i, chats.get(i), Arrays.toString(ids))
                        .isEqualTo(hashes.substring(i * DIGITS, (i + 1) * DIGITS));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void encode_hostilePromptsWithoutATemplate_givesTheIdsOfTransformers(String kind) throws Exception {
        TokenizerFiles chat = TokenizerFolder.read(folder().resolve(kind));
        TokenizerFiles files = new TokenizerFiles(
                chat.json(),
                Optional.empty(),
                Map.of(),
                chat.addedTokens(),
                chat.namedTokens(),
                chat.prefix(),
                chat.suffix());
        String hashes = golden().getAsJsonObject(kind).get("prompts").getAsString();
        List<String> texts = texts();
        try (TextTokenizer tokenizer = new TextTokenizer(files)) {
            PromptEncoder encoder = new PromptEncoder(files, tokenizer);
            for (int i = 0; i < texts.size(); i++) {
                int[] ids = {};
                try {
                    ids = encoder.encode(Request.of(texts.get(i)));
                } catch (IllegalArgumentException e) { // nothing to go on from
                    assertThat(e).hasMessageContaining("makes no text");
                }
                assertThat(hash(ids))
                        .as("prompt %d, '%s': %s", i, texts.get(i), Arrays.toString(ids))
                        .isEqualTo(hashes.substring(i * DIGITS, (i + 1) * DIGITS));
            }
        }
    }

    private static Map<String, Integer> ids(JsonObject json) {
        return json.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().getAsInt()));
    }

    /** One a text: it alone, or with the next ones. */
    private static List<List<Message>> conversations(List<String> texts) {
        int[] counts = {1, 1, 3, 2};
        List<List<Message>> chats = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String first = texts.get(i);
            String second = texts.get((i + 1) % texts.size());
            String third = texts.get((i + 2) % texts.size());
            chats.add(
                    switch (counts[i % counts.length]) {
                        case 1 -> List.of(Message.user(first));
                        case 2 -> List.of(Message.system(first), Message.user(second));
                        default -> List.of(Message.user(first), Message.assistant(second), Message.user(third));
                    });
        }
        return chats;
    }

    private static String hash(int[] ids) throws Exception {
        String text = Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
        return Sha256.of(text).substring(0, DIGITS);
    }
}

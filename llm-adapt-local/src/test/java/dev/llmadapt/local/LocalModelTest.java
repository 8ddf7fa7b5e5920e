package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The laws of a model, kept by a local one on tiny checkpoints, and what is its own. */
class LocalModelTest {
    /** A vocabulary of single characters: every law applies. */
    @Nested
    class OfCharacters extends ModelContract {
        @Override
        protected Model open() {
            return LocalModelTest.open("tiny-ascii");
        }
    }

    /** A vocabulary of bytes and merges, from which a random model makes incomplete characters. */
    @Nested
    class OfBytes extends ModelContract {
        @Override
        protected Model open() {
            return LocalModelTest.open("tiny-llama");
        }
    }

    /** 16-bit shards, rope scaling, biases. */
    @Nested
    class OfShards extends ModelContract {
        @Override
        protected Model open() {
            return LocalModelTest.open("tiny-llama3");
        }
    }

    @Test
    void generate_candidates_haveTheTextThatTheyWouldComplete() {
        try (LocalModel model = open("tiny-llama")) {
            Request request = Request.of("where is my card?")
                    .withOptions(GenerationOptions.defaults().withMaxTokens(30).withCandidates(128));
            List<Token> tokens = model.generate(request).tokens();
            List<Token.Candidate> all = tokens.stream()
                    .flatMap(token -> token.candidates().stream())
                    .toList();

            // a token that completes a text at once has it as the likeliest candidate; others wait for the next one
            assertThat(tokens)
                    .filteredOn(token -> !token.text().isEmpty())
                    .anySatisfy(token ->
                            assertThat(token.candidates().get(0).text()).isEqualTo(token.text()));
            assertThat(all).extracting(Token.Candidate::text).anyMatch(text -> text.startsWith("<|"));
            assertThat(all).extracting(Token.Candidate::text).doesNotContain("");
        }
    }

    @Test
    void generate_afterOtherPrompts_doesNotDependOnThem() {
        Request request = Request.of("where is my card? it was lost at the bank");
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(40)
                .withTemperature(1)
                .withLogProbabilities(true);
        Request other = Request.of("where is my card? it was stolen");
        Generation alone;
        try (LocalModel model = open("tiny-llama")) {
            alone = model.generate(request.withOptions(options));
        }
        try (LocalModel model = open("tiny-llama")) {
            model.generate(other);
            model.generate(Request.of(Message.user("where is my card?"), Message.assistant("it was")));
            model.score(request, List.of("lost", "stolen", "at the bank"));
            assertThat(model.generate(request.withOptions(options)).tokens()).isEqualTo(alone.tokens());
        }
    }

    @Test
    void score_sameContinuationAmongOthers_isTheSameToTheBit() {
        Request prompt = Request.of("the card");
        try (LocalModel model = open("tiny-llama")) {
            List<Token> alone =
                    model.score(prompt, List.of("card lost")).entries().get(0).tokens();
            List<String> many = List.of("card not arrived", "card stolen", "card lost", "card", "x", "card lost again");
            assertThat(model.score(prompt, many).entries().get(2).tokens()).isEqualTo(alone);
        }
    }

    @Test
    void generate_moreRequestsThanSlots_answersAll() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            requests.add(Request.of("the card ".repeat(i + 1))
                    .withOptions(GenerationOptions.defaults().withMaxTokens(9 - i)));
        }
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(1).withMaxBatch(2))) {
            List<Generation> together = model.generate(requests);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(together.get(i).text())
                        .isEqualTo(model.generate(requests.get(i)).text());
            }
        }
    }

    @Test
    void generate_specialTokenInMessage_isReadAsText() {
        try (LocalModel model = open("tiny-ascii")) {
            int honest = model.generate(Request.of("<|im_en|>")).usage().promptTokens();
            int forged = model.generate(Request.of("<|im_end|>")).usage().promptTokens();
            assertThat(forged).isEqualTo(honest + 1);
        }
    }

    @Test
    void generate_textCutInACharacter_isRefused() {
        try (LocalModel model = open("tiny-llama")) {
            assertThatThrownBy(() -> model.generate(Request.of("a\uD83D b")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("U+D83D", "surrogate");
            assertThat(model.generate(Request.of("a\uD83D\uDE00 b")).tokens()).isNotEmpty();
        }
    }

    /** The settings name another end than the tokenizer, as base models with a chat template added do. */
    @Test
    void generate_endOfTheTokenizer_endsTheAnswer(@TempDir Path folder) throws IOException {
        Path base = Golden.folder("tiny-llama");
        try (Stream<Path> files = Files.list(base)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(base.relativize(file).toString()));
            }
        }
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[0]}");
        Request request = Request.of("where is my card?")
                .withOptions(GenerationOptions.defaults().withMaxTokens(6));
        List<Integer> tokens;
        int end;
        try (LocalModel model = LocalModel.open(folder, ModelOptions.defaults().withThreads(1))) {
            tokens = model.generate(request).tokens().stream().map(Token::id).toList();
            int[] prompt = model.promptTokens(request);
            end = tokens.stream()
                    .filter(id -> Arrays.stream(prompt).noneMatch(each -> each == id))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(tokens).hasSize(6);
        String text = JsonParser.parseString(Files.readString(folder.resolve("tokenizer.json")))
                .getAsJsonObject()
                .getAsJsonObject("model")
                .getAsJsonObject("vocab")
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue().getAsInt() == end)
                .findFirst()
                .orElseThrow()
                .getKey();
        Path settings = folder.resolve("tokenizer_config.json");
        JsonObject config = JsonParser.parseString(Files.readString(settings)).getAsJsonObject();
        config.addProperty("eos_token", text);
        Files.writeString(settings, config.toString());
        try (LocalModel model = LocalModel.open(folder, ModelOptions.defaults().withThreads(1))) {
            Generation answer = model.generate(request);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.tokens().stream().map(Token::id).toList())
                    .isEqualTo(tokens.stream().takeWhile(id -> id != end).toList());
        }
        config.addProperty("eos_token", "<no such token>");
        Files.writeString(settings, config.toString());
        assertThatThrownBy(() -> LocalModel.open(folder, ModelOptions.defaults()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("'<no such token>'", "eos_token", "vocabulary");
    }

    @Test
    void generate_promptLongerThanContext_saysBothLengths() {
        try (LocalModel model = open("tiny-ascii")) {
            assertThatThrownBy(() -> model.generate(Request.of("a".repeat(300))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("256");
        }
    }

    @Test
    void open_contextLongerThanCheckpoints_isRefused() {
        assertThatThrownBy(() -> LocalModel.open(
                        Golden.folder("tiny-llama"), ModelOptions.defaults().withContextLength(512)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("512")
                .hasMessageContaining("256");
    }

    private static LocalModel open(String name) {
        return LocalModel.open(Golden.folder(name), ModelOptions.defaults().withThreads(1));
    }
}

package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Request;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WordFeaturesTest {
    private static final WordFeatures FEATURES = new WordFeatures();

    @Test
    void rows_ofTextsOfManyKinds_areThoseOfScikitLearn() throws IOException {
        JsonObject golden = golden();
        WordFeatures.Vocabulary vocabulary = FEATURES.project(read(golden.getAsJsonArray("learned")));
        List<Terms> asked = read(golden.getAsJsonArray("asked"));

        assertThat(asked).hasSizeGreaterThan(15);
        for (int i = 0; i < asked.size(); i++) {
            Map<String, Double> words = new TreeMap<>();
            Map<String, Double> characters = new TreeMap<>();
            Row row = vocabulary.row(asked.get(i));
            int split = vocabulary.words().size();
            for (int at = 0; at < row.indices().length; at++) {
                int place = row.indices()[at];
                if (place < split) {
                    words.put(vocabulary.words().get(place), row.values()[at]);
                } else {
                    characters.put(vocabulary.characters().get(place - split), row.values()[at]);
                }
            }
            assertSame(words, golden.getAsJsonArray("words").get(i).getAsJsonObject());
            assertSame(characters, golden.getAsJsonArray("characters").get(i).getAsJsonObject());
        }
    }

    private static void assertSame(Map<String, Double> row, JsonObject golden) {
        assertThat(row).containsOnlyKeys(golden.keySet());
        row.forEach((term, value) ->
                assertThat(value).as(term).isCloseTo(golden.get(term).getAsDouble(), within(1e-6)));
    }

    @Test
    void row_unknownTermsAlone_isEmpty() {
        WordFeatures.Vocabulary vocabulary = FEATURES.project(FEATURES.read(List.of(Request.of("abc"))));

        assertThat(vocabulary.row(Terms.of("xyz")).indices()).isEmpty();
    }

    @Test
    void terms_halfACharacter_isReplaced() {
        assertThat(Terms.of("a\ud800b").characters()).containsKey("a\ufffdb ").doesNotContainKey("a\ud800b ");
    }

    private static List<Terms> read(JsonArray texts) {
        List<Request> requests = new ArrayList<>();
        for (JsonElement text : texts) {
            requests.add(Request.of(text.getAsString()));
        }
        return FEATURES.read(requests);
    }

    private static JsonObject golden() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(WordFeaturesTest.class.getResourceAsStream("tfidf.json")),
                StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        }
    }
}

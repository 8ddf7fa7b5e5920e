package dev.llmadapt.rag.evaluation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The test collections that lie beside the checkout. */
public final class SharedCollections {
    private static final Pattern RECORD = Pattern.compile("(?s)\\.I (\\d+)\\n(.*?)(?=\\n\\.I \\d|\\z)");

    private SharedCollections() {}

    /** A folder of shared/data; the test that asks is skipped without it. */
    public static Path data(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path data = at.resolve("shared/data").resolve(name);
            if (Files.isDirectory(data)) {
                return data;
            }
        }
        assumeTrue(false, "needs shared/data/" + name + " beside the checkout");
        throw new AssertionError("skipped");
    }

    /** Cranfield: grades 1 (best) to 4 as gains 4 to 1, queries numbered by their order. */
    public static TestCollection cranfield() throws IOException {
        Path folder = data("cranfield");
        List<Passage> passages = new ArrayList<>();
        for (Matcher matcher = RECORD.matcher(text(folder.resolve("cran.all.1400"))); matcher.find(); ) {
            String title = between(matcher.group(2), "\\.T", "\\.A");
            String text = between(matcher.group(2), "\\.W", "\\z");
            passages.add(new Passage(matcher.group(1), title, text, 0));
        }
        Map<String, String> queries = new LinkedHashMap<>();
        for (Matcher matcher = RECORD.matcher(text(folder.resolve("cran.qry"))); matcher.find(); ) {
            queries.put(Integer.toString(queries.size() + 1), between(matcher.group(2), "\\.W", "\\z"));
        }
        Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("cranqrel"))) {
            String[] cells = line.strip().split("\\s+", -1);
            int grade = Integer.parseInt(cells[2]);
            if (grade >= 1) {
                judgements
                        .computeIfAbsent(cells[0], query -> new LinkedHashMap<>())
                        .put(cells[1], 5 - grade);
            }
        }
        return new TestCollection(passages, queries, judgements);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).replace("\r", "");
    }

    private static String between(String record, String from, String to) {
        Matcher matcher = Pattern.compile("(?s)(?:\\A|\\n)" + from + "\\n(.*?)(?:\\n" + to + "|\\z)")
                .matcher(record);
        return matcher.find() ? matcher.group(1).replace('\n', ' ').strip() : "";
    }

    /** XQuAD: every question asks for its own paragraph. */
    public static TestCollection xquad(String language) throws IOException {
        Path file = data("xquad").resolve("xquad." + language + ".json");
        List<Passage> passages = new ArrayList<>();
        Map<String, String> queries = new LinkedHashMap<>();
        Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();
        JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        for (JsonElement article : root.getAsJsonArray("data")) {
            for (JsonElement paragraph : article.getAsJsonObject().getAsJsonArray("paragraphs")) {
                String id = Integer.toString(passages.size());
                JsonObject object = paragraph.getAsJsonObject();
                passages.add(new Passage(id, "", object.get("context").getAsString(), 0));
                for (JsonElement qa : object.getAsJsonArray("qas")) {
                    JsonObject question = qa.getAsJsonObject();
                    queries.put(
                            question.get("id").getAsString(),
                            question.get("question").getAsString());
                    judgements.put(question.get("id").getAsString(), Map.of(id, 1));
                }
            }
        }
        return new TestCollection(passages, queries, judgements);
    }
}

package dev.llmadapt.rag.evaluation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The files of test collections: BEIR folders, and judgements in the forms of BEIR and TREC. */
final class CollectionFiles {
    private static final int MAX_LINE_BYTES = 64 << 20; // bytes

    private CollectionFiles() {}

    /** {@link TestCollection#beir}. */
    static TestCollection beir(Path folder, String split) {
        Map<String, Map<String, Integer>> judgements =
                judgements(folder.resolve("qrels").resolve(split + ".tsv"));
        List<Passage> passages = new ArrayList<>();
        objects(
                folder.resolve("corpus.jsonl"),
                json -> passages.add(new Passage(text(json, "_id"), optional(json, "title"), text(json, "text"), 0)));
        Map<String, String> queries = new LinkedHashMap<>();
        objects(folder.resolve("queries.jsonl"), json -> {
            if (judgements.containsKey(text(json, "_id"))) {
                queries.put(text(json, "_id"), text(json, "text"));
            }
        });
        return new TestCollection(passages, queries, judgements);
    }

    /** {@link TestCollection#readJudgements}. */
    static Map<String, Map<String, Integer>> judgements(Path file) {
        Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();
        lines(file, line -> {
            if (line.startsWith("query-id\t")) {
                return;
            }
            String[] tabs = line.split("\t");
            String[] cells = tabs.length == 3 ? tabs : line.strip().split("\\s+");
            if (cells.length != 3 && cells.length != 4) {
                throw new IllegalArgumentException(
                        "expected 'query iteration passage gain' or 'query<tab>passage<tab>gain', got '" + line + "'");
            }
            judgements
                    .computeIfAbsent(cells[0], query -> new LinkedHashMap<>())
                    .put(cells[cells.length - 2], Integer.parseInt(cells[cells.length - 1].strip()));
        });
        return judgements;
    }

    static void objects(Path file, Consumer<JsonObject> each) {
        lines(file, line -> {
            if (!(JsonParser.parseString(line) instanceof JsonObject object)) {
                throw new IllegalArgumentException("expected a JSON object");
            }
            each.accept(object);
        });
    }

    private static void lines(Path file, Consumer<String> each) {
        long number = 0;
        try (Utf8Input in = Utf8Input.open(file)) {
            Lines lines = new Lines(in, MAX_LINE_BYTES);
            while (lines.advance()) {
                number = lines.line();
                String line = lines.text();
                if (!line.isBlank()) {
                    each.accept(line);
                }
            }
        } catch (BrokenRecord e) {
            throw new IndexException(file + ", line " + number + ": " + e.reason(), e);
        } catch (IOException e) {
            throw new IndexException(file + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException | JsonParseException e) { // of which bad numbers are one
            throw new IndexException(file + ", line " + number + ": " + e.getMessage(), e);
        }
    }

    private static String text(JsonObject json, String key) {
        JsonElement value = json.get(key);
        if (value == null || !value.isJsonPrimitive()) {
            throw new IllegalArgumentException("expected a text '" + key + "', got " + value);
        }
        return value.getAsString();
    }

    private static String optional(JsonObject json, String key) {
        return json.has(key) && !json.get(key).isJsonNull() ? text(json, key) : "";
    }
}

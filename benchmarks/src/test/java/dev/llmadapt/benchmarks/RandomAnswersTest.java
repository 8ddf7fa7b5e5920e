package dev.llmadapt.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.ConstraintException;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Answers chosen by chance under schemas of MaskBench, checked by an independent validator. The property
 * {@code answers} says how many (40 if it is not set), {@code seed} with which seed.
 */
class RandomAnswersTest {
    private static final int MAX_TOKENS = 1500;
    private static final String CASES = "shared/data/maskbench/maskbench_sample.jsonl";

    private final byte[][] tokens = tokens();
    private final Vocabulary vocabulary = new Vocabulary(tokens);
    private final long[] mask = new long[vocabulary.words()];
    private final ObjectMapper mapper = new ObjectMapper();
    private int cut;
    private int refused;
    private int unread;
    private int stopped;

    /** All bytes, pieces of JSON, and words. */
    private static byte[][] tokens() {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        String pieces =
                "{\" \": \" \"} \", \" \"] ], }, [] {} true false null 12 2024 -1 0.5 the and name id type http:// .com"
                        + " @example \\n \\\" \\u00 \u00e9 \uD83D\uDE00 item value abc XYZ";
        for (String piece : pieces.split(" ", -1)) {
            tokens.add(piece.getBytes(StandardCharsets.UTF_8));
            tokens.add((" " + piece).getBytes(StandardCharsets.UTF_8));
        }
        return tokens.toArray(byte[][]::new);
    }

    @Test
    void answers_schemasOfMaskBench_areValid() throws IOException {
        Path file = find();
        assumeTrue(file != null, "needs " + CASES + " beside the checkout");
        List<JsonObject> cases = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            cases.add(JsonParser.parseString(line).getAsJsonObject());
        }
        int answers = Integer.getInteger("answers", 40);
        Random random = new Random(Long.getLong("seed", 1));
        List<String> wrong = new ArrayList<>();
        for (int left = answers; left > 0; ) {
            left -= answer(cases.get(random.nextInt(cases.size())), random, wrong) ? 1 : 0;
        }
        System.out.printf(
                "answers %d, not valid %d, cut %d; beside them: schemas refused %d, answers stopped as too costly %d, not"
                        + " read by the validator %d%n",
                answers, wrong.size(), cut, refused, stopped, unread);
        assertThat(wrong).isEmpty();
    }

    private static @Nullable Path find() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(CASES))) {
                return at.resolve(CASES);
            }
        }
        return null;
    }

    /** Writes an answer; returns whether it counts. */
    private boolean answer(JsonObject item, Random random, List<String> wrong) {
        JsonElement schema = item.get("schema");
        CompiledConstraint compiled;
        try {
            compiled = CompiledConstraint.json(schema, true, vocabulary);
        } catch (ConstraintException e) {
            refused++;
            return false;
        }
        Matcher matcher = compiled.matcher();
        StringBuilder bytes = new StringBuilder();
        try {
            write(matcher, random, item.get("id").getAsString(), bytes);
        } catch (ConstraintException e) { // told to the user in the middle of the answer
            stopped++;
            return false;
        }
        if (!matcher.mayEnd()) {
            cut++;
            return true;
        }
        String text = new String(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        if (text.matches("(?s).*[0-9]{16}.*")) { // the validator computes with doubles
            unread++;
            return false;
        }
        Set<ValidationMessage> messages;
        try {
            messages = JsonSchemaFactory.getInstance(version(schema))
                    .getSchema(mapper.readTree(schema.toString()))
                    .validate(mapper.readTree(text));
        } catch (RuntimeException | JsonProcessingException e) { // such as a reference that it resolves otherwise
            unread++;
            return false;
        }
        if (!messages.isEmpty()) {
            wrong.add(item.get("id").getAsString() + ": " + messages + ": " + text.replaceAll("\\s+", " "));
        }
        return true;
    }

    private void write(Matcher matcher, Random random, String id, StringBuilder bytes) {
        for (int count = 0; count < MAX_TOKENS && !matcher.mustEnd(); count++) {
            if (matcher.mayEnd() && random.nextInt(3) == 0) {
                break;
            }
            int token = choose(matcher, random, id + " after " + bytes);
            assertThat(matcher.accept(token)).as("a token of the mask").isTrue();
            bytes.append(new String(tokens[token], StandardCharsets.ISO_8859_1));
        }
    }

    private static VersionFlag version(JsonElement schema) {
        String dialect = schema instanceof JsonObject object && object.has("$schema")
                ? object.get("$schema").getAsString()
                : "";
        return dialect.contains("draft-04")
                ? VersionFlag.V4
                : dialect.contains("draft-06")
                        ? VersionFlag.V6
                        : dialect.contains("draft-07") ? VersionFlag.V7 : VersionFlag.V202012;
    }

    /** Chooses a token, half of the time one that ends something, so that answers end. */
    private int choose(Matcher matcher, Random random, String place) {
        matcher.mask(mask);
        List<Integer> allowed = new ArrayList<>();
        List<Integer> ending = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            if ((mask[id >>> 6] >>> id & 1) != 0) {
                allowed.add(id);
                if (new String(tokens[id], StandardCharsets.ISO_8859_1).matches("[\"}\\],]{1,3}")) {
                    ending.add(id);
                }
            }
        }
        assertThat(allowed).as("tokens that may come in " + place).isNotEmpty();
        // the validator's patterns know white space of ASCII alone, where ECMA-262 has Unicode's
        List<Integer> ascii = allowed.stream().filter(id -> tokens[id][0] >= 0).toList();
        allowed = ascii.isEmpty() ? allowed : new ArrayList<>(ascii);
        List<Integer> among = !ending.isEmpty() && random.nextInt(2) == 0 ? ending : allowed;
        return among.get(random.nextInt(among.size()));
    }
}

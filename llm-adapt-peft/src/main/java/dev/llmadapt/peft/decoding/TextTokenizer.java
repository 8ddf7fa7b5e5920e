package dev.llmadapt.peft.decoding;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.natives.TokenizerLibrary;
import dev.llmadapt.peft.CheckpointException;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's tokenizer, with the one thing the library behind it cannot do: to read special tokens where the template
 * wrote them and plain text where a person wrote the same characters. Thread-safe.
 */
final class TextTokenizer implements AutoCloseable {
    private final TokenizerFiles files;
    private final HuggingFaceTokenizer tokenizer;
    private final Pattern specials;
    private @Nullable HuggingFaceTokenizer plain; // knows no special token; made when first needed
    private @Nullable TokenBytes bytes; // made when first needed

    TextTokenizer(TokenizerFiles files) {
        this.files = files;
        this.tokenizer = load(files.json());
        this.specials = Pattern.compile(
                files.specialTokens().isEmpty()
                        ? "(?!)"
                        : files.specialTokens().keySet().stream()
                                .sorted(Comparator.comparingInt(String::length).reversed())
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|")));
    }

    /** The ids of a text in which nothing is special. */
    int[] encodePlain(String text) {
        return specials.matcher(text).find() ? ids(plain(), text) : ids(tokenizer, text);
    }

    /** The ids of a text whose special tokens count only where no character of them is data. */
    int[] encode(String text, DataRanges data) {
        Matcher matcher = specials.matcher(text);
        boolean hostile = false;
        while (matcher.find() && !hostile) {
            hostile = data.touches(matcher.start(), matcher.end());
        }
        if (!hostile) {
            return ids(tokenizer, text);
        }
        IntStream.Builder ids = IntStream.builder();
        int from = 0;
        matcher.reset();
        while (matcher.find()) {
            if (!data.touches(matcher.start(), matcher.end())) {
                Arrays.stream(encodePlain(text.substring(from, matcher.start())))
                        .forEach(ids);
                ids.add(Objects.requireNonNull(files.specialTokens().get(matcher.group())));
                from = matcher.end();
            }
        }
        Arrays.stream(encodePlain(text.substring(from))).forEach(ids);
        return ids.build().toArray();
    }

    /** Which characters of a text are data. */
    @FunctionalInterface
    interface DataRanges {
        /** Whether any character from {@code start} to {@code end - 1} is. */
        boolean touches(int start, int end);
    }

    /** The text of some ids, special tokens left out. */
    String decode(int[] ids, int from, int to) {
        return from == to
                ? ""
                : tokenizer.decode(Arrays.stream(ids, from, to).asLongStream().toArray(), true);
    }

    /** The bytes of each token. */
    synchronized TokenBytes bytes() {
        TokenBytes made = bytes;
        if (made == null) {
            made = TokenBytes.of(files);
            bytes = made;
        }
        return made;
    }

    private static int[] ids(HuggingFaceTokenizer tokenizer, String text) {
        return text.isEmpty()
                ? new int[0]
                : Arrays.stream(tokenizer.encode(text, false, false).getIds())
                        .mapToInt(Math::toIntExact)
                        .toArray();
    }

    private synchronized HuggingFaceTokenizer plain() {
        HuggingFaceTokenizer made = plain;
        if (made == null) {
            JsonObject json = JsonParser.parseString(files.json()).getAsJsonObject();
            JsonArray kept = new JsonArray();
            for (JsonElement added : json.getAsJsonArray("added_tokens")) {
                if (!added.getAsJsonObject().get("special").getAsBoolean()) {
                    kept.add(added);
                }
            }
            json.add("added_tokens", kept);
            json.remove("post_processor");
            made = load(json.toString());
            plain = made;
        }
        return made;
    }

    private static HuggingFaceTokenizer load(String json) {
        // every option that could change ids, or that the library would otherwise warn about, is set
        Map<String, String> options = Map.of(
                "addSpecialTokens",
                "false",
                "truncation",
                "DO_NOT_TRUNCATE",
                "padding",
                "DO_NOT_PAD",
                "maxLength",
                "-1");
        TokenizerLibrary.load();
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options);
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException("tokenizer.json cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        tokenizer.close();
        if (plain != null) {
            plain.close();
        }
    }
}

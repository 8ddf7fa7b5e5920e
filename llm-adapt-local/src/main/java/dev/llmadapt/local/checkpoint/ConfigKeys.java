package dev.llmadapt.local.checkpoint;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@code config.json} of one family, and what becomes of each: it is <i>honoured</i>, with the default that
 * transformers 5.24 has where the file leaves it out; it <i>changes nothing</i> and is passed over; or it <i>would
 * change the numbers</i> and is refused, unless it has a value that does not. {@link FamilyKeys} is the table.
 *
 * <p>A key that the table does not know is refused, too, by name. Passed over are only those that say nothing
 * ({@code null}, {@code false}, an empty string, list or object) and those whose names are plainly notes:
 * {@code ..._version}, {@code ..._date}, {@code author}.
 */
final class ConfigKeys {
    private static final Gson GSON = new Gson();
    /** Names of notes about a checkpoint: who made it, from what and when. */
    private static final Pattern NOTE = Pattern.compile(
            "(.*_)?(version|date|author|authors|comment|comments|description|license|note|notes|notice|url|repo|commit"
                    + "|hash|created_at|created_by|readme|citation|model_name|base_model|base_model_name_or_path|tags)");

    /** The treatment of a key. */
    private sealed interface Use {
        /** @param byDefault its value where the file has none, or null */
        record Honoured(@Nullable JsonElement byDefault) implements Use {}

        record Harmless() implements Use {}

        /** @param values with which it changes nothing */
        record Refused(List<JsonElement> values, String reason) implements Use {}
    }

    private final Map<String, Use> uses;

    private ConfigKeys(Map<String, Use> uses) {
        this.uses = uses;
    }

    /** A table without rows. */
    static ConfigKeys none() {
        return new ConfigKeys(Map.of());
    }

    /** With keys that are read, and have no default. */
    ConfigKeys honours(String... keys) {
        return with(new Use.Honoured(null), keys);
    }

    /** With a key that is read; {@code byDefault} is its value where it is absent, not where it is null. */
    ConfigKeys honoursWithDefault(String key, Object byDefault) {
        return with(new Use.Honoured(GSON.toJsonTree(byDefault)), key);
    }

    /** With keys that change no number. */
    ConfigKeys passesOver(String... keys) {
        return with(new Use.Harmless(), keys);
    }

    /** With keys that are refused. */
    ConfigKeys refuses(String reason, String... keys) {
        return with(new Use.Refused(List.of(), reason), keys);
    }

    /** With keys that are refused unless they have that value. */
    ConfigKeys refusesUnless(Object value, String reason, String... keys) {
        return with(new Use.Refused(List.of(GSON.toJsonTree(value)), reason), keys);
    }

    /** The rows of both; those of the other table go before these. */
    ConfigKeys and(ConfigKeys other) {
        Map<String, Use> all = new LinkedHashMap<>(uses);
        all.putAll(other.uses);
        return new ConfigKeys(all);
    }

    private ConfigKeys with(Use use, String... keys) {
        Map<String, Use> all = new LinkedHashMap<>(uses);
        Arrays.stream(keys).forEach(key -> all.put(key, use));
        return new ConfigKeys(all);
    }

    /**
     * A configuration with its defaults filled in.
     *
     * @throws CheckpointException if a key could change the numbers and is not honoured
     */
    Json complete(Json config, String modelType) {
        check(config, modelType, "");
        JsonObject all = config.object().deepCopy();
        uses.forEach((key, use) -> {
            JsonElement byDefault = use instanceof Use.Honoured honoured ? honoured.byDefault : null;
            if (byDefault != null && !all.has(key)) {
                all.add(key, byDefault);
            }
        });
        return Json.of(config.file(), all);
    }

    /**
     * Checks a configuration whose keys have a prefix that the table's have not.
     *
     * @throws CheckpointException if a key could change the numbers and is not honoured
     */
    void check(Json config, String modelType, String prefix) {
        for (Map.Entry<String, JsonElement> entry : config.object().entrySet()) {
            check(config, modelType, entry.getKey(), uses.get(entry.getKey().substring(prefix.length())));
        }
    }

    private static void check(Json config, String modelType, String key, @Nullable Use use) {
        JsonElement value = config.object().get(key);
        if (use instanceof Use.Refused refused) {
            if (!value.isJsonNull()
                    && !saysNothing(value, refused)
                    && refused.values.stream().noneMatch(value::equals)) {
                throw config.wrong(
                        key,
                        refused.values.isEmpty() ? "no such setting" : String.valueOf(refused.values.get(0)),
                        value,
                        refused.reason);
            }
        } else if (use == null && !saysNothing(value) && !NOTE.matcher(key).matches()) {
            throw config.wrong(
                    key,
                    "only settings that models of type " + modelType + " are known to have",
                    value,
                    "it could change what the model computes; if it does not, take it out of the file");
        }
    }

    /** Where the values that change nothing are given, only these say nothing. */
    private static boolean saysNothing(JsonElement value, Use.Refused refused) {
        return refused.values.isEmpty() && saysNothing(value);
    }

    private static boolean saysNothing(JsonElement value) {
        if (value instanceof JsonPrimitive primitive) {
            return primitive.isBoolean()
                    ? !primitive.getAsBoolean()
                    : primitive.isString() && primitive.getAsString().isEmpty();
        }
        return value.isJsonNull()
                || (value.isJsonArray() && value.getAsJsonArray().isEmpty())
                || (value.isJsonObject() && value.getAsJsonObject().isEmpty());
    }
}

package dev.llmadapt.peft.folder;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What {@code src/test/golden/make_targets.py} recorded. */
final class Targets {
    private Targets() {}

    static JsonObject recorded() {
        try (InputStream stream = Objects.requireNonNull(Targets.class.getResourceAsStream("targets.json"))) {
            return new Gson().fromJson(new InputStreamReader(stream, StandardCharsets.UTF_8), JsonObject.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

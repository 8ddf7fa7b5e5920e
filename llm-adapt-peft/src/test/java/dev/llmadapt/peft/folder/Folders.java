package dev.llmadapt.peft.folder;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Folders that differ a little from recorded ones. */
final class Folders {
    private Folders() {}

    /** Copies a recorded adapter's two files into {@code target}. */
    static void copy(String name, Path target) {
        try {
            Files.createDirectories(target);
            for (String file : List.of(PeftFolder.CONFIG, PeftFolder.TENSORS)) {
                Files.write(
                        target.resolve(file),
                        Files.readAllBytes(AdapterGolden.folder(name).resolve(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy whose setting has another value, given as JSON. */
    static Path with(String name, Path target, String field, String json) {
        copy(name, target);
        return changed(target, config -> config.add(field, JsonParser.parseString(json)));
    }

    static Path changed(Path folder, Consumer<JsonObject> change) {
        Path file = folder.resolve(PeftFolder.CONFIG);
        try {
            JsonObject config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            change.accept(config);
            Files.writeString(file, new GsonBuilder().serializeNulls().create().toJson((JsonElement) config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /** The recorded adapter with other tensors. */
    static StoredAdapter retensored(String name, Consumer<Map<String, WeightTensor>> change) {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder(name));
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(adapter.tensors());
        change.accept(tensors);
        return new StoredAdapter(adapter.config(), adapter.base(), tensors);
    }

    static WeightTensor tensor(String key, List<Long> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new WeightTensor(key, WeightEncoding.F32, shape, bytes, 0);
    }
}

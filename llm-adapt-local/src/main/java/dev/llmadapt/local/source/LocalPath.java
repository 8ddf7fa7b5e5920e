package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A checkpoint that is on this machine already.
 *
 * @param path a folder with {@code config.json} or {@code genai_config.json}, or a {@code .gguf} or {@code .onnx} file
 */
public record LocalPath(Path path) implements ModelSource {
    @Override
    public Path fetch(Progress progress) {
        if (Files.isDirectory(path)) {
            if (!Files.isRegularFile(path.resolve("config.json"))
                    && !Files.isRegularFile(path.resolve("genai_config.json"))) {
                throw new SourceException(
                        "the folder " + path + " has no config.json, expected a Hugging Face checkpoint folder"
                                + " (config.json, tokenizer.json, *.safetensors or model.onnx), a folder of"
                                + " onnxruntime-genai (genai_config.json), or the path of a .gguf or .onnx file",
                        null);
            }
            return path;
        }
        if (!Files.isRegularFile(path)) {
            throw new SourceException(
                    "no such model: " + path + " (" + path.toAbsolutePath()
                            + "), expected a Hugging Face checkpoint folder, or a .gguf or .onnx file",
                    null);
        }
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".gguf") && !name.endsWith(".onnx")) {
            throw new SourceException(
                    "the file " + path
                            + " is neither a .gguf nor an .onnx file; for a safetensors checkpoint name its folder",
                    null);
        }
        return path;
    }
}

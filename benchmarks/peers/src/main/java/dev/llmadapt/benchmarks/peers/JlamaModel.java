package dev.llmadapt.benchmarks.peers;

import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import dev.llmadapt.Progress;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.merge.Merging;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program that writes the default model for Jlama, which does not read GGUF: this library converts it to a Hugging
 * Face folder without loss, and Jlama rounds that to its own 4-bit blocks of 32. Prints the path of the GGUF file.
 */
final class JlamaModel {
    private JlamaModel() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("expected one argument, the folder to make, got " + arguments.length);
        }
        Path gguf = ModelSource.defaultModel().fetch(Progress.NONE);
        Path folder = Path.of(arguments[0]);
        Path exact = folder.resolveSibling(folder.getFileName() + "-f32");
        try (Checkpoint checkpoint = Checkpoint.open(gguf)) {
            Merging.write(checkpoint, List.of(), exact, MergeOptions.defaults(), Progress.NONE);
        }
        Files.writeString(exact.resolve("README.md"), ""); // Jlama copies one, and fails where there is none
        SafeTensorSupport.quantizeModel(exact, DType.Q4, new String[0], new String[0], Optional.of(folder));
        System.out.println(gguf);
    }
}

package dev.llmadapt.benchmarks;

import com.google.gson.Gson;
import dev.llmadapt.Precision;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Decoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A program that writes the token ids of the prompt and the labels of {@link ScoreBenchmark} as JSON, for
 * {@code peers/llama_cpp_peer.py}. Arguments: TASK.json MODEL TARGET.json.
 */
final class ScorePrompt {
    private static final int LABELS = 15;

    private ScorePrompt() {}

    /** The token ids that are written. */
    private record Ids(int[] prompt, List<int[]> labels) {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException(
                    "expected three arguments, TASK.json MODEL TARGET.json, got " + arguments.length);
        }
        LabelTask task = LabelTask.read(Path.of(arguments[0]), LABELS);
        Path model = Path.of(arguments[1]);
        try (Checkpoint checkpoint = Checkpoint.open(model);
                Decoder decoder =
                        new Decoder(Sessions.open(model, Precision.AS_STORED), checkpoint.tokenizer(), Set.of(), 1)) {
            Ids ids = new Ids(
                    decoder.promptIds(task.prompt("", 0)),
                    task.labels().stream().map(decoder::textIds).toList());
            Files.writeString(Path.of(arguments[2]), new Gson().toJson(ids));
            System.out.println(ids.prompt().length + " tokens of the prompt, "
                    + ids.labels().stream().mapToInt(label -> label.length).sum() + " of the labels");
        }
    }
}

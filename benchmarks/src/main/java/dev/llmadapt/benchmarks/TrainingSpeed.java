package dev.llmadapt.benchmarks;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.training.LoraTrainable;
import dev.llmadapt.peft.training.Optimizer;
import dev.llmadapt.peft.training.Trainable;
import dev.llmadapt.peft.training.TrainingBatch;
import dev.llmadapt.peft.training.TrainingGraph;
import dev.llmadapt.peft.training.TrainingSession;
import dev.llmadapt.peft.training.TrainingText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A program that measures a training step of LoRA with rank 16 on all projections, as {@code peers/train.py} does for
 * PyTorch. Arguments: MODEL ROWS TOKENS STEPS THREADS PRECISION CHECKPOINTING and, if they are not the usual ones,
 * DEVICE and the number of steps that warm up. Output: one line of JSON. Linux only, since the peak memory of the
 * process is read from {@code /proc}.
 */
final class TrainingSpeed {
    private TrainingSpeed() {}

    public static void main(String[] arguments) throws IOException {
        Path model = ModelSource.parse(arguments[0]).fetch(Progress.NONE);
        int rows = Integer.parseInt(arguments[1]);
        int length = Integer.parseInt(arguments[2]);
        double[] seconds = new double[Integer.parseInt(arguments[3])];
        int threads = Integer.parseInt(arguments[4]);
        Precision precision = Precision.valueOf(arguments[5]);
        boolean checkpointing = Boolean.parseBoolean(arguments[6]);
        Device device = arguments.length > 7 ? Device.of(arguments[7]) : Device.CPU;
        int warmUp = arguments.length > 8 ? Integer.parseInt(arguments[8]) : 2;
        Checkpoint base = Checkpoint.open(model);
        ModelConfig config = base.config();
        Trainable trainable = new LoraTrainable(LoraTuning.defaults().config(), base, null, 1);
        Optimizer optimizer = new Optimizer.AdamW(0.9, 0.999, 1e-8, 0);
        TrainingGraph.Options options = new TrainingGraph.Options(precision, length, checkpointing).withDevice(device);
        int groups = config.heads() / config.keyValueHeads();
        Random random = new Random(1);
        float loss = 0;
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options, optimizer, 0),
                optimizer,
                trainable.parameters().size(),
                Execution.of(threads).withDevice(device))) {
            base.release(); // as a training does: the session has taken what it needs
            System.gc();
            trainable.parameters().start(session.parameters());
            for (int step = 0; step < warmUp + seconds.length; step++) {
                List<List<TrainingText>> texts = new ArrayList<>();
                for (int row = 0; row < rows; row++) {
                    int[] ids = random.ints(length, 0, config.vocabularySize()).toArray();
                    boolean[] learned = new boolean[length];
                    Arrays.fill(learned, 1, length, true);
                    texts.add(List.of(new TrainingText(ids, learned)));
                }
                long start = System.nanoTime();
                TrainingBatch batch = TrainingBatch.of(
                        new NativeArena(), texts, trainable, Embedding.of(base), groups, rows * (length - 1));
                loss = session.step(List.of(batch), 1e-4).loss();
                if (step >= warmUp) {
                    seconds[step - warmUp] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        Arrays.sort(seconds);
        double median = seconds[seconds.length / 2];
        double kibibytes = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
        System.out.println(String.format(
                Locale.ROOT,
                "{\"rows\": %d, \"tokens\": %d, \"threads\": %d, \"precision\": \"%s\", \"checkpointing\": %b,"
                        + " \"trained\": %d, \"loss\": %.4f, \"step_seconds\": %.3f, \"min\": %.3f, \"max\": %.3f,"
                        + " \"tokens_per_second\": %.1f, \"peak_rss_mb\": %.0f}",
                rows,
                length,
                threads,
                precision,
                checkpointing,
                trainable.parameters().size(),
                loss,
                median,
                seconds[0],
                seconds[seconds.length - 1],
                rows * length / median,
                kibibytes / 1024));
    }
}

package dev.llmadapt.benchmarks;

import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import dev.llmadapt.server.ModelServer;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A program that scores labels by a model in this process and by the same model behind this library's server over
 * loopback, in turn: the time of each, and by how much their scores differ: over the server, each label alone, and each
 * as the end of a text all of whose tokens are scored. Run it from the root of the repository. Arguments, each
 * {@code name=value}: {@code model} (a source of one), {@code precision} (AS_STORED), {@code labels} (15),
 * {@code words} before the instruction (350), {@code rounds} (9).
 */
final class RemoteScoreTrial {
    private static final int WARM_UP = 2;

    private RemoteScoreTrial() {}

    public static void main(String[] arguments) throws IOException {
        TrialArguments given = TrialArguments.parse(
                arguments,
                Map.of("model", "default", "precision", "AS_STORED", "labels", "15", "words", "350", "rounds", "9"));
        int rounds = given.number("rounds");
        String words = "Cards and accounts are asked about every day by all sorts of people. "
                .repeat(given.number("words") / 12);
        LabelTask task = LabelTask.read(Path.of("llm-adapt-pilot/tasks/pennywell/task.json"), given.number("labels"));
        ModelOptions options = ModelOptions.defaults()
                .withThreads(Sessions.THREADS)
                .withPrecision(Precision.valueOf(given.text("precision")));
        try (LocalModel local =
                        LocalModel.open(ModelSource.parse(given.text("model")).fetch(Progress.NONE), options);
                ModelServer server =
                        ModelServer.start(new ServedModels().add("served", local), ServerOptions.defaults());
                RemoteModel remote = RemoteModel.open(RemoteOptions.of(server.uri() + "/v1"))) {
            double[] here = new double[rounds];
            double[] there = new double[rounds];
            double differ = 0;
            double differAlone = 0;
            double differAsText = 0;
            int asked = 0;
            for (int round = -WARM_UP; round < rounds; round++) {
                // each request is new from its first words on
                double own = time(local, task.prompt(++asked + ". " + words, round + WARM_UP), task.labels());
                double other = time(remote, task.prompt(++asked + ". " + words, round + WARM_UP), task.labels());
                if (round >= 0) {
                    here[round] = own;
                    there[round] = other;
                }
            }
            for (int i = 0; i < 3; i++) {
                Request request = task.prompt(words, i);
                Scores together = local.score(request, task.labels());
                differ = Math.max(differ, difference(together, remote.score(request, task.labels())));
                for (int label = 0; label < task.labels().size(); label++) {
                    List<String> one = List.of(task.labels().get(label));
                    Scores expected = new Scores(List.of(together.entries().get(label)), together.usage());
                    differAlone = Math.max(differAlone, difference(expected, local.score(request, one)));
                    differAsText = Math.max(differAsText, difference(expected, asText(local, request, one.get(0))));
                }
            }
            System.out.printf(
                    "%d labels after %d tokens: in the process %.0f ms, over the server %.0f ms (%.2f times); scores"
                            + " differ by at most %.2g over the server, %.2g alone in the process, %.2g as the end of a text%n",
                    task.labels().size(),
                    local.promptTokens(task.prompt("1. " + words, 0)).length,
                    median(here),
                    median(there),
                    median(there) / median(here),
                    differ,
                    differAlone,
                    differAsText);
        }
    }

    /** The score of a label as the end of a text, of which every token is scored. */
    private static Scores asText(LocalModel model, Request request, String label) {
        int[] before = model.promptTokens(request);
        int[] after = model.textTokens(label);
        int[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        List<Token> tokens = model.scoreTokens(all, Request.of("").withRaw(true));
        return new Scores(List.of(new Scores.Entry(label, tokens.subList(before.length, all.length))), Usage.NONE);
    }

    private static double time(Model model, Request request, List<String> labels) {
        long start = System.nanoTime();
        model.score(request, labels);
        return (System.nanoTime() - start) / 1e6;
    }

    private static double difference(Scores a, Scores b) {
        double most = 0;
        for (int i = 0; i < a.entries().size(); i++) {
            most = Math.max(
                    most,
                    Math.abs(a.entries().get(i).logProbability()
                            - b.entries().get(i).logProbability()));
        }
        return most;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

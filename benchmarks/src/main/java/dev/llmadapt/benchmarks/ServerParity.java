package dev.llmadapt.benchmarks;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A program that compares a model in this process with the same one behind another engine's server, such as vLLM:
 * greedy answers, scores, constrained answers, and an adapter that is trained here, loaded into the server while it
 * runs, and asked by its name. Prints a line for each; exits with 1 if something fails.
 *
 * <p>Arguments, each {@code name=value}: {@code url} (such as {@code http://127.0.0.1:8000/v1}), {@code served}, the
 * server's name of the model, {@code model}, the same one here, {@code adapter}, a folder to write a LoRA adapter to,
 * which the server sees under the same path; empty for none, {@code scores} (true): whether scores are compared, which
 * kill vLLM 0.15 on a CPU where adapters are enabled.
 */
final class ServerParity {
    private static final int PROMPTS = 20;
    private static final List<String> CONTINUATIONS = List.of(" yes", " no", " the card was lost", " ask again");

    private final Model local;
    private final Model remote;
    private final boolean scores;
    private int failures;

    private ServerParity(Model local, Model remote, boolean scores) {
        this.scores = scores;
        this.local = local;
        this.remote = remote;
    }

    public static void main(String[] arguments) {
        TrialArguments given =
                TrialArguments.parse(arguments, Map.of("adapter", "", "scores", "true"), "url", "served", "model");
        Path path = ModelSource.parse(given.ifText("model").orElseThrow()).fetch(Progress.NONE);
        RemoteOptions options = RemoteOptions.of(
                given.ifText("url").orElseThrow(), given.ifText("served").orElse(""));
        ModelOptions exact = ModelOptions.defaults().withPrecision(Precision.FP32);
        int failures;
        try (LocalModel local = LocalModel.open(path, exact);
                RemoteModel remote = RemoteModel.open(options)) {
            System.out.println(remote.info() + " " + remote.features());
            ServerParity parity = new ServerParity(local, remote, given.flag("scores"));
            parity.compare("model", List.of());
            String folder = given.text("adapter");
            if (!folder.isEmpty()) {
                parity.adapter(local, remote, Path.of(folder));
            }
            failures = parity.failures;
        }
        if (failures > 0) {
            System.out.println(failures + " failed");
            System.exit(1);
        }
    }

    private void adapter(LocalModel local, RemoteModel remote, Path folder) {
        TrainingOptions options = TrainingOptions.defaults().withMaxSteps(200).withLearningRate(1e-2);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            examples.add(new Example("e" + i, "where is card " + i + "?", "the bank sent card " + i + " again"));
        }
        Task task = new Task("cards", "Answer.", List.of(), examples, List.of(), Metric.exactMatch());
        PeftAdapter trained =
                LoraTuning.defaults().withRank(8).withOptions(options).train(local, task, Progress.NONE);
        trained.write(folder);
        local.loadAdapter(PeftAdapter.read(folder, "trained-here"));
        remote.loadAdapter("trained-here", folder.toAbsolutePath().toString());
        String learned = remote.generate(Request.of("where is card 3?").withAdapter("trained-here"))
                .text();
        check("the adapter answers what it learned", learned.startsWith("the bank sent card"), learned);
        compare("adapter", List.of("trained-here"));
        remote.unloadAdapter("trained-here");
    }

    private static Request prompt(int number) {
        Random random = new Random(number);
        List<String> words = List.of("the", "bank", "card", "was", "lost", "near", "old", "and", "need", "new");
        StringBuilder text = new StringBuilder("where");
        for (int i = 0; i < 4 + number; i++) {
            text.append(' ').append(words.get(random.nextInt(words.size())));
        }
        return Request.of(text.append('?').toString())
                .withOptions(GenerationOptions.defaults().withMaxTokens(24));
    }

    private void compare(String what, List<String> adapters) {
        int same = 0;
        int characters = 0;
        int agreed = 0;
        double worst = 0;
        for (int i = 0; i < PROMPTS; i++) {
            Request request = with(prompt(i), adapters);
            Generation expected = local.generate(request);
            Generation answer = remote.generate(request);
            String own = whole(expected.text());
            String other = whole(answer.text());
            same += other.equals(own) ? 1 : 0;
            characters += own.length();
            agreed += common(own, other);
            if (scores && i < 6) {
                Scores told = remote.score(request, CONTINUATIONS);
                Scores here = local.score(request, CONTINUATIONS);
                for (int j = 0; j < CONTINUATIONS.size(); j++) {
                    worst = Math.max(
                            worst,
                            Math.abs(told.entries().get(j).logProbability()
                                    - here.entries().get(j).logProbability()));
                }
            }
        }
        check(
                what + ": greedy answers",
                same >= PROMPTS * 9 / 10,
                String.format(
                        Locale.ROOT, "%d of %d the same, %d of %d characters", same, PROMPTS, agreed, characters));
        if (scores) {
            check(
                    what + ": scores of continuations",
                    worst < 0.01,
                    String.format(Locale.ROOT, "differ by at most %.5f of log-probability", worst));
        }
        constrained(what + ": one of several texts", OutputConstraint.oneOf(List.of("yes", "no", "maybe")), adapters);
        constrained(what + ": regular expression", OutputConstraint.regex("[0-9]{3}-[a-c]{2}"), adapters);
        constrained(
                what + ": JSON",
                OutputConstraint.json(
                        JsonSchema.parse(
                                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"},"
                                        + "\"b\":{\"enum\":[\"x\",\"y\"]}},\"required\":[\"a\",\"b\"],\"additionalProperties\":false}")),
                adapters);
    }

    private void constrained(String what, OutputConstraint constraint, List<String> adapters) {
        Request request = with(prompt(3), adapters)
                .withConstraint(constraint)
                .withOptions(GenerationOptions.defaults().withMaxTokens(64));
        String expected = local.generate(request).text();
        String answer;
        try {
            answer = remote.generate(request).text();
        } catch (RuntimeException e) {
            answer = e.toString();
        }
        String shown = answer.equals(expected) ? answer : answer + " (here " + expected + ")";
        check(what, answer.length() < 60 && !answer.contains("Exception"), shown.replace('\n', ' '));
    }

    private static Request with(Request request, List<String> adapters) {
        Request all = request;
        for (String each : adapters) {
            all = all.withAdapter(each);
        }
        return all;
    }

    /** A text without the bytes at its end that are no whole character, which some servers leave out. */
    private static String whole(String text) {
        return text.replaceAll("\uFFFD+$", "");
    }

    private static int common(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length()) && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    private void check(String what, boolean good, String detail) {
        failures += good ? 0 : 1;
        System.out.println((good ? "ok: " : "FAILED: ") + what + ": " + detail);
    }
}

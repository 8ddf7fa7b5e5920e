package dev.llmadapt.benchmarks;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Scores;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import dev.llmadapt.server.ModelServer;
import dev.llmadapt.server.ServerLimits;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A program that asks a model many mixed requests from several threads under little memory for keys and values, and
 * compares each answer with that of the same request alone: short and long prompts that begin alike or not, sampled
 * with a seed, with stops, constraints and adapters, scorings, and answers that their reader gives up. Callers have
 * names and priorities, half of them wait, and some requests have a time limit or are cancelled: what was written until
 * then has to be the beginning of the whole answer. Prints the process's resident memory as it goes; fails at the first
 * answer that differs.
 *
 * <p>Answers and scores with an adapter are compared in FP32 only: its products round otherwise among others, in the
 * sixth digit, and weights that are multiplied in 8 bits make more of that.
 *
 * <p>Arguments, each {@code name=value}: {@code model} (default), {@code requests} (2000), {@code threads} (8),
 * {@code memory} in MB for keys and values (128), {@code precision} (AS_STORED), {@code seed}, {@code over} (PROCESS):
 * {@code HTTP} asks a {@link ModelServer} of the same process through a {@link RemoteModel}, so that readers who give
 * up, time limits and cancelled answers are connections that end. Linux only.
 */
final class Soak {
    private static final int KINDS = 48;
    private static final int REPORTS = 10;

    private final Model model;
    private final List<Asked> asked = new ArrayList<>();

    private Soak(Model model) {
        this.model = model;
    }

    /** A question whose answer is known. */
    private sealed interface Asked {
        /**
         * Asks it and says whether the answer is that of the first time.
         *
         * @param number the number of the request, which says who asks and what happens to it
         */
        boolean again(Model model, int number) throws Exception;

        /** Who asks, how urgently, and for every seventh request until when. */
        static Scheduling scheduling(int number) {
            return Scheduling.NONE
                    .withCaller("caller " + number % 3)
                    .withPriority(number % 11 == 0 ? 1 : 0)
                    .withTimeLimit(number % 7 == 3 ? Duration.ofMillis(1 + number % 150) : Duration.ZERO);
        }

        /** A request; every fifth is given up by its reader after some tokens. */
        record Answer(Request request, int givenUpAfter, String text, FinishReason reason, boolean compared)
                implements Asked {
            @Override
            public boolean again(Model model, int number) throws Exception {
                return asBefore(model, request.withScheduling(Asked.scheduling(number)), number) || !compared;
            }

            private boolean asBefore(Model model, Request request, int number) throws Exception {
                if (number % 9 == 4) {
                    return cancelled(model, request, number);
                }
                if (givenUpAfter == 0) {
                    return known(model.generate(request));
                }
                StringBuilder heard = new StringBuilder();
                int[] tokens = {0};
                try {
                    model.stream(request, token -> {
                        heard.append(token.text());
                        if (++tokens[0] == givenUpAfter) {
                            throw new GivenUp();
                        }
                    });
                } catch (GivenUp e) {
                    return text.startsWith(heard.toString());
                }
                return request.scheduling().timeLimit().isZero()
                        ? heard.toString().equals(text)
                        : text.startsWith(heard.toString());
            }

            private boolean known(Generation answer) {
                return answer.finishReason() == FinishReason.INTERRUPTED
                        ? text.startsWith(answer.text())
                        : answer.text().equals(text) && answer.finishReason() == reason;
            }

            private boolean cancelled(Model model, Request request, int number) throws Exception {
                CompletableFuture<Generation> future =
                        model.generateAsync(request, task -> new Thread(task, "soak-async").start());
                try {
                    return known(future.get(1 + number % 120, TimeUnit.MILLISECONDS));
                } catch (TimeoutException e) {
                    future.cancel(true);
                    return future.isCancelled() || known(future.get());
                }
            }
        }

        /** A scoring. */
        record Scored(Request prompt, List<String> continuations, Scores scores, boolean compared) implements Asked {
            @Override
            public boolean again(Model model, int number) {
                Scheduling scheduling = Asked.scheduling(number);
                try {
                    return model.score(prompt.withScheduling(scheduling), continuations)
                                    .equals(scores)
                            || !compared;
                } catch (CancellationException e) {
                    return !scheduling.timeLimit().isZero();
                }
            }
        }
    }

    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    public static void main(String[] arguments) throws Exception {
        TrialArguments given = TrialArguments.parse(
                arguments,
                Map.of(
                        "model",
                        "default",
                        "requests",
                        "2000",
                        "threads",
                        "8",
                        "memory",
                        "128",
                        "precision",
                        "AS_STORED",
                        "seed",
                        "0",
                        "over",
                        "PROCESS"));
        Path path = ModelSource.parse(given.text("model")).fetch(Progress.NONE);
        Precision precision = Precision.valueOf(given.text("precision"));
        ModelOptions options = ModelOptions.defaults()
                .withPrecision(precision)
                .withSpinning(false) // its threads share the processors with the callers
                .withCacheMemory((long) given.number("memory") << 20)
                .withMaxBatch(Math.max(1, given.number("threads") / 2)); // the others wait
        Path folder = Files.createTempDirectory("soak");
        try (LocalModel model = LocalModel.open(path, options)) {
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                PeftFolder.write(folder, RandomLora.stored(checkpoint, 8, 1));
            }
            PeftAdapter adapter = PeftAdapter.read(folder, "first");
            model.loadAdapter(adapter);
            Work work = asked -> {
                Soak soak = new Soak(asked);
                soak.prepare(new Random(given.number("seed")), adapter.name(), precision == Precision.FP32);
                soak.run(given.number("requests"), given.number("threads"));
            };
            if (given.ifConstant("over", Over.class).orElseThrow() == Over.HTTP) {
                overHttp(model, adapter.name(), given.number("threads"), work);
            } else {
                work.with(model);
            }
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** How a model is asked. */
    private enum Over {
        PROCESS,
        HTTP
    }

    /** What is done with a model. */
    @FunctionalInterface
    private interface Work {
        void with(Model model) throws Exception;
    }

    private static void overHttp(LocalModel model, String adapter, int threads, Work work) throws Exception {
        ServedModels models = new ServedModels().add("model", model).addAdapter(adapter, "model", adapter);
        ServerOptions options = ServerOptions.defaults()
                .withLimits(ServerLimits.defaults()
                        .withConcurrentAnswers(Math.max(1, threads / 2)) // the others wait
                        .withQueueLength(4 * threads));
        try (ModelServer server = ModelServer.start(models, options)) {
            RemoteOptions remote =
                    RemoteOptions.of(server.uri() + "/v1", "model").withConcurrency(threads);
            try (Model asked = RemoteModel.open(remote)) {
                work.with(asked);
            }
            HttpRequest metrics =
                    HttpRequest.newBuilder(server.uri().resolve("/metrics")).build();
            HttpClient.newHttpClient()
                    .send(metrics, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith("llmadapt_requests_in_flight ")
                            || line.startsWith("llmadapt_queue_length ")
                            || line.startsWith("llmadapt_requests_total"))
                    .forEach(System.out::println);
        }
    }

    private void prepare(Random random, String adapter, boolean exact) {
        String shared = words(random, 120);
        JsonSchema schema = JsonSchema.parse("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\","
                + "\"maxLength\":20},\"count\":{\"type\":\"integer\"}},\"required\":[\"name\",\"count\"]}");
        for (int i = 0; i < KINDS; i++) {
            String text = (i % 3 == 0 ? shared : "") + words(random, i % 7 == 0 ? 300 : 5 + random.nextInt(40));
            GenerationOptions options = GenerationOptions.defaults()
                    .withMaxTokens(1 + random.nextInt(i % 5 == 0 ? 60 : 16))
                    .withTemperature(i % 2)
                    .withSeed(i);
            Request request = Request.of(text).withOptions(i % 4 == 0 ? options.withStop(" the", ".") : options);
            if (i % 6 == 1) {
                request = request.withAdapter(adapter)
                        .withOptions(request.options().withTemperature(0));
            }
            if (i % 8 == 3) {
                request = request.withConstraint(OutputConstraint.json(schema));
            }
            boolean compared = exact || request.adapters().isEmpty();
            if (i % 8 == 5) {
                List<String> continuations = List.of("yes", "no", "perhaps another time", words(random, 6));
                asked.add(new Asked.Scored(request, continuations, model.score(request, continuations), compared));
            } else {
                Generation answer = model.generate(request);
                asked.add(new Asked.Answer(
                        request,
                        i % 5 == 4 ? 1 + random.nextInt(8) : 0,
                        answer.text(),
                        answer.finishReason(),
                        compared));
            }
        }
    }

    private void run(int requests, int threads) throws Exception {
        System.out.printf(Locale.ROOT, "%5d requests, resident %,d MB%n", 0, resident());
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            running.add(callers.submit(() -> {
                for (int i; (i = next.getAndIncrement()) < requests; ) {
                    // a step coprime to their number, so that neighbours differ each time around
                    int which = (i * 17 + i / KINDS) % KINDS;
                    if (!asked.get(which).again(model, i)) {
                        next.set(requests);
                        throw new IllegalStateException(
                                "request " + i + " was answered in another way than alone: " + asked.get(which));
                    }
                    if ((i + 1) % Math.max(1, requests / REPORTS) == 0) {
                        System.out.printf(Locale.ROOT, "%5d requests, resident %,d MB%n", i + 1, resident());
                    }
                }
                return null;
            }));
        }
        callers.shutdown();
        for (Future<?> each : running) {
            each.get();
        }
        System.out.println(requests + " answers as alone");
    }

    private static String words(Random random, int count) {
        List<String> words =
                List.of("the", "bank", "card", "was", "lost", "near", "old", "and", "need", "new", "Monday");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(i % 9 == 8 ? ". " : " ");
        }
        return text.toString().strip();
    }

    private static long resident() throws IOException {
        String status = Files.readString(Path.of("/proc/self/status"));
        return Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1")) >> 10;
    }
}

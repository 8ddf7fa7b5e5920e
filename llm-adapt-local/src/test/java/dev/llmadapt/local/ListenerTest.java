package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.TokenListener;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RequestEnd.Outcome;
import dev.llmadapt.observation.RequestInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a local model tells its listener and the Flight Recorder. */
@Timeout(120)
class ListenerTest {
    private static final Request REQUEST = Request.of("where is my card? it was lost at the bank")
            .withOptions(GenerationOptions.defaults().withTemperature(1).withMaxTokens(12));

    private final Heard heard = new Heard();

    /** Writes down what it hears, with the thread. */
    private static final class Heard implements ModelListener {
        final List<String> events = Collections.synchronizedList(new ArrayList<>());
        final List<RequestEnd> ends = Collections.synchronizedList(new ArrayList<>());
        final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

        private void hear(String event) {
            events.add(event);
            threads.add(Thread.currentThread());
        }

        @Override
        public void onQueued(RequestInfo request) {
            hear("queued");
        }

        @Override
        public void onStarted(RequestInfo request, Duration queued) {
            hear("started");
        }

        @Override
        public void onFirstToken(RequestInfo request, Duration sinceCall) {
            hear("first token");
        }

        @Override
        public void onEnd(RequestEnd end) {
            hear("end");
            ends.add(end);
        }
    }

    private static LocalModel open(ModelOptions options) {
        return LocalModel.open(Golden.folder("tiny-llama"), options.withThreads(1));
    }

    private LocalModel open() {
        return open(ModelOptions.defaults().withListener(heard));
    }

    @Test
    void generate_tellsEachEventInOrder_onTheThreadThatAsked() {
        try (LocalModel model = open()) {
            Generation answer = model.generate(REQUEST.withScheduling(Scheduling.NONE.withPriority(5)));

            assertThat(heard.events).containsExactly("queued", "started", "first token", "end");
            assertThat(heard.threads).containsOnly(Thread.currentThread());
            RequestEnd end = heard.ends.get(0);
            assertThat(end.request().operation()).isEqualTo(Operation.CHAT);
            assertThat(end.request().model()).isEqualTo(model.info().name());
            assertThat(end.request().priority()).isEqualTo(5);
            assertThat(end.outcome()).isEqualTo(Outcome.FINISHED);
            assertThat(end.finishReason())
                    .isEqualToIgnoringCase(answer.finishReason().name());
            assertThat(end.promptTokens()).isEqualTo(answer.usage().promptTokens());
            assertThat(end.completionTokens()).isEqualTo(answer.usage().completionTokens());
            assertThat(end.cachedPromptTokens()).isZero();
            assertThat(end.queued().orElseThrow())
                    .isLessThanOrEqualTo(end.toFirstToken().orElseThrow());
        }
    }

    @Test
    void generate_withAListener_answersTheSame() {
        try (LocalModel without = open(ModelOptions.defaults());
                LocalModel with = open()) {
            assertThat(with.generate(REQUEST).text())
                    .isEqualTo(without.generate(REQUEST).text());
            OutputConstraint choice = OutputConstraint.oneOf(List.of("card lost", "card stolen"));
            assertThat(with.generate(REQUEST.withConstraint(choice)).text())
                    .isEqualTo(without.generate(REQUEST.withConstraint(choice)).text());
        }
    }

    @Test
    void generate_promptThatWasReadBefore_isCached() {
        try (LocalModel model = open()) {
            int prompt = model.generate(REQUEST).usage().promptTokens();
            assertThat(model.load().keptTokens()).isEqualTo(prompt);
            assertThat(model.generate(REQUEST).usage().cachedPromptTokens()).isEqualTo(prompt - 2);
            model.score(REQUEST, List.of("yes"));
            assertThat(heard.ends)
                    .extracting(RequestEnd::cachedPromptTokens)
                    .containsExactly(0, prompt - 2, prompt - 2);
        }
    }

    @Test
    void otherOperations_haveNames() {
        try (LocalModel model = open()) {
            model.score(REQUEST, List.of("yes", "no"));
            Request raw = Request.of("where").withRaw(true);
            model.generate(raw.withOptions(GenerationOptions.defaults().withMaxTokens(3)));
            int[] tokens = model.textTokens("where is it");
            model.scoreTokens(tokens, raw);
            model.hiddenStates(List.of(raw), HiddenStates.Pooling.LAST);

            assertThat(heard.ends)
                    .extracting(end -> end.request().operation())
                    .containsExactly(
                            Operation.SCORE, Operation.TEXT_COMPLETION, Operation.SCORE, Operation.HIDDEN_STATES);
            assertThat(heard.ends).extracting(RequestEnd::outcome).containsOnly(Outcome.FINISHED);
            assertThat(heard.ends.get(0).completionTokens()).isPositive();
            assertThat(heard.ends.get(0).queued()).isPresent();
            assertThat(heard.ends.get(0).finishReason()).isEmpty();
            assertThat(heard.ends.get(2).completionTokens()).isEqualTo(tokens.length - 1);
            assertThat(heard.ends.get(3).promptTokens()).isPositive();
        }
    }

    @Test
    void refused_isTold_withoutTheNameThatDoesNotExist() {
        try (LocalModel model = open()) {
            assertThatThrownBy(() -> model.generate(REQUEST.withAdapter("nobody-loaded-this")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.score(REQUEST.withAdapter("nor-this"), List.of("yes")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.generate(List.of(REQUEST, REQUEST.withAdapter("nor-this"), REQUEST)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(heard.events)
                .as("a batch that is refused is refused whole")
                .containsExactly("end", "end", "queued", "end", "end", "end");
        assertThat(heard.ends).extracting(RequestEnd::outcome).containsOnly(Outcome.FAILED);
        assertThat(heard.ends).extracting(RequestEnd::errorType).containsOnly("java.lang.IllegalArgumentException");
        assertThat(heard.ends)
                .allSatisfy(end -> assertThat(end.request().adapters()).isEmpty());
    }

    @Test
    void listThatCanNeverBeTaken_isRefusedAsSuch() {
        ModelOptions options = ModelOptions.defaults().withMaxBatch(2).withMaxWaiting(1);
        try (LocalModel model = open(options.withListener(heard))) {
            assertThatThrownBy(() -> model.generate(List.of(REQUEST, REQUEST, REQUEST, REQUEST)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a list of 4 requests can never be answered")
                    .hasMessageContaining("ask for at most 3 at once");
            assertThat(model.generate(List.of(REQUEST, REQUEST, REQUEST))).hasSize(3);
        }
        assertThat(heard.ends).extracting(RequestEnd::outcome).startsWith(Outcome.FAILED, Outcome.FAILED);
    }

    @Test
    void cancelled_isTold_withWhatWasWritten() {
        try (LocalModel model = open()) {
            Request endless = REQUEST.withOptions(REQUEST.options().withMaxTokens(200));
            model.stream(endless, token -> Thread.currentThread().interrupt());
            assertThat(Thread.interrupted()).isTrue();
            Request late = REQUEST.withScheduling(Scheduling.NONE.withTimeLimit(Duration.ofNanos(1)));
            model.generate(late);
            assertThatThrownBy(() -> model.score(late, List.of("yes"))).isInstanceOf(CancellationException.class);
        }
        assertThat(heard.ends).extracting(RequestEnd::outcome).containsOnly(Outcome.CANCELLED);
        assertThat(heard.ends).extracting(RequestEnd::errorType).containsExactly("cancelled", "timeout", "timeout");
        assertThat(heard.ends.get(0).completionTokens()).isPositive();
        assertThat(heard.ends.get(1).queued()).isEmpty();
        assertThat(heard.ends.get(1).promptTokens()).as("it was not read").isZero();
    }

    @Test
    void listenerOfTokensThatThrows_cancels_withWhatWasReadAndWritten() {
        List<String> tokens = new ArrayList<>();
        TokenListener gone = token -> {
            tokens.add(token.text());
            if (tokens.size() == 3) {
                throw new IllegalStateException("gone");
            }
        };
        try (LocalModel model = open()) {
            assertThatThrownBy(() -> model.stream(REQUEST, gone)).isInstanceOf(IllegalStateException.class);
            RequestEnd end = heard.ends.get(0);
            assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(end.errorType()).isEqualTo("cancelled");
            assertThat(end.completionTokens()).isEqualTo(3);
            assertThat(end.promptTokens()).isEqualTo(model.promptTokens(REQUEST).length);
        }
    }

    @Test
    void listenerThatThrows_changesNoAnswer() {
        ModelListener failing = new ModelListener() {
            @Override
            public void onQueued(RequestInfo request) {
                throw new IllegalStateException("a listener's fault");
            }

            @Override
            public void onEnd(RequestEnd end) {
                throw new IllegalStateException("a listener's fault");
            }
        };
        try (LocalModel without = open(ModelOptions.defaults());
                LocalModel with = open(ModelOptions.defaults().withListener(failing))) {
            assertThat(with.generate(REQUEST).text())
                    .isEqualTo(without.generate(REQUEST).text());
        }
    }

    @Test
    void waitingRequest_isInTheLoad_thenBegins() throws Exception {
        Request longer = REQUEST.withOptions(REQUEST.options().withMaxTokens(200));
        CountDownLatch writing = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (LocalModel model = open(ModelOptions.defaults().withListener(heard).withMaxBatch(1))) {
            Future<Generation> first = threads.submit(() -> model.stream(longer, token -> writing.countDown()));
            writing.await();
            Future<Generation> second = threads.submit(() -> model.generate(REQUEST));
            ModelLoad load = model.load();
            while (load.waiting() == 0 && !second.isDone()) {
                load = model.load();
            }
            assertThat(load.waiting()).isEqualTo(1);
            assertThat(load.running()).isEqualTo(1);
            assertThat(load.maxBatch()).isEqualTo(1);
            assertThat(load.cacheBytes()).isPositive().isLessThanOrEqualTo(load.cacheMemory());
            first.get();
            second.get();
            assertThat(model.load().running()).isZero();
            assertThat(heard.ends).allSatisfy(end -> assertThat(end.queued()).isPresent());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void recording_hasRequestsAndSteps(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.jfr");
        int completion;
        try (LocalModel model = open(ModelOptions.defaults());
                Recording recording = new Recording()) {
            recording.enable("dev.llmadapt.Request");
            recording.enable("dev.llmadapt.SchedulerStep");
            recording.start();
            completion = model.generate(List.of(REQUEST, REQUEST)).stream()
                    .mapToInt(answer -> answer.usage().completionTokens())
                    .sum();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> requests = named(events, "dev.llmadapt.Request");
        List<RecordedEvent> steps = named(events, "dev.llmadapt.SchedulerStep");
        assertThat(requests).hasSize(2);
        assertThat(requests)
                .allSatisfy(event -> assertThat(event.getDuration("timeToFirstToken"))
                        .isBetween(
                                event.getDuration("queueTime"),
                                event.getDuration().plusMillis(1))); // two clocks
        assertThat(steps.stream()
                        .mapToInt(event -> event.getInt("completionTokens"))
                        .sum())
                .isEqualTo(completion);
        int read =
                steps.stream().mapToInt(event -> event.getInt("promptTokens")).sum();
        int cached = requests.stream()
                .mapToInt(event -> event.getInt("cachedPromptTokens"))
                .sum();
        assertThat(read + cached)
                .isEqualTo(requests.stream()
                        .mapToInt(event -> event.getInt("promptTokens"))
                        .sum());
        assertThat(steps).extracting(event -> event.getInt("batchSize")).contains(2);
    }

    @Test
    void stepsAreOffByDefault(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.jfr");
        try (LocalModel model = open(ModelOptions.defaults());
                Recording recording = new Recording()) {
            recording.start();
            model.generate(REQUEST);
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(named(events, "dev.llmadapt.Request")).hasSize(1);
        assertThat(named(events, "dev.llmadapt.SchedulerStep")).isEmpty();
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }
}

package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportTable;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.RobustnessProbes;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.WordOverlap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed and goes on ends with the same table as one that is not. */
class ResumeTest {
    @TempDir
    Path folder;

    @Test
    void run_killedAtTenRandomPoints_endsWithTheSameTable() throws IOException {
        long seed = 41;
        String whole = ReportTable.write(new Attempt(Integer.MAX_VALUE).run(folder.resolve("whole")), 1_000, false);
        int calls = Attempt.lastCalls;
        assertThat(whole).contains("rag", "few-shot", "test size");
        Random random = new Random(seed);
        Path resumed = folder.resolve("resumed");
        int kills = 0;
        for (int i = 0; i < 10; i++) {
            int point = 1 + random.nextInt(Math.max(2, calls / 6));
            try {
                new Attempt(point).run(resumed);
            } catch (Killed e) {
                kills++;
                // a process that dies while it writes leaves half a line
                Files.writeString(
                        resumed.resolve("journal.jsonl"), "{\"key\":\"answer|half", StandardOpenOption.APPEND);
                // of a character of two bytes, too
                Files.write(resumed.resolve("journal.jsonl"), new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);
            }
        }
        assertThat(kills).as("seed " + seed).isGreaterThan(5);
        PilotReport report = new Attempt(Integer.MAX_VALUE).run(resumed);
        assertThat(ReportTable.write(report, 1_000, false)).as("seed " + seed).isEqualTo(whole);
        int again = Attempt.lastCalls;
        assertThat(again).as("what was done is not done again").isLessThan(calls);
    }

    @Test
    void run_modelCannotBeAskedAnyMore_endsAndGoesOnWithTheSameTable() {
        String whole = ReportTable.write(new Attempt(Integer.MAX_VALUE).run(folder.resolve("whole")), 1_000, false);
        int calls = Attempt.lastCalls;
        Path resumed = folder.resolve("resumed");
        int ends = 0;
        for (int point = 1; point < calls; point += Math.max(1, calls / 25)) {
            AtomicInteger left = new AtomicInteger(point);
            Attempt attempt = new Attempt(Integer.MAX_VALUE, () -> {
                if (left.decrementAndGet() <= 0) { // and stays away, as a server that died does
                    throw new UnavailableException("nobody answers");
                }
            });
            try {
                attempt.run(resumed);
            } catch (UnavailableException e) {
                ends++;
                assertThat(e).hasMessageContaining("nobody answers");
            }
        }
        assertThat(ends).isGreaterThan(5);
        PilotReport report = new Attempt(Integer.MAX_VALUE).run(resumed);
        assertThat(ReportTable.write(report, 1_000, false)).isEqualTo(whole);
    }

    @Test
    void run_journalOfAnotherRun_isRefused() {
        new Attempt(Integer.MAX_VALUE).run(folder);
        try (Model model = new ToyModel()) {
            assertThatThrownBy(() -> pilot(folder)
                            .options(PilotOptions.defaults().withSeed(3))
                            .run(model))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("choose another folder");
        }
    }

    @Test
    void open_journalInUse_isRefusedAndFreeAfterwards() {
        Path file = folder.resolve("journal.jsonl");
        try (Journal journal = Journal.open(file, "run")) {
            journal.once("a", JsonObject::new);
            assertThatThrownBy(() -> Journal.open(file, "run")).hasMessageContaining("in use by another run");
        }
        assertThatThrownBy(() -> Journal.open(file, "other")).hasMessageContaining("choose another folder");
        try (Journal again = Journal.open(file, "run")) {
            assertThat(again.find("a")).isPresent();
        }
    }

    /** Five candidates that do not train, with everything to be measured. */
    static Pilot pilot(Path work) {
        Task task = ToyTask.task()
                .withExamples(RaceTest.many(70, "l"))
                .withCorpus(List.of(new Passage("p", "", "a dog is an animal", 0)));
        List<Example> test = RaceTest.many(24, "t");
        List<Passage> news = List.of(new Passage("n", "", "the oak of Ely is a plant", 0));
        RobustnessProbes probes = new RobustnessProbes(
                Map.of(test.get(0).id(), List.of("say, which dog is it")),
                Optional.of(new RobustnessProbes.News(
                        new Task("news", "Answer.", List.of(), task.examples(), task.corpus(), new WordOverlap()),
                        news,
                        List.of(new Example("q", "what is the oak of Ely", "a plant")))));
        List<Strategy> candidates =
                new ArrayList<>(StrategyCatalog.parse("zero-shot,role,few-shot(3),few-shot-nearest(3),rag(1)", 1));
        return Pilot.of(new TaskSplit(task, test, List.of()).withProbes(probes))
                .candidates(candidates)
                .budget(Duration.ofMillis(3_001))
                .folder(work);
    }

    /** The process dies here. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A run in which time passes by what is asked, and which dies at the given request. */
    static final class Attempt {
        static int lastCalls;

        private final int dies;
        private final AtomicLong now = new AtomicLong();
        private int calls;

        private final Runnable asked;

        Attempt(int dies) {
            this(dies, () -> {});
        }

        /** With someone who hears of each request. */
        Attempt(int dies, Runnable asked) {
            this.dies = dies;
            this.asked = asked;
        }

        PilotReport run(Path work) {
            try (Model toy = new ToyModel();
                    Model model = new ModelLayer(toy) {
                        @Override
                        protected Request apply(Request request) {
                            if (++calls >= dies) {
                                throw new Killed();
                            }
                            asked.run();
                            long length = request.messages().stream()
                                    .mapToLong(message -> message.content().length())
                                    .sum();
                            now.addAndGet(length * 10_000);
                            return request;
                        }
                    }) {
                PilotReport report = pilot(work)
                        .clock(Instant.EPOCH, now::get)
                        .progress(Progress.NONE)
                        .run(model);
                lastCalls = calls;
                return report;
            }
        }
    }
}

package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.natives.OnnxRuntime;
import dev.llmadapt.natives.ThreadPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sessions of the same number of threads have the same threads; others have their own. */
class SharedThreadsTest {
    private final ThreadPool pool = OnnxRuntime.start().pool().orElseThrow();
    private final Execution shared = Execution.of(pool.threads()).withSpinning(pool.spinning());

    @Test
    void sessions_shareTheThreadsOfTheProcess() throws Exception {
        assertThat(threadsOfASession("shares", shared)).isZero();
    }

    @Test
    void sessions_ofAnotherNumberOfThreads_haveTheirOwn() throws Exception {
        assertThat(threadsOfASession("more", Execution.of(pool.threads() + 2).withSpinning(pool.spinning())))
                .isEqualTo(pool.threads() + 1); // and the caller
    }

    @Test
    void sessions_thatWaitInAnotherWay_haveTheirOwn() {
        assertThat(shared.sharesThreads()).isTrue();
        assertThat(shared.withSpinning(!pool.spinning()).sharesThreads()).isFalse();
    }

    @Test
    void theFirstCall_decidesOnThePool() {
        ThreadPool other = new ThreadPool(pool.threads() + 1, pool.spinning());
        assertThat(OnnxRuntime.start(other).pool()).contains(pool);
    }

    /** How many threads a session starts: on Linux they have the name of the thread that opened it. */
    private static long threadsOfASession(String name, Execution execution) throws Exception {
        Path tasks = Path.of("/proc/self/task");
        assumeThat(tasks).isDirectory();
        Callable<Long> counting = () -> {
            try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-llama"));
                    OnnxSession session = OnnxSession.open(
                            Architecture.of(checkpoint)
                                    .graph(checkpoint, Precision.FP32, 64, AdapterInputs.NONE)
                                    .model(),
                            execution)) {
                assertThat(session).isNotNull();
                return named(tasks, name) - 1;
            }
        };
        FutureTask<Long> task = new FutureTask<>(counting);
        new Thread(task, name).start();
        return task.get();
    }

    private static long named(Path tasks, String name) throws IOException {
        try (Stream<Path> files = Files.list(tasks)) {
            return files.filter(file -> name(file).equals(name)).count();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}

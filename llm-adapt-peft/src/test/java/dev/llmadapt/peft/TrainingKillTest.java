package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that trains is killed at random points, and begun again over the same folder until it is done. Three times
 * here; twenty times by {@code mvn -pl llm-adapt-peft -am test -Dtest=TrainingKillTest -Dkills=20
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class TrainingKillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"lora", "p-tuning", "preferences"})
    void kill_whileTraining_goesOnToTheSameAdapter(String what) throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))) {
            TrainingVictim.train(model, folder.resolve("undisturbed"), whole, what, step -> {});
        }
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        Path run = folder.resolve("run");
        Path out = folder.resolve("out");
        int steps = TrainingVictim.STEPS;
        int kills = 0;
        for (int round = 0; kills < KILLS; round++) {
            assertThat(round).as("a run that nobody kills ends").isLessThan(20 * KILLS);
            if (kill(run, out, what, 1 + random.nextInt(Math.max(1, steps / 3)), random.nextInt(20_000_000))) {
                kills++;
            } else { // it was done before: once more from the beginning
                assertSame(whole, out, "seed " + seed + ", after kill " + kills);
                delete(run);
                delete(out);
            }
        }
        while (kill(run, out, what, Integer.MAX_VALUE, 0)) {
            throw new AssertionError("nobody kills it");
        }
        assertSame(whole, out, "seed " + seed);
    }

    private static void assertSame(Path whole, Path out, String when) throws IOException {
        for (String file : List.of("adapter_model.safetensors", "adapter_config.json")) {
            assertThat(Files.readAllBytes(out.resolve(file)))
                    .as(file + ", " + when)
                    .isEqualTo(Files.readAllBytes(whole.resolve(file)));
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (var files = Files.list(path)) {
                for (Path file : files.toList()) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    /** Whether the process was killed, some time after it said so many steps, before it ended by itself. */
    private static boolean kill(Path run, Path out, String what, int steps, int nanoseconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        TrainingVictim.class.getName(),
                        Golden.folder("tiny-llama").toString(),
                        run.toString(),
                        out.toString(),
                        what)
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        int heard = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.matches("\\d+") && ++heard == steps) {
                    LockSupport.parkNanos(nanoseconds);
                    process.destroyForcibly();
                }
            }
        } catch (IOException e) {
            assertThat(heard)
                    .as("only a killed process closes its output early")
                    .isGreaterThanOrEqualTo(steps);
        } finally {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        int status = process.waitFor();
        assertThat(status).as(said.toString()).isIn(0, 137);
        return status != 0;
    }
}

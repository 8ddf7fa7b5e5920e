package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that runs a pilot is killed at random points, and begun again over the same folder until it is done: its
 * table is that of a run that nobody killed. Twice here; ten times by {@code mvn -pl llm-adapt-pilot -am test
 * -Dtest=PilotKillTest -Dkills=10 -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class PilotKillTest {
    private static final int KILLS = Integer.getInteger("kills", 2);

    @TempDir
    Path folder;

    @Test
    void kill_whileItHalves_goesOnToTheSameTable() throws IOException, InterruptedException {
        kill("race");
    }

    @Test
    void kill_whileItTrains_goesOnToTheSameTable() throws IOException, InterruptedException {
        kill("training");
    }

    @Test
    void kill_whileModelsTakeTurns_goesOnToTheSameTable() throws IOException, InterruptedException {
        kill("models");
    }

    private void kill(String what) throws IOException, InterruptedException {
        int[] all = {0};
        String whole = PilotVictim.run(what, folder.resolve("undisturbed"), () -> all[0]++);
        assertThat(whole).contains("tests", "rag(1)");
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        // so that all kills together reach from the beginning to the end of one run
        int most = Math.max(1, 2 * all[0] / (KILLS + 1));
        int run = 0;
        int kills = 0;
        while (kills < KILLS) {
            assertThat(run).as("a run that nobody kills ends, seed " + seed).isLessThan(20 * KILLS);
            if (kill(what, run, 1 + random.nextInt(most), random.nextInt(2_000_000))) {
                kills++;
            } else { // it was done before: once more from the beginning
                assertThat(table(run))
                        .as("seed " + seed + ", after kill " + kills)
                        .isEqualTo(whole);
                run++;
            }
        }
        assertThat(kill(what, run, Integer.MAX_VALUE, 0)).as("nobody kills it").isFalse();
        assertThat(table(run)).as("seed " + seed).isEqualTo(whole);
    }

    private String table(int run) throws IOException {
        return Files.readString(folder.resolve("table-" + run));
    }

    /** Whether the process was killed, some time after it had done so many things, before it ended by itself. */
    private boolean kill(String what, int run, int things, int nanoseconds) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        PilotVictim.class.getName(),
                        what,
                        folder.resolve("run-" + run).toString(),
                        folder.resolve("table-" + run).toString())
                .redirectErrorStream(true);
        // not on the command line, which ONNX Runtime parses by a recursion as deep as it is long
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        Process process = builder.start();
        StringBuilder said = new StringBuilder();
        int heard = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.equals("did") && ++heard == things) {
                    LockSupport.parkNanos(nanoseconds);
                    process.destroyForcibly();
                }
            }
        } catch (IOException e) {
            assertThat(heard)
                    .as("only a killed process closes its output early")
                    .isGreaterThanOrEqualTo(things);
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

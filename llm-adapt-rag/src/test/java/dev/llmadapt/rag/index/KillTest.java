package dev.llmadapt.rag.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.rag.embedding.WordEmbedder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that indexes is killed at random points, again and again over the same folder. Three times here; a hundred
 * times by {@code mvn -pl llm-adapt-rag -am test -Dtest=KillTest -Dkills=100 -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class KillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);

    @TempDir
    private Path folder;

    @Test
    void kill_whileIndexing_losesNothingCommittedAndOpens() throws IOException, InterruptedException {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int committed = runAndKill(next, random.nextInt(150_000_000));
            try (PassageIndex index = PassageIndex.open(folder, new WordEmbedder(16), IndexOptions.defaults())) {
                Set<String> found = new HashSet<>();
                index.forEach(MetadataFilter.all(), passage -> found.add(passage.id()));
                int last = found.contains("r" + (committed + 1) + "-0") ? committed + 1 : committed;
                Set<String> expected = new HashSet<>();
                for (int round = 0; round <= last; round++) {
                    for (int i = 0; i < (round < last ? 9 : 10); i++) {
                        expected.add("r" + round + "-" + i);
                    }
                }
                assertThat(found)
                        .as("kill %d, seed %d, said committed %d", kill, seed, committed)
                        .isEqualTo(expected);
                next = last + 1;
            }
        }
    }

    /** Returns the last round that the process said it had committed. */
    private int runAndKill(int first, int nanoseconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Victim.class.getName(),
                        folder.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int committed = first - 1;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).as("the process opens the index").isEqualTo("open");
            Thread killer = new Thread(() -> {
                LockSupport.parkNanos(nanoseconds);
                process.destroyForcibly();
            });
            killer.start();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("committed \\d+")) { // a half-written line counts for nothing
                    committed = Math.max(committed, Integer.parseInt(line.substring(10)));
                }
            }
            killer.join();
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        return committed;
    }
}

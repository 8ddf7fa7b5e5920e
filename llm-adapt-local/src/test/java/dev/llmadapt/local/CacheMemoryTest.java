package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Keys and values stay within their memory, whatever is asked at once, and never count against the heap. */
class CacheMemoryTest {
    private static final long MB = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static ModelOptions options() {
        return ModelOptions.defaults()
                .withContextLength(LongContext.TOKENS)
                .withThreads(1)
                .withSpinning(false);
    }

    private LocalModel open(long cacheMemory) throws IOException {
        return LocalModel.open(LongContext.in(folder), options().withCacheMemory(cacheMemory));
    }

    /** Prompts of several lengths whose answers may take a third of a megabyte to a whole one each. */
    private static List<Request> requests() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            GenerationOptions options = GenerationOptions.defaults()
                    .withMaxTokens(i % 4 == 0 ? 3500 : 1200)
                    .withTemperature(1)
                    .withSeed(i)
                    .withStop("e", "a", "t");
            Request request = Request.of("what is lost? ".repeat(1 + 5 * (i % 3)) + i);
            requests.add(
                    i % 5 == 1
                            ? request.withOptions(options.withStop())
                                    .withConstraint(OutputConstraint.oneOf(List.of("lost", "stolen " + i)))
                            : request.withOptions(options));
        }
        return requests;
    }

    @Test
    void generate_moreThanFitsTogether_answersAsAlone() throws Exception {
        List<Request> requests = requests();
        List<String> alone = new ArrayList<>();
        Scores scores;
        List<String> continuations = List.of("card", "card lost", "a longer text that is read as text");
        try (LocalModel model = open(64 * MB)) {
            for (Request request : requests) {
                alone.add(model.generate(request).text());
            }
            scores = model.score(requests.get(2), continuations);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try (LocalModel model = open(MB)) {
            assertThat(model.generate(requests).stream().map(Generation::text)).isEqualTo(alone);
            List<Future<?>> asked = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                int which = i % requests.size();
                asked.add(callers.submit(() -> {
                    if (which % 4 == 3) {
                        assertThat(model.score(requests.get(2), continuations)).isEqualTo(scores);
                    }
                    assertThat(model.generate(requests.get(which)).text()).isEqualTo(alone.get(which));
                }));
            }
            for (Future<?> each : asked) {
                each.get(2, TimeUnit.MINUTES);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void generate_neverFits_isRefusedWithTheNumbers() throws IOException {
        try (LocalModel model = open(MB)) {
            Request request =
                    Request.of("what?").withOptions(GenerationOptions.defaults().withMaxTokens(20_000));
            assertThatThrownBy(() -> model.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("answer of up to 20000")
                    .hasMessageContaining("5 MB")
                    .hasMessageContaining("256 bytes a token")
                    .hasMessageContaining("may take 1 MB")
                    .hasMessageContaining("4094 tokens")
                    .hasMessageContaining("withCacheMemory");
            assertThatThrownBy(() -> model.generate(List.of(Request.of("x"), request)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.score(Request.of("what is lost? ".repeat(400)), List.of("x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("256 bytes a token");
            assertThat(model.generate(Request.of("what?")).tokens()).isNotEmpty();
        }
    }

    @Test
    void score_whileAnAnswerIsHeard_doesNotWaitForItForEver() throws IOException {
        try (LocalModel model = open(MB)) {
            Request long1 = Request.of("what?")
                    .withOptions(
                            GenerationOptions.defaults().withMaxTokens(3000).withStop("e"));
            Scores alone = model.score(Request.of("what is lost? ".repeat(40)), List.of("card"));
            List<Scores> heard = new ArrayList<>();
            model.stream(long1, token -> {
                if (heard.isEmpty()) {
                    heard.add(model.score(Request.of("what is lost? ".repeat(40)), List.of("card")));
                }
            });
            assertThat(heard).containsExactly(alone);
        }
    }

    /** The example of {@code docs/guides/memory.md}. */
    @Test
    void cacheSize_anyModel_saysWhatTheGuideSays() throws IOException {
        Path checkpoint = LongContext.in(folder);
        try (LocalModel model =
                LocalModel.open(checkpoint, ModelOptions.defaults().withCacheMemory(512L << 20))) {
            CacheSize size = model.cacheSize();
            System.out.println(size.bytesPerToken() + " bytes a token; 8 answers of 2,048 tokens take "
                    + (size.bytes(8, 2048) >> 20) + " MB; 8 answers may have " + size.tokens(8) + " tokens each");
            assertThat(size.bytesPerToken()).isEqualTo(LongContext.TOKEN_BYTES);
            assertThat(size.bytesPerAnswer()).isEqualTo(4 * 99);
            assertThat(size.memory()).isEqualTo(512 * MB);
            assertThat(size.bytes(8, 2048)).isEqualTo(8 * (2048 * 256 + 396));
            assertThat(size.bytes(8, (int) size.tokens(8))).isLessThanOrEqualTo(size.memory());
            assertThat(size.bytes(8, (int) size.tokens(8) + 1)).isGreaterThan(size.memory());
        }
    }

    @Test
    void options_tooLittleMemory_isRefused() {
        assertThatThrownBy(() -> ModelOptions.defaults().withCacheMemory(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576")
                .hasMessageContaining("1000");
        assertThatThrownBy(() -> ModelOptions.defaults().withCacheMemory(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void generate_inASmallHeap_neverRunsOutOfDirectMemory() throws Exception {
        assertThat(child("64m", Serving.class)).endsWith("answered 24\n");
        assertThat(child("256m", Serving.class)).endsWith("answered 24\n");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
    void close_fiftyTimes_givesAllMemoryBack() throws Exception {
        assertThat(child("64m", Reopening.class)).endsWith("given back\n");
    }

    private String child(String heap, Class<?> main) throws IOException, InterruptedException {
        LongContext.in(Files.createDirectories(folder.resolve(main.getSimpleName() + heap)));
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                main.getName(),
                folder.resolve(main.getSimpleName() + heap).toString()));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static LocalModel open(String[] arguments) {
        return LocalModel.open(Path.of(arguments[0]), options().withCacheMemory(512 * MB));
    }

    /**
     * Eight answers at a time, each with room for as many tokens as the model has: 64 MB of keys and values, and more.
     */
    static final class Serving {
        private Serving() {}

        public static void main(String[] arguments) {
            try (LocalModel model = open(arguments)) {
                List<Request> requests = new ArrayList<>();
                for (int i = 0; i < 24; i++) {
                    GenerationOptions options = GenerationOptions.defaults()
                            .withMaxTokens(LongContext.TOKENS)
                            .withStop("e", "a", "t", "o")
                            .withTemperature(1)
                            .withSeed(i);
                    requests.add(Request.of("what is lost? " + i).withOptions(options));
                }
                List<String> alone = new ArrayList<>();
                for (Request request : requests) {
                    alone.add(model.generate(request).text());
                }
                List<String> together =
                        model.generate(requests).stream().map(Generation::text).toList();
                System.out.println(together.equals(alone) ? "answered " + together.size() : alone + " " + together);
            }
        }
    }

    /** Opens, answers and closes again and again; the address space it takes must not grow. */
    static final class Reopening {
        private Reopening() {}

        public static void main(String[] arguments) throws IOException {
            long warm = 0;
            for (int i = 0; i < 50; i++) {
                try (LocalModel model = open(arguments)) {
                    List<Request> requests = new ArrayList<>();
                    for (int k = 0; k < 4; k++) {
                        requests.add(Request.of("what? " + k)
                                .withOptions(GenerationOptions.defaults()
                                        .withMaxTokens(LongContext.TOKENS)
                                        .withStop("e", "a", "t", "o")));
                    }
                    model.generate(requests);
                    model.score(requests.get(0), List.of("a", "b"));
                }
                if (i == 9) {
                    warm = addressSpace();
                }
            }
            long grown = addressSpace() - warm;
            System.out.println(grown < 200_000 ? "given back" : "grown by " + grown + " kB, one model takes 32 MB");
        }

        private static long addressSpace() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmData:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}

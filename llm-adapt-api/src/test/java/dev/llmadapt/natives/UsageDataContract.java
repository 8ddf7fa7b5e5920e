package dev.llmadapt.natives;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The law that ONNX Runtime collects no usage data about the process. If it did, it would crash on a long command line,
 * so a process that has one and survives shows that it does not.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there the system decides what is sent")
public abstract class UsageDataContract {
    private static final String SETTING = "ORT_DISABLE_TELEMETRY";

    /** Opens and closes something that starts ONNX Runtime. */
    protected abstract void open();

    @Test
    void open_longCommandLine_sendsNothingAndLives() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dpadding=" + "x".repeat(20_000),
                Opening.class.getName(),
                getClass().getName()));
        builder.environment().remove(SETTING);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output).endsWith("telemetry off: 1\n");
        assertThat(process.exitValue()).isZero();
    }

    /** A program that starts ONNX Runtime and prints its setting. */
    static final class Opening {
        private Opening() {}

        /** Runs {@link #open} of a contract; the argument is its class. */
        public static void main(String[] arguments) throws ReflectiveOperationException {
            Constructor<?> constructor = Class.forName(arguments[0]).getDeclaredConstructor();
            constructor.setAccessible(true);
            ((UsageDataContract) constructor.newInstance()).open();
            System.out.println("telemetry off: "
                    + Function.getFunction(Platform.C_LIBRARY_NAME, "getenv")
                            .invokeString(new Object[] {SETTING}, false));
        }
    }
}

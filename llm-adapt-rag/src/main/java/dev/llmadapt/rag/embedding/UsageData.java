package dev.llmadapt.rag.embedding;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime from sending usage data to its maker, which on Linux and macOS it does from 1.29.0 on unless an
 * environment variable says otherwise; read when its environment is made. Preparing that data also overflows the stack where
 * the process has a long command line, such as a class path.
 */
final class UsageData {
    private static final Logger LOG = LoggerFactory.getLogger(UsageData.class);
    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";
    private static boolean told;

    private UsageData() {}

    /** To be called before ONNX Runtime's environment is made; what the user set stays. */
    static synchronized void sendNone() {
        if (told || System.getenv(NO_TELEMETRY) != null || Platform.isWindows()) {
            return;
        }
        told = true;
        try {
            Function.getFunction(Platform.C_LIBRARY_NAME, "setenv").invokeInt(new Object[] {NO_TELEMETRY, "1", 1});
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(
                    "ONNX Runtime cannot be told to send no usage data, set the environment variable {}=1: {}",
                    NO_TELEMETRY,
                    e.toString());
        }
    }
}

package dev.llmadapt.pilot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of this process, as the system counts it. */
final class ResidentMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ResidentMemory.class);

    private ResidentMemory() {}

    /**
     * The bytes that this process holds, without the heap's garbage; 0 where the system does not tell. An upper bound
     * of what the candidate needs: what earlier ones freed may not have gone back to the system.
     */
    static long bytes() {
        Runtime.getRuntime().gc();
        Path status = Path.of("/proc/self/status");
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("resident memory is not known here", e);
        }
        return 0;
    }
}

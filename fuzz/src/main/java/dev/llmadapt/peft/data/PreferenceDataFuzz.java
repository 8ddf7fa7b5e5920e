package dev.llmadapt.peft.data;

import dev.llmadapt.fuzz.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The fuzz target of a file of preferences: the input's first byte says its ending, the rest is its content. */
public final class PreferenceDataFuzz {
    private static final Path FOLDER = Probe.folder("preferences");
    private static final List<String> NAMES = List.of("a.jsonl", "a.json");
    private static final Probe PROBE = new Probe(TrainingDataException.class, 2_000_000, 1000);

    private PreferenceDataFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        Path file = FOLDER.resolve(NAMES.get(data[0] & 1));
        Probe.write(file, Arrays.copyOfRange(data, 1, data.length));
        PROBE.run(data.length, () -> PreferenceData.read(file));
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "\0{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n"
                        + "{\"prompt\":\"d\",\"chosen\":\"e\",\"rejected\":\"f\"}\n",
                "\0{\"prompt\":\"a\",\"completion\":\"b\",\"label\":true}\n"
                        + "{\"prompt\":\"c\",\"completion\":\"d\",\"label\":0}\n",
                "\1[{\"chosen\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}],"
                        + "\"rejected\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"c\"}]}]",
                "\1{\"data\":[{\"system\":\"s\",\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"chosen\":"
                        + "[{\"role\":\"assistant\",\"content\":\"b\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"c\"}]}]}")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}

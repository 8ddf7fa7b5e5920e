package dev.llmadapt.peft.data;

import dev.llmadapt.fuzz.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of a file of training data: the input's first byte says its ending and format, the rest is its
 * content.
 */
public final class TrainingDataFuzz {
    private static final Path FOLDER = Probe.folder("data");
    private static final List<String> NAMES = List.of("a.csv", "a.tsv", "a.jsonl", "a.json");
    private static final List<TrainingFormat> FORMATS = List.of(
            TrainingFormat.detected(), TrainingFormat.chat(), TrainingFormat.shareGpt(), TrainingFormat.alpaca());
    private static final Probe PROBE = new Probe(TrainingDataException.class, 2_000_000, 1000);

    private TrainingDataFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        Path file = FOLDER.resolve(NAMES.get(data[0] & 3));
        TrainingFormat format = FORMATS.get(data[0] >> 2 & 3);
        Probe.write(file, Arrays.copyOfRange(data, 1, data.length));
        PROBE.run(data.length, () -> TrainingFile.read(file, format));
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "\0prompt,completion\na,b\n\"c, \"\"d\"\"\n\ne\",f\n",
                "\1instruction\tinput\toutput\na\tb\tc\n\"d\"\te\tf\r\n",
                "\2{\"prompt\":\"a\\n\\u00e4\",\"completion\":1.5e3}\n{\"prompt\":[{\"role\":\"user\",\"content\":\"x\"}],"
                        + "\"completion\":\"y\"}\n",
                "\3[{\"instruction\":\"a\",\"input\":\"b\",\"output\":\"c\"},\n{\"instruction\":\"d\",\"output\":true}]\n",
                "\3[{\"id\":1,\"conversations\":[{\"from\":\"human\",\"value\":\"a\"},{\"from\":\"gpt\",\"value\":\"b\"}]}]",
                "\2{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"b\",\"weight\":1}]}\n")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}

package dev.llmadapt.local.checkpoint;

import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The fuzz target of a {@code .safetensors} file, of which every tensor is read. */
public final class SafetensorsFuzz {
    private static final Path FILE = Probe.folder("safetensors").resolve("model.safetensors");
    private static final Probe PROBE = new Probe(CheckpointException.class, 1_000_000, 100);

    private SafetensorsFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Probe.write(FILE, data);
        PROBE.run(data.length, () -> {
            for (WeightTensor tensor : Safetensors.read(FILE).values()) {
                if (tensor.toFloats().length != tensor.size()) {
                    throw new AssertionError(tensor);
                }
            }
        });
    }

    static List<byte[]> seeds() {
        return List.of(
                CheckpointSeeds.safetensors(CheckpointSeeds.HEADER, 136),
                CheckpointSeeds.safetensors(
                        "{\"a\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[0,2]},"
                                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2,0],\"data_offsets\":[2,2]}}  ",
                        2),
                CheckpointSeeds.safetensors("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2));
    }
}

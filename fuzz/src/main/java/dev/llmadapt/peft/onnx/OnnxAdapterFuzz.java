package dev.llmadapt.peft.onnx;

import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.AdapterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** The fuzz target of an {@code .onnx_adapter} file: read, and converted to an adapter. */
public final class OnnxAdapterFuzz {
    private static final Path FILE = Probe.folder("onnx-adapter").resolve("a.onnx_adapter");
    private static final Probe PROBE = new Probe(AdapterException.class, 1_000_000, 100);

    private OnnxAdapterFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Probe.write(FILE, data);
        PROBE.run(data.length, () -> OnnxAdapters.stored(OnnxAdapterFile.read(FILE), UnaryOperator.identity()));
    }

    static List<byte[]> seeds() {
        String module = "model.layers.0.self_attn.q_proj";
        OnnxAdapterFile floats = new OnnxAdapterFile(
                1,
                1,
                List.of(
                        new OnnxAdapterFile.Parameter(
                                module + ".lora_A.weight",
                                List.of(4L, 2L),
                                OnnxAdapterFile.FLOAT,
                                ByteBuffer.allocate(32)),
                        new OnnxAdapterFile.Parameter(
                                module + ".lora_B.weight",
                                List.of(2L, 4L),
                                OnnxAdapterFile.FLOAT,
                                ByteBuffer.allocate(32))));
        OnnxAdapterFile halves = new OnnxAdapterFile(
                0,
                0,
                List.of(new OnnxAdapterFile.Parameter(
                        module + ".lora_A.weight", List.of(1L, 1L), OnnxAdapterFile.FLOAT16, ByteBuffer.allocate(2))));
        return List.of(array(floats), array(halves), array(new OnnxAdapterFile(3, 4, List.of())));
    }

    private static byte[] array(OnnxAdapterFile file) {
        ByteBuffer bytes = file.bytes();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }
}

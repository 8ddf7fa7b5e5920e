package dev.llmadapt.peft.folder;

import dev.llmadapt.fuzz.Probe;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The fuzz target of a regular expression in an adapter's settings and, after a zero byte, the text to match. */
public final class PatternFuzz {
    /** The probe; the garbage of each step is short-lived, and the budget bounds the number of steps. */
    private static final Probe PROBE = new Probe(IllegalArgumentException.class, 400_000_000, 10_000);

    private PatternFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        int zero = text.indexOf('\0');
        String pattern = zero < 0 ? text : text.substring(0, zero);
        String path = zero < 0 ? "model.layers.10.self_attn.q_proj" : text.substring(zero + 1);
        PROBE.run(data.length, () -> PythonPattern.compile(pattern).matches(path, new PythonPattern.Budget(1_000_000)));
    }

    static List<byte[]> seeds() {
        return List.of(
                        ".*\\.(q|v)_proj",
                        "(?:a+)+b\0aaaaaaaaac",
                        "^model\\.layers\\.[0-9]{1,2}\\.(?P<x>self_attn|mlp)\\..*(?<!k_)proj$",
                        "(?!(.*)*x)[^\\W\\d_.-]+?\\b\0abc",
                        "((a{9}){9}){9}\\Z|(?=x)(?<=y)\\s")
                .stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}

package dev.llmadapt.peft.adapter;

import dev.llmadapt.fuzz.Probe;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A regular expression of an adapter's settings and, behind a zero byte, the text it is to match. */
public final class PatternFuzz {
    /** What is made for each step is garbage at once; the budget bounds the steps. */
    private static final Probe PROBE = new Probe(IllegalArgumentException.class, 400_000_000, 10_000);

    private PatternFuzz() {}

    /** One input. */
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

package dev.llmadapt.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Progress;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.ConstraintException;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * MaskBench (github.com/guidance-ai/jsonschemabench): real JSON Schemas with valid and invalid instances. Each instance
 * is written as Python's {@code json.dumps} does, and its tokens are looked for in the mask one by one; a mask and the
 * step after it are timed together, as there. Arguments: the file of cases, one JSON object a line with {@code schema}
 * and {@code tests}; a model as {@link ModelSource#parse} reads it, or {@code default}; and maybe a file for lines
 * about each case: what did not pass, and times.
 */
public final class MaskBench {
    private final Texts texts;
    private final Vocabulary vocabulary;
    private final PrintStream details;
    private final long[] mask;
    private final Map<String, Integer> refused = new TreeMap<>();
    private long[] maskNanos = new long[1 << 16];
    private int masks;
    private long[] firstNanos = new long[1 << 12];
    private int firsts;
    private int cases;
    private int passing;
    private int compileErrors;
    private int validRefused;
    private int invalidAccepted;
    private int failed;

    private MaskBench(Texts texts, PrintStream details) {
        this.texts = texts;
        this.details = details;
        this.vocabulary = texts.vocabulary();
        this.mask = new long[vocabulary.words()];
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 3) {
            System.err.println("usage: MaskBench CASES.jsonl [MODEL [DETAILS]]");
            System.exit(2);
        }
        Path model = ModelSource.parse(arguments.length > 1 ? arguments[1] : "default")
                .fetch(Progress.NONE);
        try (Checkpoint checkpoint = Checkpoint.open(model);
                Texts texts = new Texts(checkpoint.tokenizer());
                PrintStream details = arguments.length > 2
                        ? new PrintStream(arguments[2], StandardCharsets.UTF_8)
                        : new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            MaskBench bench = new MaskBench(texts, details);
            for (String line : Files.readAllLines(Path.of(arguments[0]))) {
                if (!line.isBlank()) {
                    bench.run(JsonParser.parseString(line).getAsJsonObject());
                }
            }
            bench.print();
        }
    }

    private void run(JsonObject item) {
        cases++;
        String id = item.get("id").getAsString();
        long start = System.nanoTime();
        CompiledConstraint compiled;
        try {
            compiled = CompiledConstraint.json(item.get("schema"), true, vocabulary);
            compiled.matcher().mask(mask);
            firstNanos = note(firstNanos, firsts++, System.nanoTime() - start);
        } catch (ConstraintException e) {
            compileErrors++;
            refused.merge(e.keyword().isEmpty() ? "(combination or size)" : e.keyword(), 1, Integer::sum);
            details.println(id + "\tcompile\t" + e.getMessage());
            return;
        } catch (RuntimeException | StackOverflowError e) {
            failed++;
            details.println(id + "\tfailed\t" + e + " at " + Arrays.toString(Arrays.copyOf(e.getStackTrace(), 3)));
            return;
        }
        int before = masks;
        long first = firstNanos[firsts - 1];
        boolean good = true;
        boolean refusesValid = false;
        boolean acceptsInvalid = false;
        int number = 0;
        for (JsonElement each : item.getAsJsonArray("tests")) {
            JsonObject test = each.getAsJsonObject();
            String text = PythonJson.write(test.get("data"));
            int[] ids = texts.textIds(text);
            int accepted = accepted(compiled, ids);
            boolean valid = test.get("valid").getAsBoolean();
            // as there, an invalid instance is let through if all of its tokens may come, even if more must
            if (valid && accepted < ids.length) {
                refusesValid = true;
            } else if (!valid && (accepted == ids.length || accepted < 0)) {
                acceptsInvalid = true;
            } else {
                number++;
                continue;
            }
            good = false;
            details.println(id + "\t" + (valid ? "valid refused" : "invalid accepted") + "\ttest " + number++
                    + " at token " + accepted + " of " + ids.length + "\t" + text);
        }
        long[] own = Arrays.copyOfRange(maskNanos, before, masks);
        details.printf(
                Locale.ROOT,
                "%s\ttime\t%.2f ms to the first mask, then %d masks of %.1f µs, at most %.1f µs%n",
                id,
                first / 1e6,
                own.length,
                Arrays.stream(own).average().orElse(0) / 1e3,
                Arrays.stream(own).max().orElse(0) / 1e3);
        passing += good ? 1 : 0;
        validRefused += refusesValid ? 1 : 0;
        invalidAccepted += acceptsInvalid ? 1 : 0;
    }

    /** Returns how many tokens may come, -1 if all may but the text may not end. */
    private int accepted(CompiledConstraint compiled, int[] ids) {
        Matcher matcher = compiled.matcher();
        for (int i = 0; i < ids.length; i++) {
            long start = System.nanoTime();
            matcher.mask(mask);
            boolean ok = (mask[ids[i] >>> 6] >>> ids[i] & 1) != 0 && matcher.accept(ids[i]);
            long nanos = System.nanoTime() - start;
            maskNanos = note(maskNanos, masks++, nanos);
            if (!ok) {
                return i;
            }
        }
        return matcher.mayEnd() ? ids.length : -1;
    }

    private static long[] note(long[] values, int index, long value) {
        long[] result = index < values.length ? values : Arrays.copyOf(values, 2 * index);
        result[index] = value;
        return result;
    }

    private void print() {
        long[] sorted = Arrays.copyOf(maskNanos, masks);
        long total = Arrays.stream(sorted).sum();
        Arrays.sort(sorted);
        long[] first = Arrays.copyOf(firstNanos, firsts);
        Arrays.sort(first);
        System.out.println("| metric | value |");
        System.out.println("|---|---|");
        row("vocabulary", String.format(Locale.ROOT, "%,d", vocabulary.size()));
        row("cases", String.format(Locale.ROOT, "%,d", cases));
        row("passing", String.format(Locale.ROOT, "%,d (%.1f %%)", passing, 100.0 * passing / cases));
        row("compile error", String.format(Locale.ROOT, "%,d (%.1f %%)", compileErrors, 100.0 * compileErrors / cases));
        row(
                "valid instance refused",
                String.format(Locale.ROOT, "%d (%.2f %%)", validRefused, 100.0 * validRefused / cases));
        row("invalid let through", String.format(Locale.ROOT, "%d", invalidAccepted));
        row("failed", String.format(Locale.ROOT, "%d", failed));
        row("masks", String.format(Locale.ROOT, "%,d", masks));
        row("mask time avg", String.format(Locale.ROOT, "%.1f µs", total / 1e3 / Math.max(masks, 1)));
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
            row("mask time p" + (float) (share * 100), String.format(Locale.ROOT, "%.1f µs", at(sorted, share) / 1e3));
        }
        for (double share : new double[] {0.5, 0.9, 0.99, 1}) {
            row("first mask p" + (float) (share * 100), String.format(Locale.ROOT, "%.2f ms", at(first, share) / 1e6));
        }
        System.out.println();
        System.out.println("compile errors by keyword: " + refused);
    }

    private static long at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    private static void row(String name, String value) {
        System.out.println("| " + name + " | " + value + " |");
    }
}

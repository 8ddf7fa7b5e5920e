package dev.llmadapt.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.ConstraintException;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The JSON-Schema-Test-Suite (github.com/json-schema-org/JSON-Schema-Test-Suite) beside the constraints of answers: for
 * each file of tests, which is about a keyword, how many schemas are kept, how many are refused, and how many of the
 * kept ones are wrong about an instance. Instances are written as Python's {@code json.dumps} does. A valid instance
 * whose text is none of those that the constraint writes, such as one whose properties come in another order, is
 * counted apart: it is no wrong answer, only one that will not be given. Arguments: the folder of the suite's tests of
 * draft 2020-12, and maybe {@code --details} for a line about each schema that is not kept or wrong.
 */
public final class SchemaSuite {
    private final boolean details;
    private final Map<String, int[]> rows = new TreeMap<>(); // kept, refused, unsatisfiable, wrong, other form

    private SchemaSuite(boolean details) {
        this.details = details;
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: SchemaSuite FOLDER [--details]");
            System.exit(2);
        }
        SchemaSuite suite = new SchemaSuite(arguments.length == 2);
        Path folder = Path.of(arguments[0]);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                suite.file(file);
            }
        }
        suite.print();
    }

    private void file(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).replace(".json", "");
        int[] row = rows.computeIfAbsent(name, key -> new int[5]);
        JsonArray groups = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        for (JsonElement each : groups) {
            JsonObject group = each.getAsJsonObject();
            String what = name + ": " + group.get("description").getAsString();
            CompiledConstraint compiled = null;
            try {
                compiled = CompiledConstraint.json(group.get("schema"), true, new Vocabulary(new byte[0][]));
                row[0]++;
            } catch (ConstraintException e) {
                boolean none = String.valueOf(e.getMessage()).startsWith("no text fits");
                row[none ? 2 : 1]++;
                tell(what + ": " + e.getMessage());
                if (!none) {
                    continue;
                }
            }
            boolean wrong = false;
            boolean other = false;
            for (JsonElement test : group.getAsJsonArray("tests")) {
                JsonObject item = test.getAsJsonObject();
                String text = PythonJson.write(item.get("data"));
                boolean valid = item.get("valid").getAsBoolean();
                boolean fits = compiled != null && fits(compiled, text);
                if (fits != valid) {
                    wrong |= fits;
                    other |= valid;
                    tell(what + ": " + (fits ? "lets through " : "does not write ") + text);
                }
            }
            row[3] += wrong ? 1 : 0;
            row[4] += other && !wrong ? 1 : 0;
        }
    }

    private void tell(String line) {
        if (details) {
            System.out.println(line);
        }
    }

    private static boolean fits(CompiledConstraint compiled, String text) {
        Matcher matcher = compiled.matcher();
        return matcher.accept(text.getBytes(StandardCharsets.UTF_8)) && matcher.mayEnd();
    }

    private void print() {
        System.out.println("| keyword | kept | refused | no value fits | wrong | not all forms |");
        System.out.println("|---|---|---|---|---|---|");
        int[] sums = new int[5];
        rows.forEach((name, row) -> {
            print(name, row);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += row[i];
            }
        });
        print("**all**", sums);
    }

    private static void print(String name, int[] row) {
        List<String> cells = java.util.Arrays.stream(row)
                .mapToObj(each -> each == 0 ? "" : String.valueOf(each))
                .toList();
        System.out.println("| " + name + " | " + String.join(" | ", cells) + " |");
    }
}

package dev.llmadapt.cli.prompts;

import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.CsvTable;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tests of a CSV file in promptfoo's columns: a row is a test, a column a variable, and the columns that begin with
 * two underscores are what a test has beside its variables. Each row becomes what it would be in YAML.
 */
final class CsvTests {
    private static final Pattern EXPECTED = Pattern.compile("__expected(\\d*)");
    private static final Pattern CONFIG = Pattern.compile("__config:(__expected\\d*):threshold");
    private static final List<String> KNOWN = List.of("__description", "__metric", "__threshold");

    private final Path file;
    private final CsvAssertion assertions = new CsvAssertion();

    private CsvTests(Path file) {
        this.file = file;
    }

    /** Reads a file; the tests are a list, as in YAML. */
    static YamlNode read(Path file) {
        return new CsvTests(file).tests();
    }

    private YamlNode tests() {
        byte[] text = YamlFile.text(file).getBytes(StandardCharsets.UTF_8);
        try (Utf8Input in = Utf8Input.of(new ByteArrayInputStream(text), null)) {
            CsvTable table = CsvTable.open(new Lines(in, text.length + 1), CsvTable.DETECTED, text.length + 1);
            table.columns().forEach(this::require);
            List<YamlNode> tests = new ArrayList<>();
            while (table.advance()) {
                try {
                    tests.add(test(table.columns(), table.cells(), (int) table.line()));
                } catch (BrokenRecord e) {
                    throw new SuiteException(file + " line " + table.line() + ": " + e.reason(), e);
                }
            }
            return node(1, tests);
        } catch (BrokenRecord e) {
            throw new SuiteException(file + ": " + e.reason(), e);
        } catch (IOException e) {
            throw new SuiteException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Refuses a column that is neither a variable nor known. */
    private void require(String column) {
        String place = file + " line 1: the column '" + column + "' ";
        if (column.equals("__prefix") || column.equals("__suffix")) {
            throw new SuiteException(place + "is not supported, write it in the prompt");
        }
        boolean known = KNOWN.contains(column)
                || EXPECTED.matcher(column).matches()
                || CONFIG.matcher(column).matches()
                || isMetadata(column);
        if (column.startsWith("__") && !known) {
            throw new SuiteException(
                    place + "is not supported, expected variables, __expected, __expected1 and so on,"
                            + " __config:__expected1:threshold and so on, __description, __metric, __threshold, __metadata:KEY");
        }
        if (column.startsWith("_") && !known && isSpecial("_" + column)) {
            throw new SuiteException(place + "would be a variable; write '_" + column + "', or call it otherwise");
        }
    }

    private static boolean isSpecial(String column) {
        return KNOWN.contains(column) || EXPECTED.matcher(column).matches() || isMetadata(column);
    }

    private static boolean isMetadata(String column) {
        return column.startsWith("__metadata:");
    }

    private YamlNode test(List<String> columns, List<String> cells, int line) {
        Map<String, YamlNode> test = new LinkedHashMap<>();
        Map<String, YamlNode> variables = new LinkedHashMap<>();
        Map<String, Map<String, YamlNode>> asserted = new TreeMap<>(CsvTests::byNumber);
        Map<String, YamlNode> thresholds = new LinkedHashMap<>();
        String metric = "";
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            YamlNode cell = text(line, cells.get(i));
            Matcher config = CONFIG.matcher(column);
            boolean variable = !column.startsWith("__");
            if (!variable && (cell.text().isBlank() || isMetadata(column))) {
                continue; // nothing is said
            }
            if (variable) {
                variables.put(column, cell);
            } else if (EXPECTED.matcher(column).matches()) {
                asserted.put(column, assertions.read(cell));
            } else if (config.matches()) {
                thresholds.put(config.group(1), number(cell, column));
            } else if (column.equals("__metric")) {
                metric = cell.text().strip();
            } else {
                test.put(column.substring(2), column.equals("__threshold") ? number(cell, column) : cell);
            }
        }
        for (Map.Entry<String, YamlNode> each : thresholds.entrySet()) {
            Map<String, YamlNode> assertion = asserted.get(each.getKey());
            if (assertion == null) {
                throw each.getValue().error("there is a threshold for '" + each.getKey() + "', which has no assertion");
            }
            assertion.put("threshold", each.getValue());
        }
        List<YamlNode> all = new ArrayList<>();
        for (Map<String, YamlNode> assertion : asserted.values()) {
            if (!metric.isEmpty()) {
                assertion.put("metric", text(line, metric));
            }
            all.add(node(line, assertion));
        }
        test.put("vars", node(line, variables));
        if (!all.isEmpty()) {
            test.put("assert", node(line, all));
        }
        return node(line, test);
    }

    private static int byNumber(String a, String b) {
        int shorter = Integer.compare(a.length(), b.length());
        return shorter != 0 ? shorter : a.compareTo(b);
    }

    private static YamlNode number(YamlNode cell, String column) {
        try {
            return new YamlNode(
                    cell.file(), cell.line(), Double.valueOf(cell.text().strip()), cell.text());
        } catch (NumberFormatException e) {
            throw cell.error("'" + column + "' must be a number, got '" + cell.text() + "'");
        }
    }

    private YamlNode text(int line, String text) {
        return new YamlNode(file.toString(), line, text, text);
    }

    private YamlNode node(int line, Object value) {
        return new YamlNode(file.toString(), line, value, "");
    }
}

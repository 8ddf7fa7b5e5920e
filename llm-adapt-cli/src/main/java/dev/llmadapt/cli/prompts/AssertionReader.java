package dev.llmadapt.cli.prompts;

import static dev.llmadapt.cli.prompts.AssertionTypes.Value.LIST;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.NONE;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.SCHEMA;
import static dev.llmadapt.cli.prompts.AssertionTypes.Value.TEXT_OR_JSON;

import dev.llmadapt.cli.prompts.AssertionTypes.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the assertions of a test file. */
final class AssertionReader {
    private static final List<String> KEYS = List.of("type", "value", "threshold", "weight", "metric");
    private static final List<String> SET_KEYS = List.of("type", "assert", "threshold", "weight", "metric");

    private final Path folder;
    private final Map<String, Row> rows = AssertionTypes.rows();

    /** Assertions of a file in this folder. */
    AssertionReader(Path folder) {
        this.folder = folder;
    }

    /** Reads an assertion or a set of them; refuses what is not supported by its name. */
    Asserted read(YamlNode node) {
        YamlNode typed = type(node);
        if (!typed.text().equals(AssertionSet.TYPE)) {
            return assertion(node);
        }
        Map<String, YamlNode> parts = node.map("an " + AssertionSet.TYPE, SET_KEYS);
        YamlNode given = parts.get("assert");
        List<Assertion> assertions = new ArrayList<>();
        if (given != null) {
            given.list("the assert of an " + AssertionSet.TYPE).forEach(each -> {
                if (type(each).text().equals(AssertionSet.TYPE)) {
                    throw each.error("an assert-set within an assert-set is not supported");
                }
                assertions.add(assertion(each));
            });
        }
        if (assertions.isEmpty()) {
            throw node.error("an assert-set needs assertions in its 'assert'");
        }
        YamlNode threshold = parts.get("threshold");
        return new AssertionSet(
                assertions,
                Optional.ofNullable(threshold).map(one -> one.number("the threshold")),
                weight(AssertionSet.TYPE, typed, parts.get("weight")),
                metric(parts),
                typed.place());
    }

    private static YamlNode type(YamlNode node) {
        Map<String, YamlNode> parts = node.map("an assertion");
        YamlNode typed = parts.get("type");
        if (typed == null) {
            throw node.error("an assertion needs a type, such as contains"
                    + (parts.containsKey("$ref") ? "; '$ref' is not supported" : ""));
        }
        typed.text("the type of an assertion");
        return typed;
    }

    private static double weight(String given, YamlNode typed, @Nullable YamlNode weight) {
        double counts = weight == null ? 1 : weight.number("the weight");
        if (!(counts >= 0 && counts < Double.POSITIVE_INFINITY)) {
            throw typed.error("the weight of '" + given + "' must not be negative, got " + counts);
        }
        return counts;
    }

    private static String metric(Map<String, YamlNode> parts) {
        YamlNode metric = parts.get("metric");
        return metric == null ? "" : metric.text("the metric");
    }

    private Assertion assertion(YamlNode node) {
        Map<String, YamlNode> parts = node.map("an assertion");
        YamlNode typed = type(node);
        String given = typed.text();
        boolean negated = given.startsWith("not-");
        String type = negated ? given.substring("not-".length()) : given;
        Row row = rows.get(type);
        if (row == null) {
            throw typed.error("the assertion '" + given + "' is not supported"
                    + (AssertionTypes.REFUSED.contains(type) ? "" : " and not known") + "; supported are "
                    + String.join(", ", new TreeSet<>(rows.keySet())) + ", and each with not-, and "
                    + AssertionSet.TYPE);
        }
        node.map("the assertion '" + given + "'", KEYS);
        double counts = weight(given, typed, parts.get("weight"));
        Optional<SchemaCheck> schema = row.value() == SCHEMA ? schema(given, parts.get("value")) : Optional.empty();
        List<String> values =
                schema.isPresent() || row.value() == SCHEMA ? List.of() : values(given, row, node, parts.get("value"));
        return new Assertion(
                type,
                negated,
                values,
                counts,
                metric(parts),
                typed.place(),
                row.check().make(threshold(given, row, typed, parts.get("threshold")), schema));
    }

    private static double threshold(String given, Row row, YamlNode typed, @Nullable YamlNode threshold) {
        Double standard = row.threshold();
        if (threshold == null) {
            if (standard != null && standard.isNaN()) {
                throw typed.error("the assertion '" + given + "' needs a threshold");
            }
            return standard == null ? 0 : standard;
        }
        double value = threshold.number("the threshold");
        if (standard == null) {
            throw threshold.error("the assertion '" + given + "' has no threshold, it is kept or not");
        }
        if (!(value >= 0)) {
            throw threshold.error("the threshold must not be negative, got " + value);
        }
        return value;
    }

    private List<String> values(String given, Row row, YamlNode node, @Nullable YamlNode value) {
        if (row.value() == NONE) {
            if (value != null) {
                throw value.error("the assertion '" + given + "' has no value, but a threshold");
            }
            return List.of();
        }
        if (value == null || (value.isScalar() && value.value() == null)) {
            throw node.error("the assertion '" + given + "' needs a value");
        }
        if (row.value() == TEXT_OR_JSON && !value.isScalar()) {
            return List.of(value.json().toString());
        }
        if (row.value() != LIST) {
            return List.of(content(value));
        }
        List<String> values = new ArrayList<>();
        if (value.isList()) {
            value.list("the value").forEach(each -> values.add(content(each)));
        } else if (given.endsWith("-all") || given.endsWith("-any")) {
            Arrays.stream(content(value).split(",", -1)).map(String::strip).forEach(values::add);
        } else {
            values.add(content(value));
        }
        if (values.isEmpty()) {
            throw value.error("the value of '" + given + "' is empty");
        }
        return values;
    }

    /** A text, or that of the file it names. */
    private String content(YamlNode value) {
        String text = value.text("the value");
        return FileLink.is(text) ? FileLink.text(value, folder, List.of(".txt", ".md", ".json")) : text;
    }

    private Optional<SchemaCheck> schema(String given, @Nullable YamlNode value) {
        if (value == null) {
            return Optional.empty();
        }
        YamlNode schema = value;
        if (value.isScalar()) {
            String text = value.text("the schema");
            schema = FileLink.is(text)
                    ? YamlFile.read(FileLink.path(value, folder, List.of(".json", ".yaml", ".yml")))
                    : YamlFile.read(value.place(), text);
        }
        try {
            return Optional.of(SchemaCheck.of(schema.json()));
        } catch (IllegalArgumentException e) {
            throw value.error("the schema of '" + given + "' cannot be used: " + e.getMessage());
        }
    }
}

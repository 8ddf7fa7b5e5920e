package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.PromptSuite.Test;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the tests of a test file: their variables, assertions and thresholds, over those of the default test. */
final class TestReader {
    private static final List<String> KEYS =
            List.of("description", "vars", "assert", "threshold", "options", "metadata");
    private static final List<String> OPTIONS = List.of("provider", "disableVarExpansion", "prefix", "suffix");
    private static final List<String> SCENARIO_KEYS = List.of("description", "config", "tests");
    private static final List<String> CONFIG_KEYS = List.of("vars", "metadata");
    private static final int MOST_TESTS = 10_000;
    private static final int MOST_NAME = 60;

    private final Path folder;
    private final Map<String, String> judges;
    private final AssertionReader assertions;

    /**
     * Reads tests of a file in this folder.
     *
     * @param judges takes the models that are named to grade, with their places
     */
    TestReader(Path folder, Map<String, String> judges) {
        this.folder = folder;
        this.judges = judges;
        this.assertions = new AssertionReader(folder);
    }

    /** Reads the tests. */
    List<Test> read(YamlNode node, @Nullable YamlNode standard) {
        Map<String, YamlNode> all = standard == null ? Map.of() : standard.map("defaultTest", KEYS);
        List<Test> tests = new ArrayList<>();
        add(node, all, tests);
        if (tests.isEmpty()) {
            throw node.error("there is no test");
        }
        return tests;
    }

    private void add(YamlNode node, Map<String, YamlNode> standard, List<Test> tests) {
        if (FileLink.is(node.text())) {
            add(file(node), standard, tests);
        } else if (node.isList()) {
            node.list("tests").forEach(each -> add(each, standard, tests));
        } else {
            test(node, standard, tests);
        }
        if (tests.size() > MOST_TESTS) {
            throw node.error("there are more than " + MOST_TESTS + " tests");
        }
    }

    private YamlNode file(YamlNode node) {
        Path file = FileLink.path(node, folder, List.of(".yaml", ".yml", ".json", ".csv"));
        return file.toString().endsWith(".csv") ? CsvTests.read(file) : YamlFile.read(file);
    }

    /**
     * Reads scenarios: each of a scenario's tests with each set of its variables, over which those of the test stand.
     */
    List<Test> scenarios(YamlNode node, @Nullable YamlNode standard) {
        Map<String, YamlNode> all = standard == null ? Map.of() : standard.map("defaultTest", KEYS);
        List<Test> tests = new ArrayList<>();
        for (YamlNode scenario : linked(node).list("scenarios")) {
            Map<String, YamlNode> parts = linked(scenario).map("a scenario", SCENARIO_KEYS);
            YamlNode config = parts.get("config");
            if (config == null) {
                throw scenario.error("a scenario needs a 'config': a list of vars");
            }
            int before = tests.size();
            for (YamlNode each : linked(config).list("the config of a scenario")) {
                Map<String, YamlNode> given = each.map("the config of a scenario", CONFIG_KEYS);
                Map<String, YamlNode> standards = new LinkedHashMap<>(all);
                Map<String, YamlNode> variables = new LinkedHashMap<>();
                for (YamlNode one : nodes(all.get("vars"), given.get("vars"))) {
                    variables.putAll(one.map("vars"));
                }
                standards.put("vars", new YamlNode(each.file(), each.line(), variables, ""));
                YamlNode own = parts.get("tests");
                // without tests each set of variables is one
                add(own == null ? new YamlNode(each.file(), each.line(), Map.of(), "") : own, standards, tests);
            }
            if (tests.size() == before) {
                throw scenario.error("there is no test in the scenario");
            }
        }
        return tests;
    }

    private YamlNode linked(YamlNode node) {
        return FileLink.is(node.text()) ? file(node) : node;
    }

    private void test(YamlNode node, Map<String, YamlNode> standard, List<Test> tests) {
        Map<String, YamlNode> parts = node.map("a test", KEYS);
        Map<String, YamlNode> options = new LinkedHashMap<>();
        for (YamlNode each : nodes(standard.get("options"), parts.get("options"))) {
            options.putAll(each.map("the options of a test", OPTIONS));
        }
        for (String fix : List.of("prefix", "suffix")) {
            if (options.containsKey(fix)) {
                throw options.get(fix).error("'" + fix + "' is not supported, write it in the prompt");
            }
        }
        if (options.containsKey("provider")) {
            YamlNode judge = options.get("provider");
            judges.putIfAbsent(judge.text("the provider that grades"), judge.place());
        }
        Map<String, YamlNode> variables = new LinkedHashMap<>();
        for (YamlNode each : nodes(standard.get("vars"), parts.get("vars"))) {
            variables.putAll(each.map("vars"));
        }
        List<Asserted> asserted = new ArrayList<>();
        for (YamlNode each : nodes(standard.get("assert"), parts.get("assert"))) {
            each.list("assert").forEach(one -> asserted.add(assertions.read(one)));
        }
        YamlNode threshold = parts.getOrDefault("threshold", standard.get("threshold"));
        Optional<Double> enough = Optional.ofNullable(threshold).map(one -> one.number("the threshold"));
        YamlNode flag = options.get("disableVarExpansion");
        boolean whole = flag != null && flag.flag("disableVarExpansion");
        YamlNode description = parts.getOrDefault("description", standard.get("description"));
        List<Map<String, Object>> all = expanded(variables, whole);
        for (Map<String, Object> each : all) {
            String name = description == null ? named(each) : description.text("the description");
            if (description != null && all.size() > 1) {
                name += " (" + named(each) + ")";
            }
            tests.add(new Test(name, SuiteReader.ordered(each), asserted, enough, node.place()));
            if (tests.size() > MOST_TESTS) {
                return;
            }
        }
    }

    private static List<YamlNode> nodes(@Nullable YamlNode first, @Nullable YamlNode second) {
        return java.util.stream.Stream.of(Optional.ofNullable(first), Optional.ofNullable(second))
                .flatMap(Optional::stream)
                .toList();
    }

    private static String named(Map<String, Object> variables) {
        String name = variables.entrySet().stream()
                .map(entry -> entry.getKey() + "="
                        + String.valueOf(entry.getValue()).strip().replaceAll("\\s+", " "))
                .collect(Collectors.joining(", "));
        return name.isEmpty()
                ? "no variables"
                : name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME - 3) + "...";
    }

    /** The variables; where one has a list, once with each of its elements, unless lists are values. */
    private List<Map<String, Object>> expanded(Map<String, YamlNode> variables, boolean whole) {
        List<Map<String, Object>> all = new ArrayList<>(List.of(new LinkedHashMap<>()));
        variables.forEach((name, node) -> {
            List<YamlNode> values = node.isList() && !whole ? node.list(name) : List.of(node);
            if (values.isEmpty()) {
                throw node.error("the variable '" + name + "' has an empty list");
            }
            if ((long) all.size() * values.size() > MOST_TESTS) {
                throw node.error("the lists of the variables make more than " + MOST_TESTS + " tests");
            }
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> each : all) {
                for (YamlNode value : values) {
                    Map<String, Object> one = new LinkedHashMap<>(each);
                    one.put(name, value(name, value));
                    longer.add(one);
                }
            }
            all.clear();
            all.addAll(longer);
        });
        return all;
    }

    private Object value(String name, YamlNode node) {
        if (node.isMap()) {
            Map<String, Object> map = new LinkedHashMap<>();
            node.map(name).forEach((key, each) -> map.put(key, value(name, each)));
            return map;
        } else if (node.isList()) {
            return node.list(name).stream().map(each -> value(name, each)).toList();
        } else if (node.value() instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return number.longValue(); // as JavaScript writes it
        } else if (node.value() instanceof Number number) {
            return number;
        } else if (node.value() instanceof Boolean) {
            throw node.error("the variable '" + name + "' is " + node.text()
                    + ", which templates write in another way than promptfoo; put it in quotes");
        }
        String text = node.text("the variable '" + name + "'");
        if (FileLink.is(text)) {
            return FileLink.text(node, folder, List.of(".txt", ".md"));
        }
        if (text.contains("{{") || text.contains("{%")) {
            throw node.error(
                    "the variable '" + name + "' holds a template, which is not filled in here; write its text out");
        }
        return text;
    }
}

package dev.llmadapt.cli.prompts;

import dev.llmadapt.prompting.template.StrictTemplate;
import dev.llmadapt.prompting.template.TemplateException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * An assertion of a test.
 *
 * @param type as the file has it, without {@code not-}
 * @param negated whether the answer must not keep it
 * @param values the texts to compare with, as they are written: templates over the variables of the test
 * @param weight how much its score counts; 0 counts for nothing and fails no test
 * @param metric the name of what it measures, empty where it has none
 * @param place where it stands
 * @param check checks an answer, by the texts as they are rendered
 */
record Assertion(
        String type, boolean negated, List<String> values, double weight, String metric, String place, Check check)
        implements Asserted {
    /** The check of a type. */
    @FunctionalInterface
    interface Check {
        Verdict of(Subject subject, List<String> values);
    }

    /**
     * What is checked.
     *
     * @param answer the answer
     * @param question the last message of the prompt
     * @param cost what the answer cost; empty where prices are not known
     * @param graders for what is measured by a model
     */
    record Subject(Answered answer, String question, Optional<Double> cost, Graders graders) {
        String text() {
            return answer.text();
        }
    }

    @Override
    public String name() {
        return (negated ? "not-" : "") + type;
    }

    @Override
    public Stream<Assertion> assertions() {
        return Stream.of(this);
    }

    /**
     * The texts with the values of a test's variables.
     *
     * @throws SuiteException if one cannot be rendered, or is to be a regular expression and is none
     */
    List<String> rendered(Map<String, Object> variables) {
        List<String> rendered =
                values.stream().map(text -> rendered(text, variables)).toList();
        if (type.equals("regex")) {
            try {
                Pattern.compile(rendered.get(0));
            } catch (PatternSyntaxException e) {
                throw new SuiteException(
                        place + ": '" + rendered.get(0) + "' is no regular expression: " + e.getDescription(), e);
            }
        }
        return rendered;
    }

    /** The variables that the texts read. */
    Set<String> variables() {
        Set<String> names = new HashSet<>();
        values.stream()
                .filter(Assertion::isTemplate)
                .forEach(text -> names.addAll(template(text).variables().keySet()));
        return names;
    }

    private static boolean isTemplate(String text) {
        return text.contains("{{") || text.contains("{%");
    }

    private StrictTemplate template(String text) {
        try {
            return StrictTemplate.parse(text, 1, name -> {
                throw new IllegalArgumentException("an assertion includes nothing");
            });
        } catch (TemplateException e) {
            throw new SuiteException(place + ": the value cannot be rendered, " + e.getMessage(), e);
        }
    }

    private String rendered(String text, Map<String, Object> variables) {
        if (!isTemplate(text)) {
            return text;
        }
        StrictTemplate template = template(text);
        try {
            template.variables().keySet().forEach(name -> {
                if (!variables.containsKey(name)) {
                    throw new SuiteException(place + ": the value reads the variable '" + name
                            + "', which the test does not have; it has " + variables.keySet());
                }
            });
            return template.render(variables);
        } catch (TemplateException e) {
            throw new SuiteException(place + ": the value cannot be rendered, " + e.getMessage(), e);
        }
    }

    /** What it says of an answer. */
    Verdict verdict(Subject subject, List<String> rendered) {
        Verdict verdict = check.of(subject, rendered);
        return negated ? verdict.negated() : verdict;
    }
}

package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.SuiteResult.Checked;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Assertions that count as one: the mean of their scores by weight, kept if each is or, with a threshold, if the mean
 * reaches it.
 *
 * @param parts the assertions; at least one
 * @param threshold the score that is enough; empty where each must be kept
 * @param weight how much the mean counts among the assertions of the test
 * @param metric the name of what the set measures, empty where it has none
 * @param place where it stands
 */
record AssertionSet(List<Assertion> parts, Optional<Double> threshold, double weight, String metric, String place)
        implements Asserted {
    static final String TYPE = "assert-set";

    /** Copies the list. */
    AssertionSet {
        parts = List.copyOf(parts);
    }

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public Stream<Assertion> assertions() {
        return parts.stream();
    }

    /** Why a set is not kept: its score, and its assertions that are not kept. */
    static String reason(List<Checked> checks, double score, Optional<Double> threshold) {
        String failed = checks.stream()
                .filter(check -> !check.passed())
                .map(check ->
                        check.assertion().name() + " (" + check.assertion().place() + "): " + check.reason())
                .collect(Collectors.joining("; "));
        return threshold
                        .map(enough ->
                                String.format(Locale.ROOT, "the score is %.3f, expected at least %s", score, enough))
                        .orElse("all must be kept")
                + (failed.isEmpty() ? "" : "; " + failed);
    }
}

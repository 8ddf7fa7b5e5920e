package dev.llmadapt.cli.prompts;

import java.util.stream.Stream;

/** What a test asserts of an answer: an assertion, or several that count as one. */
sealed interface Asserted permits Assertion, AssertionSet {
    /** Its type, with its negation. */
    String name();

    /** How much its score counts; 0 counts for nothing and fails no test. */
    double weight();

    /** The name of what it measures, empty where it has none. */
    String metric();

    /** Where it stands. */
    String place();

    /** The assertions in it: itself, or those of a set. */
    Stream<Assertion> assertions();
}

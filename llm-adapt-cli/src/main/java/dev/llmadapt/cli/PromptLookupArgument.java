package dev.llmadapt.cli;

import picocli.CommandLine.Option;

/** The option of commands that give one answer at a time. */
final class PromptLookupArgument {
    @Option(
            names = "--prompt-lookup",
            description =
                    "Read several tokens at a time where the answer repeats the prompt or a schema leaves one way to go"
                            + " on: the same answer, sooner there, slightly later elsewhere (docs/guides/prompting.md).")
    boolean lookup;

    /** Returns a model with it, if it was asked for. */
    ModelChoice apply(ModelChoice choice) {
        return lookup ? choice.withPromptLookup() : choice;
    }
}

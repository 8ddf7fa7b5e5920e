package dev.llmadapt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The folder with everything of this project in it, which tests of its scripts and pages read. */
final class Checkout {
    private Checkout() {}

    /** The nearest folder above the working folder that holds the launcher. */
    static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("llm-adapt")) || !Files.exists(root.resolve("llm-adapt-api"))) {
            root = Objects.requireNonNull(root.getParent(), "the test must run inside the checkout");
        }
        return root;
    }
}

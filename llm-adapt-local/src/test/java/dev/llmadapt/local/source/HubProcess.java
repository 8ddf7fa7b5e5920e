package dev.llmadapt.local.source;

import dev.llmadapt.Progress;

/**
 * Fetches a repository's {@code main}, or the {@code .gguf} file named second, as this process's environment says;
 * prints where it is.
 */
final class HubProcess {
    private HubProcess() {}

    /** The repository, and perhaps a file of it. */
    public static void main(String[] arguments) {
        String file = arguments.length > 1 ? arguments[1] : "";
        System.out.println(new HubModel(arguments[0], "main", file, Environment.ofProcess()).fetch(Progress.NONE));
    }
}

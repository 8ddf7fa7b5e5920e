package dev.llmadapt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The Java examples of a documentation page, and the code of the test that runs them: if both lists are equal, the page
 * shows tested code. Both omit white space, which formatting changes.
 */
public final class GuideExamples {
    private GuideExamples() {}

    /**
     * The Java blocks of a page, in order.
     *
     * @param page a Markdown file, from the root of the checkout: {@code docs/guides/training.md}
     */
    public static List<String> shown(String page) {
        return between(read(root().resolve(page)), "```java\n", "```\n");
    }

    /** The parts of a test class between the comment lines {@code // guide} and {@code // end}, in order. */
    public static List<String> tested(Class<?> test) {
        String file = "src/test/java/" + test.getName().replace('.', '/') + ".java";
        try (Stream<Path> modules = Files.list(root())) {
            Path source = modules.map(module -> module.resolve(file))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            return between(read(source), " // guide\n", " // end\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkout: the nearest folder above the working folder that holds the documentation. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/guides"))) {
            folder = Objects.requireNonNull(folder.getParent(), "the test must run inside the checkout");
        }
        return folder;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> between(String text, String start, String end) {
        List<String> found = new ArrayList<>();
        for (int at = text.indexOf(start); at >= 0; at = text.indexOf(start, at)) {
            at += start.length();
            int stop = text.indexOf(end, at);
            found.add(text.substring(at, stop).replaceAll("\\s+", ""));
        }
        return found;
    }
}

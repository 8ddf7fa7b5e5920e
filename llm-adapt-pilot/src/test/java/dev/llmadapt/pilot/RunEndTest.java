package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A failure that ends a run is counted against no candidate, wherever failures are caught. */
class RunEndTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "llmadapt", "pilot");
    private static final Pattern CATCH = Pattern.compile(
            "catch \\((?:final )?((?:RuntimeException|Exception|Throwable|LlmAdaptException)[^)]*) (\\w+)\\) \\{");

    @Test
    void everyCatchOfAnyFailure_asksWhetherTheRunEnds() throws IOException {
        List<String> seen = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                Matcher caught = CATCH.matcher(text);
                while (caught.find()) {
                    String block = block(text, caught.end());
                    seen.add(file.getFileName().toString());
                    assertThat(block)
                            .as("%s catches %s and neither passes it on nor calls RunEnd.check", file, caught.group(1))
                            .containsAnyOf(
                                    "RunEnd.check(" + caught.group(2) + ")",
                                    "throw " + caught.group(2) + ";",
                                    "addSuppressed(" + caught.group(2) + ")");
                }
            }
        }
        assertThat(seen).as("catches that were found").contains("Trial.java", "Race.java", "RiskProbes.java");
    }

    /** The block whose brace opens just before a place. */
    private static String block(String text, int from) {
        int depth = 1;
        int end = from;
        while (depth > 0) {
            char next = text.charAt(end++);
            depth += next == '{' ? 1 : next == '}' ? -1 : 0;
        }
        return text.substring(from, end);
    }
}

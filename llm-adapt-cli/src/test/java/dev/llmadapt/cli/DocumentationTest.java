package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The form of the pages under {@code docs}, and that each stands in its index. */
class DocumentationTest {
    private static final Pattern PAGE = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");
    private static final Pattern SECTIONS = Pattern.compile("## Decision(\n## Why)?\n## Rejected(\n## Consequences)?");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

    private static final Pattern TYPE = Pattern.compile("`([A-Z][A-Za-z0-9]+)[`.]");
    private static final Pattern MODULE = Pattern.compile("in `(dev\\.llmadapt\\.[a-z]+)[.a-z]*`:");
    private static final Pattern ITEM = Pattern.compile("^\\d+\\. .*(\n   .*)*", Pattern.MULTILINE);
    private static final Pattern NAMED =
            Pattern.compile("`(?<package>[a-z]+)`: |`(?<type>[A-Z][A-Za-z0-9]+)[^`]*`(\\s+in\\s+`(?<where>[a-z.]+)`)?");
    private static final Pattern SOURCE_FILE =
            Pattern.compile("src/[a-z]+/java/(?<package>.+)/(?<type>[A-Za-z0-9]+)\\.java$");

    private final Path root = GuideExamples.root();

    @Test
    void decisionPages_haveOneFormAndStandInTheIndex() throws IOException {
        Path folder = root.resolve("docs/decisions");
        String index = Files.readString(folder.resolve("README.md"));
        for (Path page : pages(folder)) {
            String name = page.getFileName().toString();
            assertThat(name).as("the name of a decision page").matches(PAGE);
            String number = name.substring(0, 4);
            List<String> lines = Files.readAllLines(page);
            assertThat(lines.get(0)).as("the first line of %s", name).startsWith("# " + number + ": ");
            assertThat(String.join(
                            "\n",
                            lines.stream()
                                    .filter(line -> line.startsWith("## "))
                                    .toList()))
                    .as("the sections of %s, in this order; Why and Consequences may be missing", name)
                    .matches(SECTIONS);
            String title = lines.get(0).substring("# 0000: ".length());
            assertThat(index.lines())
                    .as("docs/decisions/README.md")
                    .containsOnlyOnce("- [" + number + "](" + name + ") " + title);
        }
    }

    @Test
    void guidesAndFigures_standInTheIndex() throws IOException {
        String index = Files.readString(root.resolve("docs/README.md"));
        for (String folder : List.of("guides", "figures")) {
            for (Path page : pages(root.resolve("docs").resolve(folder))) {
                assertThat(index).as("docs/README.md").contains("](" + folder + "/" + page.getFileName() + ")");
            }
        }
    }

    @Test
    void links_leadToFiles() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page :
                pages(root, root.resolve("docs"), root.resolve("docs/decisions"), root.resolve("docs/guides"))) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(page)).results().toList()) {
                String target = link.group(1);
                if (!target.contains(":") && !Files.exists(page.resolveSibling(target))) {
                    broken.add(root.relativize(page) + " links to " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void typesNamed_exist() throws IOException {
        Set<String> types = packages().keySet();
        for (String page : List.of("architecture.md", "guides/methods.md", "guides/strategies.md")) {
            String text = Files.readString(root.resolve("docs").resolve(page));
            assertThat(TYPE.matcher(text).results().map(match -> match.group(1)))
                    .as(page)
                    .isNotEmpty()
                    .isSubsetOf(types);
        }
    }

    /**
     * Checks the types in numbered items: each is in the package named before it, {@code `package`: `Type`}, in the
     * section's module where none is, or where the page says so, {@code `Type` in `package`}.
     */
    @Test
    void architecture_typesAreInThePackagesNamed() throws IOException {
        Map<String, Set<String>> packages = packages();
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (String section :
                Files.readString(root.resolve("docs/architecture.md")).split("\n## ", -1)) {
            Matcher module = MODULE.matcher(section);
            if (!module.find()) {
                continue;
            }
            for (MatchResult item : ITEM.matcher(section).results().toList()) {
                String current = module.group(1);
                Matcher word = NAMED.matcher(item.group());
                while (word.find()) {
                    if (word.group("package") != null) {
                        current = module.group(1) + "." + word.group("package");
                        continue;
                    }
                    String where = word.group("where");
                    String expected = where == null ? current : "dev.llmadapt." + where;
                    Set<String> actual = packages.getOrDefault(word.group("type"), Set.of());
                    checked++;
                    if (!actual.contains(expected) && !(where == null && actual.contains("dev.llmadapt"))) {
                        wrong.add(word.group("type") + " is in " + actual + ", the page says " + expected);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(50);
    }

    /** The packages of the types with each name. */
    private Map<String, Set<String>> packages() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> SOURCE_FILE.matcher(file.toString()))
                    .filter(Matcher::find)
                    .collect(Collectors.groupingBy(
                            file -> file.group("type"),
                            Collectors.mapping(file -> file.group("package").replace('/', '.'), Collectors.toSet())));
        }
    }

    /** The Markdown files in some folders but for the index of decisions. */
    private static List<Path> pages(Path... folders) throws IOException {
        List<Path> pages = new ArrayList<>();
        Predicate<Path> isPage = file -> file.toString().endsWith(".md") && !file.endsWith("decisions/README.md");
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(isPage).sorted().forEach(pages::add);
            }
        }
        return pages;
    }
}

package dev.llmadapt.prompting.template;

import static org.assertj.core.api.Assertions.fail;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The law that damaged templates end in a {@link TemplateException} or in text. */
class FuzzTest {
    private static final int ROUNDS = 30_000;
    private static final String[] PIECES = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "|",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\\",
        ".",
        ",",
        ":",
        "=",
        "~",
        "*",
        "**",
        "/",
        "//",
        "%",
        "<",
        " not ",
        " in ",
        " is ",
        " if ",
        " else ",
        " for ",
        "\n",
        " ",
        "0",
        "1",
        "-1",
        "999999999999",
        "1e308",
        "none",
        "true",
        "x",
        "loop",
        "ns",
        "messages",
        "raw",
        "endraw",
        "endif",
        "endfor",
        "recursive",
        "tojson",
        "map",
        "join",
        "\u0000",
        "\ud800",
        "\ud83d\ude00",
        "\u00df",
        "\\x",
        "\\u12",
        "[::-1]"
    };
    private static final Limits LIMITS = new Limits(100_000, 50, 100, 200_000, 100_000, 10_000);

    @Test
    void parseAndRender_damagedConstructs_throwNothingElse() {
        List<String> sources = new ArrayList<>();
        ConstructsTest.cases().forEach(example -> sources.add(ConstructsTest.source(example)));
        fuzz(sources, ConstructsTest.context(), ROUNDS, 1);
    }

    @Test
    void parseAndRender_damagedRealTemplates_throwNothingElse() {
        GoldenData golden = GoldenData.load();
        fuzz(new ArrayList<>(golden.templates().values()), golden.context("toolcall"), ROUNDS / 10, 2);
        fuzz(new ArrayList<>(golden.templates().values()), golden.context("think"), ROUNDS / 10, 3);
    }

    private static void fuzz(List<String> sources, Map<String, Object> context, int rounds, long suite) {
        for (int round = 0; round < rounds; round++) {
            long seed = suite << 32 | round;
            Random random = new Random(seed);
            String source = damage(random, sources);
            try {
                ChatTemplate.parse(source, LIMITS, Clock.systemUTC()).render(context);
            } catch (TemplateException e) {
                // what it should throw
            } catch (Throwable e) {
                fail("seed " + seed + ", template:\n" + source, e);
            }
        }
    }

    private static String damage(Random random, List<String> sources) {
        StringBuilder source = new StringBuilder(sources.get(random.nextInt(sources.size())));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(source.length() + 1);
            int end = Math.min(source.length(), at + random.nextInt(6));
            switch (random.nextInt(5)) {
                case 0 -> source.delete(at, end);
                case 1 -> source.insert(at, source.substring(at, end));
                case 2 -> source.insert(at, sources.get(random.nextInt(sources.size())));
                case 3 -> source.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
                default -> source.insert(at, PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return source.toString();
    }
}

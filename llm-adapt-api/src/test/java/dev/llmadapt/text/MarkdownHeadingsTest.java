package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkdownHeadingsTest {
    /** Headings, mostly of examples in the specification 0.31.2; line breaks are written as slashes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "# C#|1 C#",
                "## F## |2 F##",
                "## Issue #12 #|2 Issue #12",
                "## foo ##/  ###   bar    ###|2 foo, 3 bar",
                "# foo#/### foo \\###|1 foo#, 3 foo \\###",
                "## /#/### ###|2 , 1 , 3",
                "####### foo/#5 bolt//#hashtag|^^",
                "   # foo/    # code|1 foo",
                "Foo/    # bar|^^",
                "#\tFoo|1 Foo",
                "Foo/=========//Bar/---|1 Foo, 2 Bar",
                "  Foo bar/baz  /====|1 Foo bar baz",
                "x//    foo/---//    Foo/===|^^",
                "Foo/    ===|^^",
                "Foo/= =//Foo/--- -|^^",
                "> Foo/---/- Foo/---/***/---|^^",
                "---/Foo/---/Bar/---|2 Foo, 2 Bar",
                "- foo/-----|^^",
                "````md/```/# no/```/````/# yes|1 yes",
                "~~~py/# no/```/# no/~~~/# yes|1 yes",
                "```/# no/~~~/# no|^^",
                "```/# no/    ```/# no/``` x/# no/  ````/# yes|1 yes",
                "``` a`b/# yes|1 yes",
                "- ```sh/  # no/  ```//# yes|1 yes",
                "1. x//   ```/   # no/   ```/# yes|1 yes",
                "- ```/  # no/# yes|1 yes",
                "<!--/# no//# no/-->/# yes|1 yes",
                "<div>/# no/</div>//# yes|1 yes",
                "<pre>/# no//# no/</pre>/# yes|1 yes",
                "<!-- one line -->/# yes|1 yes",
                "text/<span>/# yes|1 yes",
                "---/# no/a: b/---/# yes|1 yes",
                "---/a: b/.../# yes|1 yes",
                "---/# no/{{ data }}/---/# yes|1 yes",
                "+++/a = 1/# no/+++/# yes|1 yes",
                "text/---/# yes|2 text, 1 yes"
            })
    void headings_areThoseOfCommonMark(String text, String expected) {
        for (String lineBreak : List.of("\n", "\r\n")) {
            List<MarkdownHeadings.Heading> found =
                    MarkdownHeadings.of(text.replace("/", lineBreak).replace("<" + lineBreak, "</"));
            assertThat(String.join(
                                    ", ",
                                    found.stream()
                                            .map(h -> h.level() + " " + h.text())
                                            .toList())
                            .strip())
                    .as(text)
                    .isEqualTo(expected);
        }
    }

    @Test
    void heading_spans_areItsLines() {
        String text = "intro\n\nTitle\nof two\n===\nbody\n## Next ##\n";
        assertThat(MarkdownHeadings.of(text))
                .extracting(heading -> text.substring(heading.start(), heading.end()))
                .containsExactly("Title\nof two\n===", "## Next ##");
    }

    @Test
    void frontMatter_endsAfterItsLastLine() {
        assertThat(MarkdownHeadings.frontMatterEnd("---\r\ntitle: x\r\n---\r\n# Y"))
                .isEqualTo(20);
        assertThat(MarkdownHeadings.frontMatterEnd("---\ntitle: x\n# Y")).isZero();
        assertThat(MarkdownHeadings.frontMatterEnd("---\ntext\n---\n")).isZero();
    }

    @Test
    void longText_takesLinearTime() {
        String text = "<".repeat(50_000) + "\n" + "> ".repeat(50_000) + "\n" + "#".repeat(50_000) + "\n"
                + "a\n".repeat(50_000);
        assertThat(MarkdownHeadings.of(text + "# x " + "#".repeat(50_000) + "\n# y " + " #a".repeat(20_000)))
                .hasSize(2);
    }
}

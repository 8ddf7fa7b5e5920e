package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThoughtSplitTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "<think>_ab c__</think>__The answer_|false|ab c|The answer_",
                "__<think></think>a|false|~|a",
                "<think>a</thin</think></think>b|false|a</thin|</think>b",
                "<think>a <think> b</think>c|false|a <think> b|c",
                "_a <think>b</think>|false|~|_a <think>b</think>",
                "<thin|false|~|<thin",
                "__|false|~|__",
                "<think>never ends _|false|never ends|~",
                "<think>a__</thi|false|a__</thi|~",
                "_ab_</think>_c|true|ab|c",
                "</think>|true|~|~",
                "<think>a</think>b|true|<think>a|b",
                "a|true|a|~",
            })
    void add_anyPieces_partsThoughtAndAnswer(String text, boolean opened, String thought, String answer) {
        String whole = text.replace('_', '\n');
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            ThoughtSplit split = new ThoughtSplit("<think>", "</think>", opened, true);
            StringBuilder thoughts = new StringBuilder();
            StringBuilder answers = new StringBuilder();
            for (int from = 0; from < whole.length(); ) {
                int to = Math.min(whole.length(), from + 1 + (seed % 7 == 0 ? 1000 : random.nextInt(4)));
                answers.append(split.add(whole.substring(from, to)));
                thoughts.append(split.takeThought());
                from = to;
            }
            answers.append(split.finish());
            thoughts.append(split.takeThought());
            assertThat(thoughts)
                    .as("seed %d", seed)
                    .hasToString(thought.replace('_', '\n').replace("~", ""));
            assertThat(answers)
                    .as("seed %d", seed)
                    .hasToString(answer.replace('_', '\n').replace("~", ""));
            assertThat(split.holds()).isFalse();
        }
    }

    @Test
    void add_whiteSpaceOfAnExactAnswer_isKept() {
        ThoughtSplit split = new ThoughtSplit("<think>", "</think>", true, false);
        assertThat(split.add("a</think>\n x")).isEqualTo("\n x");
        assertThat(split.takeThought()).isEqualTo("a");
    }
}

package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelWordsTest {
    @Test
    void underscores_becomeSpaces() {
        assertThat(LabelWords.of(List.of("card_arrival", "Refund__not_ showing_up", "plain")))
                .containsExactlyEntriesOf(ordered(
                        "card_arrival", "card arrival",
                        "Refund__not_ showing_up", "Refund not showing up",
                        "plain", "plain"));
    }

    @Test
    void labelsThatWouldBecomeTheSame_allStayAsTheyAre() {
        assertThat(LabelWords.of(List.of("a_b", "a b", "c_d")).values()).containsExactly("a_b", "a b", "c_d");
    }

    @Test
    void labelThatWouldBecomeEmpty_keepsAllAsTheyAre() {
        assertThat(LabelWords.of(List.of("_", "a_b")).values()).containsExactly("_", "a_b");
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}

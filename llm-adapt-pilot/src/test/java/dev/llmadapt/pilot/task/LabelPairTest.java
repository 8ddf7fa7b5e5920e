package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelPairTest {
    @TempDir
    private Path folder;

    @Test
    void readPrices_anyOrderOfColumns_areRead() throws IOException {
        Path file = write("price;given;right\n20; spam ;ham\n0.5;ham;spam\n");
        assertThat(LabelPair.readPrices(file))
                .isEqualTo(Map.of(new LabelPair("ham", "spam"), 20.0, new LabelPair("spam", "ham"), 0.5));
    }

    @Test
    void readPrices_mistakes_nameTheLine() throws IOException {
        refuses("right,given\nham,spam\n", "expected the columns right, given, price");
        refuses("right,given,price\nham,spam,1\nspam,ham,-2\n", "line 3", "got '-2'");
        refuses("right,given,price\nham,spam,\n", "line 2", "got ''");
        refuses("right,given,price\nham,spam,NaN\n", "line 2", "got 'NaN'");
        refuses("right,given,price\nham,spam,1\nham,spam,2\n", "line 3", "twice");
    }

    private void refuses(String text, String... words) throws IOException {
        Path file = write(text);
        assertThatThrownBy(() -> LabelPair.readPrices(file))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll(words);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("prices.csv"), text);
    }
}

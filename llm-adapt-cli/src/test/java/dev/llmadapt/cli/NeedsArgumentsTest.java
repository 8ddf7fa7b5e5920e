package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.task.LabelPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class NeedsArgumentsTest extends CommandLineTest {
    @TempDir
    private Path folder;

    @Test
    void stakes_notGiven_areNone() {
        assertThat(parse()).isEqualTo(Stakes.none());
    }

    @Test
    void stakes_everyOption_isTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("errors.csv"), "right,given,price\nham,spam,20\n");
        assertThat(parse(
                        "--error-price=2.5",
                        "--error-price=" + file,
                        "--label-price=0.3",
                        "--person-price=1",
                        "--horizon=2y",
                        "--min-precision=0.9",
                        "--currency=EUR"))
                .isEqualTo(new Stakes(
                        OptionalDouble.of(2.5), Map.of(new LabelPair("ham", "spam"), 20.0), 0.3, 1, 24, 0.9, "EUR"));
    }

    @Test
    void stakes_mistakes_areNamed() {
        assertThatThrownBy(() -> parse("--horizon=12")).hasMessageContaining("such as 6m or 2y, got '12'");
        assertThatThrownBy(() -> parse("--min-precision=0"))
                .hasMessage("--min-precision must be above 0 and below 1, got 0.0");
        assertThatThrownBy(() -> parse("--min-precision=95")).hasMessageContaining("got 95.0");
        assertThatThrownBy(() -> parse("--error-price=1", "--error-price=2")).hasMessageContaining("two numbers");
        assertThatThrownBy(() -> parse("--error-price=1.2.3")).hasMessageContaining("got '1.2.3'");
        assertThatThrownBy(() -> parse("--error-price=-2")).hasMessageContaining("0 or more, or a CSV file, got '-2'");
        assertThatThrownBy(() -> parse("--error-price=2,5")).hasMessageContaining("got '2,5'");
        assertThatThrownBy(() -> parse("--error-price=" + folder.resolve("none.csv")))
                .hasMessageContaining("none.csv");
    }

    @Test
    void needs_errorsThatCostNothing_wantALeastQuality() {
        assertThat(needs("--error-price=0", "--quality=0.7").stakes().freeErrors())
                .isTrue();
        assertThatThrownBy(() -> needs("--error-price=0")).hasMessageContaining("say with --quality what is enough");
        assertThat(needs("--label-price=1").stakes().freeErrors())
                .as("no price told")
                .isFalse();
    }

    private Needs needs(String... arguments) {
        NeedsArguments needs = new NeedsArguments();
        new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(needs)).parseArgs(arguments);
        return needs.needs(context());
    }

    private static Stakes parse(String... arguments) {
        NeedsArguments needs = new NeedsArguments();
        new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(needs)).parseArgs(arguments);
        return needs.stakes();
    }
}

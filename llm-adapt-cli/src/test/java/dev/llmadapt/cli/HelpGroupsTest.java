package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpGroupsTest extends CommandLineTest {
    @ParameterizedTest
    @ValueSource(strings = {"pilot", "train", "prompts search", "prompts test"})
    void help_everyOption_standsUnderOneHeading(String name) {
        assertThat(run((name + " --help").split(" "))).isZero();
        String help = text(out);
        String parameters = name.equals("prompts test") ? " FILE" : "";
        assertThat(help).startsWith("Usage: llm-adapt " + name + " [OPTIONS]" + parameters + "\n");
        assertThat(help.lines()).allMatch(line -> line.length() <= 100);
        List<String> grouped = new ArrayList<>();
        for (HelpGroups.Group group : HelpGroups.of(name)) {
            assertThat(help).contains("\n\n" + group.heading() + ":\n");
            grouped.addAll(group.options());
        }
        CommandLine command = new CommandLine(
                switch (name) {
                    case "pilot" -> new PilotCommand(context());
                    case "train" -> new TrainCommand(context());
                    case "prompts test" -> new PromptsTestCommand(context());
                    default -> new PromptsSearchCommand(context());
                });
        command.getCommandSpec().mixinStandardHelpOptions(true);
        List<OptionSpec> options = command.getCommandSpec().options();
        assertThat(grouped).hasSameSizeAs(options);
        for (OptionSpec option : options) {
            assertThat(grouped)
                    .as("a heading in HelpGroups for " + option.longestName())
                    .containsAnyOf(option.names());
            assertThat(help.lines().filter(line -> line.matches(" +(-., )?" + option.longestName() + "([ =\\[].*)?")))
                    .as(option.longestName())
                    .hasSize(1);
        }
    }

    @Test
    void help_commandWithFewOptions_isOneList() {
        assertThat(HelpGroups.of("compare")).isEmpty();
        assertThat(run("compare", "--help")).isZero();
        assertThat(text(out)).contains("--tolerance=SHARE");
    }
}

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
    @ValueSource(strings = {"pilot", "train", "serve", "prompts search", "prompts test"})
    void help_everyOption_standsUnderOneHeading(String name) {
        assertThat(run((name + " --help").split(" "))).isZero();
        String help = text(out);
        String parameters = switch (name) {
            case "prompts test" -> " FILE";
            case "serve" -> " [FOLDER]";
            default -> "";
        };
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
                    case "serve" -> new ServeCommand(context());
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

    @ParameterizedTest
    @ValueSource(strings = {"generate", "chat", "pilot", "train", "rag ask", "adapters merge"})
    void help_whatOneTypes_isNotBroken(String name) {
        assertThat(run((name + " --help").split(" "))).isZero();
        assertThat(text(out)).contains("hf:org/repo[/file.gguf][@revision]");
        assertThat(text(out).lines())
                .allMatch(line -> line.length() <= 100)
                .noneMatch(line -> line.matches(".*(hf:|cuda:|org/)"));
        if (!name.startsWith("adapters")) {
            assertThat(text(out)).contains("cuda:0:fp16 (docs/guides/cuda.md)");
        }
        assertThat(text(out).contains("separated by commas, it compares")).isEqualTo(name.equals("pilot"));
    }

    @Test
    void help_commands_areSummarisedInWholeSentences() {
        assertThat(run("--help")).isZero();
        String commands = text(out).split("Commands:\n", 2)[1].split("\n\nExamples:", 2)[0];
        assertThat(commands).contains("  chat         Holds a conversation, one line a turn.\n");
        assertThat(commands.replaceAll("\n {17,}", " ").lines())
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.endsWith(".") || line.startsWith("  help "));
    }

    @Test
    void help_commandWithFewOptions_isOneList() {
        assertThat(HelpGroups.of("compare")).isEmpty();
        assertThat(run("compare", "--help")).isZero();
        assertThat(text(out)).contains("--tolerance=SHARE");
    }
}

package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.server.ModelServer;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code docs/guides/home.md}, in their order, with a tiny model in place of the hosted and the own
 * one.
 */
class HomeGuideTest extends CommandLineTest {
    private static final String FOLDERS = "(home|as-old|old-run|old|new-run|fleet-run|home-lora)(/.*)?";
    private static final String HOSTED = "https://api.openai.com/v1#ft:gpt-4o-mini:acme::abc";
    private static final String FLEET = "http://gpu7:8000/v1#help-desk";

    @TempDir
    Path folder;

    private final Path tiny = Golden.folder("tiny-llama");

    /** The commands of the page, without that of a server, which does not end. */
    private static List<String> commands() throws IOException {
        return Files.readAllLines(GuideExamples.root().resolve("docs/guides/home.md")).stream()
                .filter(line -> line.startsWith("./llm-adapt ") && !line.startsWith("./llm-adapt serve"))
                .toList();
    }

    @Test
    void commands_ofThePage_bringAModelHome() throws IOException {
        models = ModelLoading.LOADER;
        write("home/train.jsonl", 24);
        write("home/test.jsonl", 6);
        Files.writeString(
                folder.resolve("home/task.json"),
                "{\"name\": \"help desk\", \"answer\": \"text\", \"metric\": \"rouge-l\"}");
        Files.createDirectory(folder.resolve("as-old"));
        for (String name : List.of("train.jsonl", "task.json")) {
            Files.copy(
                    folder.resolve("home").resolve(name),
                    folder.resolve("as-old").resolve(name));
        }
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(6);
        try (LocalModel old = LocalModel.open(tiny, ModelOptions.defaults().withThreads(1))) {
            ServedModels served = new ServedModels().add("ft:gpt-4o-mini:acme::abc", old);
            try (ModelServer server = ModelServer.start(served, ServerOptions.defaults())) {
                for (String command : commands) {
                    if (command.contains(FLEET)) {
                        old.loadAdapter(PeftAdapter.read(folder.resolve("home-lora"), "help-desk"));
                        served.addAdapter("help-desk", "ft:gpt-4o-mini:acme::abc", "help-desk");
                    }
                    int status = run(arguments(command, server.uri() + "/v1"));
                    assertThat(status)
                            .as(command + "\n" + text(err) + text(out))
                            .isIn(command.contains(" compare ") ? List.of(0, 1, 2) : List.of(0)); // 1, 2: its verdict
                    assertThat(text(err)).doesNotContain("llm-adapt: ");
                }
            }
        }
        assertThat(Files.readAllLines(folder.resolve("as-old/test.jsonl")))
                .hasSize(6)
                .allMatch(line ->
                        line.startsWith("{\"messages\":[{\"role\":\"system\",\"content\":\"Be the help desk.\"}"));
        assertThat(text(out)).contains("recommended", "6 tests"); // the last one compares two runs
    }

    private String[] arguments(String command, String server) {
        List<String> arguments = new ArrayList<>();
        for (String argument : command.substring("./llm-adapt ".length()).split(" ", -1)) {
            String own = argument.equals("qwen2.5-0.5b")
                    ? tiny.toString()
                    : argument.replace(HOSTED, server + "#ft:gpt-4o-mini:acme::abc")
                            .replace(FLEET, server + "#help-desk");
            arguments.add(own.matches(FOLDERS) ? folder.resolve(own).toString() : own);
        }
        return arguments.toArray(String[]::new);
    }

    private void write(String name, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("{\"messages\":[{\"role\":\"system\",\"content\":\"Be the help desk.\"},")
                    .append("{\"role\":\"user\",\"content\":\"where is ")
                    .append(name.contains("test") ? "my " : "the ")
                    .append("card number ")
                    .append(i)
                    .append("?\"},{\"role\":\"assistant\",\"content\":\"On its way.\"}]}\n");
        }
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(folder.resolve(name), lines);
    }
}

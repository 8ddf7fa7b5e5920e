package dev.llmadapt.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.llmadapt.pilot.report.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code llm-adapt models}. */
@Command(
        name = "models",
        description = {
            "Lists models by name, for --model: size, memory, speed, licence, and what they reach on the shipped task.",
            "docs/guides/models.md says how to choose one."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt models",
            "  llm-adapt pilot --model smollm2-135m,qwen2.5-coder-1.5b",
            "  llm-adapt chat --model qwen2.5-1.5b"
        })
final class ModelsCommand implements Callable<Integer> {
    private static final String NOT_MEASURED = "not measured";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final CommandContext context;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the table as JSON, with sources and the commands that measured it.")
    @Nullable
    Path json;

    ModelsCommand(CommandContext context) {
        this.context = context;
    }

    /** A column of the table: its title, whether its cells are numbers, and the order in which columns are left out. */
    private record Column(String title, boolean number, int importance) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("model", false, 0),
            new Column("parameters", true, 4),
            new Column("file MB", true, 2),
            new Column("memory MB", true, 1),
            new Column("ms", true, 5),
            new Column("zero-shot", true, 0),
            new Column("few-shot-nearest", true, 3),
            new Column("licence", false, 3),
            new Column("for", false, 6));

    static List<String> titles() {
        return COLUMNS.stream().map(Column::title).toList();
    }

    /** The cells of a model. */
    static List<String> cells(KnownModel model) {
        return List.of(
                model.id(),
                parameters(model.parameters()),
                Integer.toString(model.fileMegabytes()),
                model.figure("memoryMB").map(ModelsCommand::whole).orElse(""),
                model.figure("answerMs").map(ModelsCommand::whole).orElse(""),
                model.figure("zeroShot").map(ModelsCommand::percent).orElse(NOT_MEASURED),
                model.figure("fewShotNearest").map(ModelsCommand::percent).orElse(""),
                model.licence(),
                model.use());
    }

    private static String whole(double number) {
        return Long.toString(Math.round(number));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String parameters(long number) {
        return number < 950_000_000
                ? Math.round(number / 1e6) + "M"
                : String.format(Locale.ROOT, "%.1fB", number / 1e9);
    }

    @Override
    public Integer call() {
        try (JsonTarget target = json == null ? null : new JsonTarget(json)) {
            List<TextTable.Column> columns = new ArrayList<>();
            COLUMNS.forEach(
                    column -> columns.add(new TextTable.Column(column.title(), column.number(), column.importance())));
            TextTable table = new TextTable(columns);
            KnownModel.all().forEach(model -> table.row(false, cells(model)));
            context.out()
                    .print(table.render(
                            context.terminal().width(), context.terminal().styled()));
            context.out().println();
            context.out()
                    .println(
                            "zero-shot, few-shot-nearest: right labels of 60 test messages of the shipped task; ms: a zero-shot"
                                    + " answer there.");
            context.out().println("Empty cells were not measured; --json tells where the others were.");
            context.out().println("Measure on your own task: " + Main.NAME + " pilot --task my.csv --model NAME,NAME");
            context.out().flush();
            if (target != null) {
                target.write(GSON.toJson(KnownModel.root()) + "\n");
            }
            return 0;
        }
    }
}

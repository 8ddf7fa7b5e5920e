package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.cli.UnsureArguments.Threshold;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.task.TextRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code answer} that name a file to answer and one with the answers. */
final class AnswerFileArguments {
    private static final int FORMAT = 1;
    private static final List<String> SPREADSHEETS = List.of(".xlsx", ".xls", ".ods");

    @Option(
            names = "--in",
            paramLabel = "FILE",
            description = "A CSV, TSV, JSONL or JSON file with a text column, or a text on each line of any other.")
    @Nullable
    Path in;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The CSV to write: the columns of the input and label, probability, unsure and error; answer"
                    + " and error where the task has no labels. Or conversations for 'train --data' and task files, if"
                    + " it is called .jsonl. What was written before a stop stays in FILE.part, and"
                    + " the same command goes on there.")
    @Nullable
    Path out;

    @Option(
            names = "--text-column",
            paramLabel = "NAME",
            description = "The column with the texts. Default: the only one, or one called text, message, question,"
                    + " sentence or the like.")
    String textColumn = "";

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Stands before the names of the new columns.")
    String prefix = "";

    @Option(
            names = "--spreadsheet",
            description = "Write an apostrophe before cells that a spreadsheet would compute, such as =1+1.")
    boolean spreadsheet;

    @Option(names = "--force", description = "Replace FILE, and what another run left in FILE.part.")
    boolean force;

    /** Refuses options that do not go together, and files that cannot be. */
    void check(@Nullable String text) {
        if (in == null) {
            boolean any = !textColumn.isEmpty() || !prefix.isEmpty() || spreadsheet || force;
            if (out != null || any) {
                throw new InvalidInput(
                        (out != null ? "--out needs" : "--text-column, --prefix, --spreadsheet and --force need")
                                + " --in FILE, the rows to answer");
            }
            return;
        }
        if (text != null) {
            throw new InvalidInput("give a text or --in, not both");
        }
        if (out == null) {
            throw new InvalidInput("--in needs --out FILE, the CSV with the answers");
        }
        if (endsWith(in, SPREADSHEETS)) {
            throw new InvalidInput("--in does not read spreadsheets, got " + in + "; save it as CSV (UTF-8)");
        }
        if (endsWith(out, SPREADSHEETS) || endsWith(out, List.of(".json"))) {
            throw new InvalidInput("--out writes a CSV, or conversations in JSON Lines, got " + out
                    + "; name it .csv, .tsv or .jsonl");
        }
        if (isConversations() && (!prefix.isEmpty() || spreadsheet)) {
            throw new InvalidInput("--prefix and --spreadsheet are for a CSV, --out " + out + " is JSON Lines");
        }
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidInput("--out " + out + ": the folder " + folder + " does not exist; create it first");
        }
        if (Files.isDirectory(out)) {
            throw new InvalidInput("--out expects a file, got the folder " + out);
        }
        if (Files.exists(out) && isSame(in, out)) {
            throw new InvalidInput("--out must be another file than --in, got " + out);
        }
        if (Files.exists(out) && !force) {
            throw new InvalidInput("--out " + out + " is there already; give --force to replace it");
        }
    }

    private boolean isConversations() {
        return endsWith(output(), AnswerRecords.ENDINGS);
    }

    private static boolean endsWith(Path file, List<String> endings) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return endings.stream().anyMatch(name::endsWith);
    }

    private static boolean isSame(Path first, Path second) {
        try {
            return Files.isSameFile(first, second);
        } catch (IOException e) {
            return false; // one that is not there is told of when it is read
        }
    }

    /** Reads the input and says how the output is written. */
    AnswerLines lines(SavedStrategy saved, Optional<Threshold> threshold) {
        TextRows rows = TextRows.read(input(), textColumn);
        if (isConversations()) {
            return new AnswerRecords(rows, saved, threshold);
        }
        boolean tabs = endsWith(output(), List.of(".tsv"));
        return new AnswerColumns(rows, prefix, saved, tabs ? '\t' : rows.separator(), spreadsheet, threshold);
    }

    /** Notes cells that a spreadsheet would compute. */
    void warn(TextRows rows, CommandContext context) {
        long formulas = rows.rows().stream()
                .flatMap(List::stream)
                .filter(AnswerColumns::isFormula)
                .count();
        if (formulas > 0 && !spreadsheet) {
            context.err()
                    .println("note: " + formulas + " cells of the input begin as formulas do; they stay as they are,"
                            + " --spreadsheet makes them safe to open in a spreadsheet");
        }
    }

    /** Opens what is written of the output so far. */
    AnswerPart part(SavedStrategy saved, Model opened, AnswerLines lines, Optional<Threshold> threshold) {
        String model = "none";
        if (saved.needsModel()) {
            ModelInfo info = opened.info();
            model = info.name() + " (" + info.precision() + ")";
        }
        String run;
        try {
            run = Sha256.of(String.join(
                    "\n",
                    String.valueOf(FORMAT),
                    Sha256.of(input()),
                    Sha256.of(saved.folder().resolve("strategy.json")),
                    model,
                    String.valueOf(threshold),
                    String.valueOf(lines.rows().textColumn()),
                    lines.format()));
        } catch (IOException e) {
            throw new InvalidInput(in + " cannot be read: " + e.getMessage(), e);
        }
        return AnswerPart.open(output(), run, lines.header(), lines.quotedBreaks(), force);
    }

    /** The account of what was written. */
    String summary(int rows, int unsure, int failed, boolean withThreshold) {
        return rows + " rows in " + out + ": " + (rows - unsure - failed) + (withThreshold ? " sure, " : " answered, ")
                + (withThreshold ? unsure + " unsure, " : "") + failed + " without an answer";
    }

    private Path input() {
        return Objects.requireNonNull(in);
    }

    private Path output() {
        return Objects.requireNonNull(out).toAbsolutePath();
    }
}

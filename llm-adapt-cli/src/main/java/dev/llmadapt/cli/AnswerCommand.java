package dev.llmadapt.cli;

import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.cli.UnsureArguments.Threshold;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.rows.RowAnswerer;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm-adapt answer}. */
@Command(
        name = "answer",
        description = {
            "Answers with a strategy that 'pilot --save' wrote: a text, or each row of a file.",
            "A language model is opened only if the strategy needs one: the one it was measured on, or --model.",
            "The status is 1 if a row of the file could not be answered; its 'error' says why. An answer that"
                    + " has to be a label or JSON, and is cut off by the limit of tokens, is none."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt answer chosen \"my card is gone\"",
            "  llm-adapt answer chosen --in new.csv --out labelled.csv",
            "  llm-adapt answer chosen --in new.csv --out labelled.csv --min-precision 0.95",
            "  cat letter.txt | llm-adapt answer chosen -"
        })
final class AnswerCommand implements Callable<Integer> {
    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "What 'pilot --save' wrote.")
    Path folder = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TEXT",
            description = "What to answer; '-', or nothing, reads it from standard input.")
    @Nullable
    String text;

    @Mixin
    final AnswerFileArguments files = new AnswerFileArguments();

    @Mixin
    final UnsureArguments unsure = new UnsureArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    AnswerCommand(CommandContext context) {
        this.context = context;
    }

    /** All that can be refused is, before a model is fetched. */
    @Override
    public Integer call() {
        files.check(text);
        SavedStrategy saved = SavedStrategy.load(folder);
        Optional<Threshold> threshold = unsure.threshold(saved, context);
        return files.in == null ? one(saved, threshold) : file(saved, threshold);
    }

    private int one(SavedStrategy saved, Optional<Threshold> threshold) {
        if (text == null && context.terminal().interactive()) {
            context.err().println("reading the text from standard input, to its end (Ctrl-D)");
        }
        String asked = text == null || text.equals("-") ? StandardInput.readAll(context, "text") : text.strip();
        if (asked.isEmpty()) {
            throw new InvalidInput("the text is empty");
        }
        Request request = saved.task().request(asked);
        Generation answer;
        try (InterruptKey key = InterruptKey.install();
                ProgressLine progress = context.progress();
                Model opened = open(saved, progress);
                Model adapted = saved.adapt(opened, saved.task(), progress)) {
            answer = InvalidInput.check(() -> key.during(() -> adapted.generate(request)));
        } catch (CancellationException e) {
            return InterruptKey.STOPPED;
        }
        if (answer.finishReason() == FinishReason.INTERRUPTED) {
            return InterruptKey.STOPPED;
        }
        context.out().println(inWords(saved, answer, threshold));
        context.out().flush();
        if (RowAnswerer.isCutOff(request, answer)) {
            context.err()
                    .println(Main.NAME + ": " + RowAnswerer.cutOff(answer)
                            + "; the strategy or the model's context allows no more");
            return 1;
        }
        if (answer.finishReason() == FinishReason.LENGTH) {
            context.err()
                    .println("note: stopped after " + answer.usage().completionTokens()
                            + " tokens, which is all that the strategy or the model's context allows");
        }
        return 0;
    }

    private static String inWords(SavedStrategy saved, Generation answer, Optional<Threshold> threshold) {
        Double probability = answer.decision().map(Decision::probability).orElse(null);
        String given = saved.fileLabel(answer.text())
                + (probability == null ? "" : String.format(Locale.ROOT, " (%.1f%%)", 100 * probability));
        boolean isUnsure = threshold.map(each -> each.unsure(probability)).orElse(false);
        return isUnsure ? "unsure, most likely " + given : given;
    }

    private int file(SavedStrategy saved, Optional<Threshold> threshold) {
        AnswerLines lines = files.lines(saved, threshold);
        files.warn(lines.rows(), context);
        boolean all;
        int[] counts = new int[2]; // unsure, failed
        int rows = lines.rows().rows().size();
        try (InterruptKey key = InterruptKey.install();
                ProgressLine progress = context.progress();
                Model opened = open(saved, progress);
                AnswerPart part = files.part(saved, opened, lines, threshold);
                Model adapted = saved.adapt(opened, saved.task(), progress)) {
            int done = part.keep(AnswerTable.BATCH, rows);
            if (done > 0) {
                context.err().println("note: " + done + " of " + rows + " rows were answered before, it goes on there");
            }
            AnswerTable table = new AnswerTable(lines, RowAnswerer.of(saved, adapted));
            all = key.during(() -> table.fill(part, done, progress));
            if (all) {
                part.forEach(line -> {
                    counts[0] += lines.isUnsure(line) ? 1 : 0;
                    counts[1] += lines.isFailed(line) ? 1 : 0;
                });
                part.finish();
            }
        }
        if (!all) {
            context.err().println(Main.NAME + ": stopped; the same command goes on from there");
            return InterruptKey.STOPPED;
        }
        context.out().println(files.summary(rows, counts[0], counts[1], threshold.isPresent()));
        context.out().flush();
        if (counts[1] > 0) {
            context.err()
                    .println(Main.NAME + ": " + counts[1] + " of " + rows
                            + " rows have no answer; their 'error' says why");
        }
        return counts[1] > 0 ? 1 : 0;
    }

    private Model open(SavedStrategy saved, ProgressLine progress) {
        return SavedModel.open(saved, model, spec.commandLine().getParseResult(), context, progress);
    }
}

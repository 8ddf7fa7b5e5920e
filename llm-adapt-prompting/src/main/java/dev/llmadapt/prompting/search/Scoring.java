package dev.llmadapt.prompting.search;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Usage;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.prompting.search.SearchOptions.Objective;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a search: each is noted in the journal and counted. The model that shows a prompt stays open until
 * another prompt is asked for, so that all examples of one candidate are asked one after the other. For one thread.
 */
final class Scoring implements AutoCloseable {
    private static final double LOWEST = -1e6; // in place of minus infinity, which JSON does not have

    private final Model model;
    private final Model proposer;
    private final Strategy wording;
    private final Task task;
    private final Objective objective;
    private final SearchJournal journal;
    private final Map<String, double[]> known = new HashMap<>();
    private @Nullable Prompt shown;
    private @Nullable Model showing;

    Scoring(Model model, Model proposer, Strategy wording, Task task, Objective objective, SearchJournal journal) {
        this.model = model;
        this.proposer = proposer;
        this.wording = wording;
        this.task = task;
        this.objective = objective;
        this.journal = journal;
    }

    /**
     * The scores that a prompt gives the answers to an example: of each label, or of the right answer where there are
     * no labels. It is one call, and none where the same was asked before in this run.
     */
    double[] scores(Prompt prompt, Example example, Ledger ledger) throws Ledger.Spent {
        String memory = prompt.key() + ":" + example.id() + ":" + example.input();
        double[] before = known.get(memory);
        if (before != null) {
            return before;
        }
        ledger.begin();
        Model adapted = showing(prompt);
        Request request = task.request(example.input());
        List<String> answers = task.labels().isEmpty() ? List.of(example.output()) : task.labels();
        JsonObject entry = journal.once(key("score", adapted.prepare(request), answers), () -> {
            long start = System.nanoTime();
            Scores scores = adapted.score(request, answers);
            JsonArray values = new JsonArray();
            for (Scores.Entry each : scores.entries()) {
                double score = task.labels().isEmpty() || objective == Objective.CALIBRATED
                        ? each.meanLogProbability()
                        : each.logProbability();
                if (Double.isNaN(score)) {
                    throw new InferenceException("the model gave no number as the log-probability of '"
                            + each.continuation() + "' for example '" + example.id() + "'");
                }
                values.add(Math.max(LOWEST, score));
            }
            JsonObject made = cost(scores.usage(), start);
            made.add("scores", values);
            return made;
        });
        count(entry, ledger);
        double[] scores = entry.getAsJsonArray("scores").asList().stream()
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
        known.put(memory, scores);
        return scores;
    }

    /** What the model answers to an example under a prompt: one call. */
    String answer(Prompt prompt, Example example, Ledger ledger) throws Ledger.Spent {
        ledger.begin();
        Model adapted = showing(prompt);
        Request request = task.request(example.input());
        return written("answer", adapted, request, ledger);
    }

    /** What the proposing model writes: one call. */
    String proposal(Request request, Ledger ledger) throws Ledger.Spent {
        ledger.begin();
        return written("proposal", proposer, request, ledger);
    }

    private String written(String kind, Model writer, Request request, Ledger ledger) {
        JsonObject entry = journal.once(key(kind, writer.prepare(request), List.of(request.options() + "")), () -> {
            long start = System.nanoTime();
            Generation written = writer.generate(request);
            if (written.finishReason() == FinishReason.INTERRUPTED) {
                throw new CancellationException(
                        "the search was interrupted; with a journal the same search goes on from there");
            }
            JsonObject made = cost(written.usage(), start);
            made.addProperty("text", written.text());
            return made;
        });
        count(entry, ledger);
        return entry.get("text").getAsString();
    }

    private static JsonObject cost(Usage usage, long start) {
        JsonObject entry = new JsonObject();
        entry.addProperty("tokens", (long) usage.promptTokens() + usage.completionTokens());
        entry.addProperty("nanos", System.nanoTime() - start);
        return entry;
    }

    private static void count(JsonObject entry, Ledger ledger) {
        ledger.add(entry.get("tokens").getAsLong(), entry.get("nanos").getAsLong());
    }

    /** All that the model is asked, as a hash. */
    private String key(String kind, Request request, List<String> answers) {
        StringBuilder all = new StringBuilder(kind).append(objective).append(request.raw());
        append(all, String.valueOf(request.constraint()));
        for (Message message : request.messages()) {
            append(all, message.role().key());
            append(all, message.content());
        }
        for (AdapterUse adapter : request.adapters()) {
            append(all, adapter.toString());
        }
        answers.forEach(answer -> append(all, answer));
        return kind + " " + Sha256.of(all.toString()).substring(0, 32);
    }

    private static void append(StringBuilder all, String text) {
        all.append('|').append(text.length()).append(':').append(text);
    }

    private Model showing(Prompt prompt) {
        if (showing == null || !prompt.equals(shown)) {
            close();
            showing = prompt.under(wording).adapt(model, task, Progress.NONE);
            shown = prompt;
        }
        return showing;
    }

    /** Closes the model that shows a prompt; those that were given stay open. */
    @Override
    public void close() {
        if (showing != null) {
            showing.close();
            showing = null;
            shown = null;
        }
    }
}

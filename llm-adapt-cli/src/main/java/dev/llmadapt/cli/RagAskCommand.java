package dev.llmadapt.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Task;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.rag.CitedAnswer;
import dev.llmadapt.rag.Rag;
import dev.llmadapt.rag.RagModel;
import dev.llmadapt.rag.RagOptions;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rag ask}. */
@Command(
        name = "ask",
        description = "Answers a question from an index, with citations and the passages they stand for.",
        sortOptions = false)
final class RagAskCommand implements Callable<Integer> {
    private static final int SHOWN = 240; // characters of a passage
    private static final int CANDIDATES = 20; // passages whose sentences are looked at

    private final CommandContext context;

    @Parameters(paramLabel = "QUESTION", description = "What to answer.")
    String question = "";

    @Option(names = "--index", paramLabel = "FOLDER", required = true, description = "As 'rag index' made it.")
    @SuppressWarnings("NullAway.Init") // required
    Path index;

    @Option(names = "--passages", paramLabel = "N", description = "Passages to show. Default: ${DEFAULT-VALUE}.")
    int passages = 3;

    @Option(names = "--as", paramLabel = "NAME", description = "Who asks: a user or group; may be repeated.")
    Set<String> principals = new LinkedHashSet<>();

    @Option(names = "--explain", description = "Print where each passage's score comes from.")
    boolean explain;

    @Option(names = "--search-only", description = "Find passages, and ask no model.")
    boolean searchOnly;

    @Option(
            names = "--rerank",
            paramLabel = "N",
            description = "Let the model order the first N by how likely it finds the question after each; 0 does not.")
    int rerank;

    @Option(
            names = "--refuse-below",
            paramLabel = "X",
            description =
                    "Refuse questions less answerable than this, as 'rag eval --calibrate' finds it. Default: what"
                            + " was found for minilm and bge-small; other embedders refuse none.")
    double refuseBelow = Double.NaN;

    @Mixin
    final RagAnswerArguments answering = new RagAnswerArguments();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write answer, citations and passages as JSON.")
    @Nullable
    Path json;

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    RagAskCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (question.isBlank()) {
            throw new InvalidInput("the question is empty");
        }
        GenerationOptions options = sampling.options();
        Query query = InvalidInput.check(() -> new Query(question, passages).withPrincipals(principals));
        if (rerank < 0 || (rerank > 0 && searchOnly)) {
            throw new InvalidInput("--rerank needs a number of at least 0, and a model, got " + rerank);
        }
        RagIndexFolder made = RagIndexFolder.read(index);
        try (Embedder embedder = made.openEmbedder();
                PassageIndex read = made.openToRead(index, embedder);
                JsonTarget target = json == null ? null : new JsonTarget(json)) {
            Retriever found = found(read, embedder);
            if (searchOnly) {
                List<Passage> sources = found.retrieve(query);
                show(found, query, sources);
                if (target != null) {
                    target.write(text(json(sources)));
                }
                return 0;
            }
            return answer(options, query, embedder, found, target);
        }
    }

    private int answer(
            GenerationOptions options, Query query, Embedder embedder, Retriever found, @Nullable JsonTarget target) {
        model.introduce(context);
        try (Model opened = model.open(context);
                InterruptKey key = InterruptKey.install()) {
            Retriever used = rerank == 0 ? found : reranked(found, opened, rerank);
            try (RagModel rag = Rag.over(used, answering.options(embedder, refuseBelow, passages))
                    .adapt(opened, task(), Progress.NONE)) {
                CitedAnswer answer = InvalidInput.check(() ->
                        key.during(() -> rag.ask(Request.of(question).withOptions(options), principals, token -> {
                            context.out().print(token.text());
                            context.out().flush();
                        })));
                context.out().println();
                citations(answer);
                show(used, query, answer.sources());
                if (target != null) {
                    target.write(text(json(answer)));
                }
                return answer.generation().finishReason() == FinishReason.INTERRUPTED ? InterruptKey.STOPPED : 0;
            } catch (CancellationException e) {
                if (!key.pressed()) {
                    throw e;
                }
                return InterruptKey.STOPPED;
            }
        }
    }

    /** By words and vectors of passages, and of sentences, if there are vectors. */
    static Retriever found(PassageIndex index, Embedder embedder) {
        return embedder.dimension() == 0
                ? index.lexical()
                : Retrievers.bySentences(Retrievers.hybrid(index), embedder, CANDIDATES);
    }

    /** The first passages also by how likely a model finds the question after them, both orders counting alike. */
    static Retriever reranked(Retriever found, Model model, int candidates) {
        return Retrievers.combined(
                candidates,
                new Retrievers.Part(found, 1),
                new Retrievers.Part(Retrievers.reranked(found, Reranker.byQueryLikelihood(model), candidates), 1));
    }

    static Task task() {
        return new Task("ask", "", List.of(), List.of(), List.of(), Metric.exactMatch());
    }

    private void citations(CitedAnswer answer) {
        if (answer.wording() == RagOptions.Wording.QUOTED && !answer.refused()) {
            context.out().println("  quoted from the sources" + answering.why());
        }
        answer.citations().stream()
                .filter(each -> answer.wording() == RagOptions.Wording.MODEL)
                .forEach(each -> context.out()
                        .println("  cited: [" + each.number() + "]" + (each.written() ? "" : " (found by the library)")
                                + " supports: "
                                + cut(answer.text().substring(each.start(), each.end()), 80)));
        answer.nearest()
                .forEach(each -> context.out()
                        .println("  not in the sources (" + each.support().reason() + "; nearest source ["
                                + each.number() + "]): " + cut(each.statement(), 80)));
        if (!answer.unresolved().isEmpty()) {
            context.out().println("  cited, but not there: " + answer.unresolved());
        }
        if (answer.refused()) {
            context.out().println("  (refused)");
        }
    }

    private void show(Retriever retriever, Query query, List<Passage> sources) {
        for (int i = 0; i < sources.size(); i++) {
            Passage source = sources.get(i);
            String page = source.metadata().getOrDefault(PassageMetadata.PAGE, "");
            context.out()
                    .printf(
                            Locale.ROOT,
                            "%n[%d] %.3f %s%s%s%n",
                            i + 1,
                            source.score(),
                            source.title().isEmpty() ? "" : source.title() + ", ",
                            source.metadata().getOrDefault(PassageMetadata.SOURCE, source.id()),
                            page.isEmpty() ? "" : ", page " + page);
            context.out().println("    " + cut(source.text(), SHOWN));
            if (explain) {
                retriever
                        .explain(query, source.id())
                        .ifPresent(explanation -> explanation
                                .toString()
                                .lines()
                                .forEach(line -> context.out().println("      " + cut(line, 160))));
            }
        }
        context.out().flush();
    }

    private static String cut(String text, int most) {
        String line = text.replaceAll("\\s+(?=\\S)", " ");
        line = text.startsWith(" ") ? text.replaceAll("\\s+$", "") : line;
        return line.length() <= most ? line : line.substring(0, most - 3) + "...";
    }

    private static JsonArray json(List<Passage> sources) {
        JsonArray array = new JsonArray();
        for (Passage source : sources) {
            JsonObject each = new JsonObject();
            each.addProperty("id", source.id());
            each.addProperty("title", source.title());
            each.addProperty("score", source.score());
            each.addProperty("source", source.metadata().getOrDefault(PassageMetadata.SOURCE, ""));
            if (source.metadata().containsKey(PassageMetadata.PAGE)) {
                each.addProperty("page", source.metadata().get(PassageMetadata.PAGE));
            }
            each.addProperty("text", source.text());
            array.add(each);
        }
        return array;
    }

    private static JsonObject json(CitedAnswer answer) {
        JsonObject object = new JsonObject();
        object.addProperty("answer", answer.text());
        object.addProperty("refused", answer.refused());
        JsonArray citations = new JsonArray();
        for (CitedAnswer.Citation citation : answer.citations()) {
            JsonObject each = new JsonObject();
            each.addProperty("start", citation.start());
            each.addProperty("end", citation.end());
            each.addProperty("number", citation.number());
            each.addProperty("id", citation.passage().id());
            each.addProperty("written", citation.written());
            citations.add(each);
        }
        object.add("citations", citations);
        JsonArray nearest = new JsonArray();
        for (CitedAnswer.Nearest other : answer.nearest()) {
            JsonObject each = new JsonObject();
            each.addProperty("statement", other.statement());
            each.addProperty("number", other.number());
            each.addProperty("id", other.passage().id());
            each.addProperty("why", other.support().reason());
            nearest.add(each);
        }
        object.add("nearest", nearest);
        object.addProperty("wording", answer.wording().name().toLowerCase(Locale.ROOT));
        object.add("sources", json(answer.sources()));
        return object;
    }

    private static String text(com.google.gson.JsonElement element) {
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(element) + "\n";
    }
}

package dev.llmadapt.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.rag.AnswerReport;
import dev.llmadapt.rag.Rag;
import dev.llmadapt.rag.RagModel;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.evaluation.QuestionSet;
import dev.llmadapt.rag.evaluation.RetrievalReport;
import dev.llmadapt.rag.evaluation.TestCollection;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.retrieval.RelevanceFeedback;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.rag.retrieval.Threshold;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rag eval}. */
@Command(
        name = "eval",
        description = {
            "Measures retrieval, and answers with --answer, over a collection:",
            "a folder in the form of BEIR (corpus.jsonl, queries.jsonl, qrels/),",
            "a folder with articles.jsonl and questions.jsonl, or a file of questions with --index.",
            "",
            "A file of questions has a JSON object a line; only 'question' is needed:",
            "  {\"id\": \"q1\", \"question\": \"How long is the warranty?\",",
            "   \"answers\": [\"two years\"], \"documents\": [\"warranty.md\"], \"answerable\": true}",
            "'documents' are ids or the printed paths of documents that hold the answer."
        },
        sortOptions = false)
final class RagEvalCommand implements Callable<Integer> {
    private static final int DEPTH = 100;
    private static final List<String> RETRIEVERS =
            List.of("bm25", "bm25+feedback", "dense", "hybrid", "hybrid+feedback", "hybrid+sentences");
    private final CommandContext context;

    @Parameters(paramLabel = "COLLECTION", description = "A folder, or a file of questions.")
    @SuppressWarnings("NullAway.Init") // required
    Path collection;

    @Option(names = "--split", paramLabel = "NAME", description = "BEIR: which qrels. Default: ${DEFAULT-VALUE}.")
    String split = "test";

    @Option(names = "--qrels", paramLabel = "FILE", description = "Other judgements, in the form of TREC or BEIR.")
    @Nullable
    Path qrels;

    @Option(names = "--index", paramLabel = "FOLDER", description = "Questions: an index that 'rag index' made.")
    @Nullable
    Path index;

    @Option(names = "--embedder", paramLabel = "NAME", defaultValue = "minilm", description = RagIndexFolder.EMBEDDERS)
    String embedder = "minilm";

    @Option(
            names = "--language",
            paramLabel = "NAME",
            defaultValue = "english",
            description = "How words are cut to stems. Default: ${DEFAULT-VALUE}.")
    String language = "english";

    @Option(
            names = "--retrievers",
            paramLabel = "LIST",
            split = ",",
            defaultValue = "bm25,dense,hybrid,hybrid+sentences",
            description =
                    "Of bm25, bm25+feedback, dense, hybrid, hybrid+feedback, hybrid+sentences; the last one answers."
                            + " Default: ${DEFAULT-VALUE}.")
    List<String> retrievers = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "N", description = "The first N questions only; 0 takes all.")
    int limit;

    @Option(names = "--answer", description = "Questions: have the model answer, and measure that too.")
    boolean answer;

    @Option(names = "--passages", paramLabel = "N", description = "Passages to show it. Default: ${DEFAULT-VALUE}.")
    int passages = 3;

    @Option(names = "--rerank", paramLabel = "N", description = "As of 'rag ask'.")
    int rerank;

    @Option(names = "--refuse-below", paramLabel = "X", description = "As of 'rag ask'.")
    double refuseBelow = Double.NaN;

    @Mixin
    final RagAnswerArguments answering = new RagAnswerArguments();

    @Option(
            names = "--calibrate",
            paramLabel = "FILE",
            description = "Find --refuse-below on these questions, which must be others.")
    @Nullable
    Path calibrate;

    @Option(
            names = "--refuse",
            paramLabel = "SHARE",
            description = "The share of its unanswerable questions to refuse; without it both kinds count alike.")
    double refuse = Double.NaN;

    @Option(
            names = "--judge",
            paramLabel = "SOURCE",
            description = "Have a model, as of --model, or 'same' for the one that answers, judge whether answers are"
                    + " faithful to the passages and whether the passages help; needs --answer.")
    @Nullable
    String judge;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything that was measured as JSON.")
    @Nullable
    Path json;

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    RagEvalCommand(CommandContext context) {
        this.context = context;
    }

    /** The data to measure on: an index and either judged queries or questions. */
    private record Subject(
            PassageIndex index, Embedder embedder, @Nullable TestCollection judged, QuestionSet questions) {}

    @Override
    public Integer call() {
        check();
        try (InterruptKey key = InterruptKey.install();
                JsonTarget target = json == null ? null : new JsonTarget(json)) {
            JsonObject report;
            try {
                report = key.during(this::measure);
            } catch (LlmAdaptException | CancellationException e) {
                if (!key.pressed()) {
                    throw e;
                }
                context.err().println(Main.NAME + ": stopped, nothing is reported");
                return InterruptKey.STOPPED;
            }
            if (target != null) {
                target.write(new GsonBuilder()
                                .setPrettyPrinting()
                                .disableHtmlEscaping()
                                .create()
                                .toJson(report) + "\n");
            }
            return 0;
        }
    }

    private void check() {
        if (!Files.exists(collection)) {
            throw new InvalidInput("there is no file or folder " + collection);
        }
        for (String each : retrievers) {
            if (!RETRIEVERS.contains(each)) {
                throw new InvalidInput("unknown retriever '" + each + "', expected some of " + RETRIEVERS);
            }
        }
        boolean beir = Files.exists(collection.resolve("corpus.jsonl"));
        if (answer && beir) {
            throw new InvalidInput(
                    "--answer needs questions with answers, " + collection + " has queries with judgements");
        }
        if (judge != null && !answer) {
            throw new InvalidInput("--judge judges answers; give --answer too");
        }
        if (rerank < 0 || limit < 0 || passages < 1) {
            throw new InvalidInput("--rerank and --limit must be at least 0, --passages at least 1, got " + rerank
                    + ", " + limit + ", " + passages);
        }
        if (!beir && !Files.isDirectory(collection) && index == null) {
            throw new InvalidInput("a file of questions needs --index with what answers them");
        }
        if (!beir && Files.isDirectory(collection) && !Files.exists(collection.resolve("articles.jsonl"))) {
            throw new InvalidInput(collection + " has no corpus.jsonl and no articles.jsonl");
        }
    }

    private JsonObject measure() {
        RagIndexFolder made = index == null
                ? new RagIndexFolder(embedder, RagIndexFolder.language(language))
                : RagIndexFolder.read(index);
        try (Embedder opened = made.openEmbedder();
                PassageIndex read = index == null
                        ? PassageIndex.inMemory(opened, made.options())
                        : made.openToRead(index, opened)) {
            Subject subject = subject(read, opened);
            JsonObject report = new JsonObject();
            report.addProperty("collection", collection.toString());
            report.addProperty("embedder", opened.name());
            report.addProperty("passages", read.size());
            report.addProperty("llm-adapt", Main.version());
            report.add("retrieval", retrieval(subject));
            if (answer || rerank > 0) {
                answers(subject, report);
            }
            return report;
        }
    }

    private Subject subject(PassageIndex read, Embedder opened) {
        try (ProgressLine progress = context.progress()) {
            if (Files.exists(collection.resolve("corpus.jsonl"))) {
                TestCollection beir = TestCollection.beir(collection, split);
                if (qrels != null) {
                    beir = new TestCollection(beir.passages(), beir.queries(), TestCollection.readJudgements(qrels));
                }
                for (int from = 0; from < beir.passages().size(); from += 256) {
                    read.upsert(beir.passages()
                            .subList(from, Math.min(beir.passages().size(), from + 256)));
                    progress.report("index", from, beir.passages().size());
                }
                return new Subject(read, opened, beir, new QuestionSet(List.of()));
            }
            Path file = collection;
            if (Files.isDirectory(collection)) {
                file = collection.resolve("questions.jsonl");
                Indexing.Report report = Indexing.with(opened)
                        .add(DocumentSource.files(collection.resolve("articles.jsonl")), read, progress);
                report.broken().forEach(each -> context.err().println("skipped " + each));
            }
            QuestionSet questions = known(limited(QuestionSet.read(file)), read);
            if (qrels != null) { // of TREC: queries by id, documents by theirs
                Map<String, String> texts = new LinkedHashMap<>();
                questions.questions().forEach(each -> texts.put(each.id(), each.text()));
                return new Subject(
                        read,
                        opened,
                        new TestCollection(List.of(), texts, TestCollection.readJudgements(qrels)),
                        questions);
            }
            return new Subject(read, opened, null, questions);
        }
    }

    /** The questions with the ids of the index; refuses where it has none of the named documents. */
    private QuestionSet known(QuestionSet questions, PassageIndex read) {
        QuestionSet.Resolved resolved = questions.resolvedIn(read);
        if (!resolved.unknown().isEmpty()) {
            String said = resolved.message();
            if (resolved.unknown().size() == resolved.named()) {
                throw new InvalidInput(said);
            }
            context.err().println("warning: " + said);
        }
        return resolved.questions();
    }

    private QuestionSet limited(QuestionSet all) {
        return limit == 0
                ? all
                : new QuestionSet(all.questions().stream().limit(limit).toList());
    }

    private JsonArray retrieval(Subject subject) {
        JsonArray rows = new JsonArray();
        Map<String, RetrievalReport> reports = new LinkedHashMap<>();
        for (String name : retrievers) {
            if (subject.embedder().dimension() == 0 && !name.startsWith("bm25")) {
                continue;
            }
            reports.put(name, report(subject, retriever(name, subject)));
        }
        tables().retrieval(reports, rows, subject.embedder().name());
        return rows;
    }

    private static RetrievalReport report(Subject subject, Retriever retriever) {
        TestCollection judged = subject.judged();
        try {
            if (judged == null) {
                return RetrievalReport.of(retriever, subject.questions(), DEPTH);
            }
            return RetrievalReport.of(judged.passages().isEmpty() ? documents(retriever) : retriever, judged, DEPTH);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("nothing can be measured: " + e.getMessage(), e);
        }
    }

    /** Documents instead of passages, each at the place of its best. */
    private static Retriever documents(Retriever retriever) {
        return query -> {
            Map<String, Passage> documents = new LinkedHashMap<>();
            for (Passage passage : retriever.retrieve(query)) {
                String id = PassageMetadata.document(passage);
                documents.putIfAbsent(id, new Passage(id, passage.title(), passage.text(), passage.score()));
            }
            return List.copyOf(documents.values());
        };
    }

    private static Retriever retriever(String name, Subject subject) {
        PassageIndex index = subject.index();
        return switch (name) {
            case "bm25" -> index.lexical();
            case "bm25+feedback" -> Retrievers.feedback(index.lexical(), RelevanceFeedback.defaults());
            case "dense" -> index.dense();
            case "hybrid" -> Retrievers.hybrid(index);
            case "hybrid+sentences" -> RagAskCommand.found(index, subject.embedder());
            default ->
                Retrievers.combined(Retrievers.feedback(index.lexical(), RelevanceFeedback.defaults()), index.dense());
        };
    }

    private void answers(Subject subject, JsonObject report) {
        String last = subject.embedder().dimension() == 0 ? "bm25" : retrievers.get(retrievers.size() - 1);
        Retriever first = retriever(last, subject);
        try (ProgressLine progress = context.progress();
                Model opened = model.open(context, progress)) {
            Retriever used = rerank == 0 ? first : remembering(RagAskCommand.reranked(first, opened, rerank));
            if (rerank > 0) {
                Map<String, RetrievalReport> reports = new LinkedHashMap<>();
                reports.put(
                        last + ", reranked " + rerank,
                        report(subject, query -> used.retrieve(query.withLimit(rerank))));
                tables().retrieval(
                                reports,
                                report.getAsJsonArray("retrieval"),
                                subject.embedder().name());
            }
            if (!answer) {
                return;
            }
            double least = calibrate == null ? refuseBelow : calibrated(subject, used, report);
            GenerationOptions options = sampling.options();
            try (RagModel rag = Rag.over(used, answering.options(subject.embedder(), least, passages))
                    .adapt(opened, RagAskCommand.task(), Progress.NONE)) {
                AnswerReport answered = AnswerReport.of(
                        subject.questions(),
                        question -> rag.ask(Request.of(question).withOptions(options)),
                        progress);
                tables().answers(answered, measures(answered, opened, progress), report);
            }
        }
    }

    private Map<String, AnswerReport.Measure> measures(AnswerReport answered, Model opened, Progress progress) {
        Map<String, AnswerReport.Measure> measures = new LinkedHashMap<>(answered.measures(1));
        if ("same".equals(judge)) {
            measures.putAll(answered.judged(opened, 1, progress));
        } else if (judge != null) {
            ModelChoice other = new ModelChoice(
                            judge, model.precision, model.device, "", model.bytes(), model.cacheType, List.of())
                    .withServer(model.server());
            try (Model judging = InvalidInput.check(() -> context.models().open(other, progress))) {
                measures.putAll(answered.judged(judging, 1, progress));
            }
        }
        return measures;
    }

    private RagEvalTables tables() {
        return new RagEvalTables(context, collection);
    }

    /** Asked for as many as are shown, since scores are scaled over what is found; each query once. */
    private Retriever remembering(Retriever retriever) {
        Map<Query, List<Passage>> known = new java.util.concurrent.ConcurrentHashMap<>();
        return query -> known.computeIfAbsent(query.withLimit(Math.max(rerank, passages)), retriever::retrieve).stream()
                .limit(query.limit())
                .toList();
    }

    private double calibrated(Subject subject, Retriever retriever, JsonObject report) {
        QuestionSet others = QuestionSet.read(java.util.Objects.requireNonNull(calibrate));
        Grounding grounding = Grounding.of(subject.embedder());
        Threshold threshold = InvalidInput.check(() -> {
            List<Double> with = answerable(others.answerable(), retriever, grounding);
            List<Double> without = answerable(others.unanswerable(), retriever, grounding);
            return Double.isNaN(refuse) ? Threshold.balanced(with, without) : Threshold.refusing(with, without, refuse);
        });
        context.out()
                .printf(
                        Locale.ROOT,
                        "--refuse-below %.4f, on %s: refuses %.2f of those without an answer, %.2f of the others%n",
                        threshold.value(),
                        calibrate,
                        threshold.refusedRightly(),
                        threshold.refusedWrongly());
        report.addProperty("refuse-below", threshold.value());
        report.addProperty("calibrated-on", String.valueOf(calibrate));
        return threshold.value();
    }

    private List<Double> answerable(QuestionSet questions, Retriever retriever, Grounding grounding) {
        List<Double> values = new ArrayList<>();
        for (QuestionSet.Question question : questions.questions()) {
            List<Passage> found = retriever.retrieve(new Query(question.text(), passages));
            values.add(found.isEmpty() ? -1 : grounding.answerable(question.text(), found));
        }
        return values;
    }
}

package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * A model that gives a text any number of labels: {@link MultiLabelHead}. The answer is JSON of the task's form, such
 * as <code>{"topics": ["card", "fee"]}</code>, with the labels whose probability reaches their
 * {@linkplain #thresholds() threshold}, in the task's order; {@link #probabilities} has them all.
 *
 * <p>An answer is one token. Its score is the logarithm of the probability of just these labels, as if a label did not
 * depend on the others; a request for one of several answers gets the one with the highest. What a {@link HeadModel}
 * refuses is refused, and JSON of another form.
 */
public final class MultiLabelModel implements Model {
    private final Learned<?> learned;
    private final HeadOrigin origin;
    private final AtomicBoolean closed = new AtomicBoolean();

    MultiLabelModel(Learned<?> learned, HeadOrigin origin) {
        this.learned = learned;
        this.origin = origin;
    }

    /**
     * What was learned.
     *
     * @param head its labels are those that had an example
     * @param sets the form of the answers, with all labels of the task
     * @param thresholds of the head's labels
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Learned<T>(Head<T> head, LabelSets sets, double[] thresholds) {}

    /**
     * Loads a head on words, which gives the answers of the one that was saved.
     *
     * @throws dev.llmadapt.LlmAdaptException if the folder has no whole head of several labels, or it reads embeddings
     */
    public static MultiLabelModel load(Path folder) {
        return HeadReader.loadSeveral(folder, HeadReader.Given.NOTHING);
    }

    /**
     * Loads a head on embeddings, which gives the answers of the one that was saved.
     *
     * @param embedder the model that it was learned with; stays the caller's and must outlive the head
     */
    public static MultiLabelModel load(Path folder, EmbeddingModel embedder) {
        return HeadReader.loadSeveral(
                folder, HeadReader.Given.of(Objects.requireNonNull(embedder, "embedder must not be null")));
    }

    /**
     * Loads a head on the hidden states of a language model, which gives the answers of the one that was saved.
     *
     * @param model the model that it was learned with; stays the caller's and must outlive the head
     */
    public static MultiLabelModel load(Path folder, Model model) {
        return HeadReader.loadSeveral(folder, HeadReader.Given.of(StateFeatures.model(model)));
    }

    /** Saves this head as {@link HeadModel#save} does. */
    public void save(Path folder) {
        requireOpen();
        HeadFolder.save(learned, origin, folder);
    }

    /**
     * The probability of each label for the last user message, in the task's order, each by itself; 0 for labels that
     * were {@linkplain HeadOptions#leavingOutLabelsWithoutExamples left out}.
     */
    public List<Decision.Choice> probabilities(Request request) {
        requireOpen();
        HeadRequests.check(request);
        return choices(read(List.of(request)).get(0));
    }

    private List<Decision.Choice> choices(double[] probabilities) {
        return IntStream.range(0, labels().size())
                .mapToObj(place -> new Decision.Choice(labels().get(place), probabilities[place]))
                .toList();
    }

    /** The probabilities of the task's labels, in its order, for each request. */
    private List<double[]> read(List<Request> requests) {
        Head<?> head = learned.head();
        return head.values(requests).stream()
                .map(head.calibration()::each)
                .map(known -> labels().stream()
                        .mapToDouble(label -> {
                            int place = head.labels().indexOf(label);
                            return place < 0 ? 0 : known[place];
                        })
                        .toArray())
                .toList();
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        Generation answer = generate(List.of(request)).get(0);
        answer.tokens().forEach(listener::onToken);
        return answer;
    }

    @Override
    public Generation generate(Request request) {
        return stream(request, TokenListener.NONE);
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        long start = System.nanoTime();
        List<Integer> words = requests.stream().map(this::check).toList();
        if (Thread.currentThread().isInterrupted()) {
            return requests.stream().map(request -> HeadRequests.interrupted()).toList();
        }
        List<double[]> probabilities;
        try {
            probabilities = read(requests);
        } catch (CancellationException e) { // while the model read; the thread is interrupted still
            return requests.stream().map(request -> HeadRequests.interrupted()).toList();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        List<Generation> answers = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            double[] each = probabilities.get(row);
            String text;
            Optional<Decision> decision = Optional.empty();
            if (requests.get(row).constraint() instanceof OutputConstraint.OneOf oneOf) {
                double[] scores = oneOf.choices().stream()
                        .mapToDouble(choice -> logProbability(each, choice))
                        .toArray();
                decision = Optional.of(Decision.softmax(
                        oneOf.choices(), scores, learned.head().calibration().fitted()));
                text = decision.get().label();
            } else {
                text = learned.sets().write(chosen(each));
            }
            double log = requests.get(row).options().logProbabilities() ? logProbability(each, text) : Double.NaN;
            answers.add(new Generation(
                    text,
                    List.of(new Token(0, text, log)),
                    FinishReason.STOP,
                    new Usage(words.get(row), 1),
                    new Timings(time, time),
                    "",
                    decision));
        }
        return answers;
    }

    /**
     * The labels that reach their thresholds; the most probable of them where there are more than an answer may have.
     */
    private List<Integer> chosen(double[] probabilities) {
        List<Double> thresholds = thresholds();
        return IntStream.range(0, probabilities.length)
                .filter(place -> probabilities[place] >= thresholds.get(place))
                .boxed()
                .sorted(Comparator.comparingDouble(place -> -probabilities[place]))
                .limit(learned.sets().most())
                .sorted()
                .toList();
    }

    /** The logarithm of the probability of just the labels of an answer; a millionth of a millionth is the least. */
    private double logProbability(double[] probabilities, String answer) {
        double[] present = learned.sets().read("an answer of this head", answer);
        double sum = 0;
        for (int place = 0; place < present.length; place++) {
            sum += Math.log(Math.max(1e-12, present[place] == 1 ? probabilities[place] : 1 - probabilities[place]));
        }
        return sum;
    }

    /**
     * Scores answers.
     *
     * @throws IllegalArgumentException if a continuation is no JSON of the task's form
     */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        int words = check(prompt.withConstraint(OutputConstraint.none()));
        double[] probabilities = read(List.of(prompt)).get(0);
        return new Scores(
                continuations.stream()
                        .map(answer -> new Scores.Entry(
                                answer, List.of(new Token(0, answer, logProbability(probabilities, answer)))))
                        .toList(),
                new Usage(words, 0));
    }

    private int check(Request request) {
        if (request.constraint() instanceof OutputConstraint.OneOf oneOf) {
            oneOf.choices().forEach(choice -> learned.sets().read("a choice for this head", choice));
        } else if (request.constraint() instanceof OutputConstraint.Json json
                && !learned.sets().accepts(json)) {
            throw new IllegalArgumentException("this head answers {\""
                    + learned.sets().property() + "\": [...]} with "
                    + labels() + ", it cannot write JSON of " + json.schema().describe()
                    + "; train one for this task");
        } else if (request.constraint() instanceof OutputConstraint.Regex
                || request.constraint() instanceof OutputConstraint.Grammar) {
            throw new IllegalArgumentException(
                    "this head answers {\"" + learned.sets().property() + "\": [...]} with " + labels()
                            + ", it cannot keep to " + request.constraint().kind());
        }
        return HeadRequests.check(request);
    }

    /** Returns the request unchanged; refuses one that this model cannot answer. */
    @Override
    public Request prepare(Request request) {
        requireOpen();
        check(request);
        return request;
    }

    /** Finds the model that this head reads texts with, if it reads hidden states. */
    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        if (!kind.isInstance(this) && learned.head().features() instanceof StateFeatures features) {
            return features.model().unwrap(kind);
        }
        return Model.super.unwrap(kind);
    }

    /** The labels of the task, in its order. */
    public List<String> labels() {
        return learned.sets().labels();
    }

    /** The labels that had no example; see {@link HeadModel#leftOut()}. */
    public List<String> leftOut() {
        return learned.head().leftOut();
    }

    /** The probability from which on a text gets each of {@link #labels()}; infinite for those left out. */
    public List<Double> thresholds() {
        List<String> known = learned.head().labels();
        return labels().stream()
                .map(label ->
                        known.contains(label) ? learned.thresholds()[known.indexOf(label)] : Double.POSITIVE_INFINITY)
                .toList();
    }

    /** The C that the classifiers were learned with. */
    public double regularization() {
        return learned.head().regularization();
    }

    /** The trials by which C was chosen; their accuracy is the share of texts with exactly the right labels. */
    public CrossValidation crossValidation() {
        return learned.head().trials();
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return learned.head().info(origin.task());
    }

    /** Closes this model; the model that it reads texts with stays open, since it is the caller's. */
    @Override
    public void close() {
        closed.set(true);
    }

    private void requireOpen() {
        HeadRequests.requireOpen(closed.get());
    }
}

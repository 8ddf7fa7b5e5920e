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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A model that answers with a label, by a linear classifier on the last user message: {@link LinearHead}. The answer is
 * the most probable label, the first of equals, among those of the request's {@linkplain OutputConstraint#oneOf
 * constraint} where it has one; {@link Generation#decision} has the probabilities, {@link #score} their logarithms.
 *
 * <p>An answer is one token, whose id is the place of the label among {@link #labels()}. The tokens of a prompt are its
 * words. Temperature, length limit, stop texts, seed and the messages before the last user message have no influence.
 * What a head cannot do is refused: to go on with a beginning of an answer, raw text, JSON, adapters, and labels that
 * it has not learned.
 */
public final class HeadModel implements Model {
    private final Head<?> head;
    private final HeadOrigin origin;
    private final AtomicBoolean closed = new AtomicBoolean();

    HeadModel(Head<?> head, HeadOrigin origin) {
        this.head = head;
        this.origin = origin;
    }

    /**
     * Loads a head on words, which gives the answers of the one that was saved.
     *
     * @throws dev.llmadapt.LlmAdaptException if the folder has no whole head, or the head reads embeddings
     */
    public static HeadModel load(Path folder) {
        return HeadReader.load(folder, HeadReader.Given.NOTHING);
    }

    /**
     * Loads a head on embeddings, which gives the answers of the one that was saved.
     *
     * @param embedder the model that it was learned with; stays the caller's and must outlive the head
     * @throws dev.llmadapt.LlmAdaptException if the folder has no whole head, or one of another embedding model
     */
    public static HeadModel load(Path folder, EmbeddingModel embedder) {
        return HeadReader.load(
                folder, HeadReader.Given.of(Objects.requireNonNull(embedder, "embedder must not be null")));
    }

    /**
     * Loads a head on the hidden states of a language model, which gives the answers of the one that was saved.
     *
     * @param model the model that it was learned with; stays the caller's and must outlive the head
     * @throws IllegalArgumentException if the model gives no hidden states, or has layers around it
     * @throws dev.llmadapt.LlmAdaptException if the folder has no whole head, or one of another model
     */
    public static HeadModel load(Path folder, Model model) {
        return HeadReader.load(folder, HeadReader.Given.of(StateFeatures.model(model)));
    }

    /**
     * Saves this head in a folder, which is made if there is none; a head that is there is replaced. The model that it
     * reads texts with is not saved, only its name.
     *
     * @throws dev.llmadapt.LlmAdaptException if the folder cannot be written
     */
    public void save(Path folder) {
        requireOpen();
        HeadFolder.save(head, origin, folder);
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        Generation answer = generate(List.of(request)).get(0);
        answer.tokens().forEach(listener::onToken);
        return answer;
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        long start = System.nanoTime();
        List<Integer> words = requests.stream().map(this::check).toList();
        List<List<String>> choices = requests.stream().map(this::choices).toList();
        if (Thread.currentThread().isInterrupted()) {
            return requests.stream().map(request -> HeadRequests.interrupted()).toList();
        }
        List<double[]> logs;
        try {
            logs = head.logProbabilities(requests);
        } catch (CancellationException e) { // while the model read; the thread is interrupted still
            return requests.stream().map(request -> HeadRequests.interrupted()).toList();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        List<Generation> answers = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            Decision decision = decision(choices.get(row), logs.get(row));
            String label = decision.label();
            double log = requests.get(row).options().logProbabilities() ? Math.log(decision.probability()) : Double.NaN;
            answers.add(new Generation(
                    label,
                    List.of(new Token(labels().indexOf(label), label, log)),
                    FinishReason.STOP,
                    new Usage(words.get(row), 1),
                    new Timings(time, time),
                    "",
                    Optional.of(decision)));
        }
        return answers;
    }

    @Override
    public Generation generate(Request request) {
        return stream(request, TokenListener.NONE);
    }

    /**
     * Scores labels. The score of a label is the natural logarithm of its probability among all labels, whatever the
     * request's constraint.
     *
     * @throws IllegalArgumentException if a continuation is no label
     */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        int words = check(prompt);
        List<Integer> places = places(continuations);
        double[] logs = head.logProbabilities(List.of(prompt)).get(0);
        return new Scores(
                places.stream()
                        .map(place -> new Scores.Entry(
                                known().get(place), List.of(new Token(place, known().get(place), log(logs, place)))))
                        .toList(),
                new Usage(words, 0));
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
        if (!kind.isInstance(this) && head.features() instanceof StateFeatures features) {
            return features.model().unwrap(kind);
        }
        return Model.super.unwrap(kind);
    }

    /** The labels that this model answers with. */
    public List<String> labels() {
        return head.labels();
    }

    /**
     * The labels of the task that had no example to learn from: this model never answers with them, and says that they
     * have probability 0. Empty unless {@link HeadOptions#leavingOutLabelsWithoutExamples} allowed it.
     */
    public List<String> leftOut() {
        return head.leftOut();
    }

    /** All labels that can be asked for. */
    private List<String> known() {
        return Stream.concat(labels().stream(), leftOut().stream()).toList();
    }

    private static double log(double[] logs, int place) {
        return place < logs.length ? logs[place] : Double.NEGATIVE_INFINITY;
    }

    /** The C that the classifier was learned with. */
    public double regularization() {
        return head.regularization();
    }

    /** The number by which decision values are divided to make the probabilities right; 1 if it was not fitted. */
    public double temperature() {
        return 1 / head.calibration().scale();
    }

    /** The trials by which C was chosen. */
    public CrossValidation crossValidation() {
        return head.trials();
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return head.info(origin.task());
    }

    /** Closes this model; the model that it reads texts with stays open, since it is the caller's. */
    @Override
    public void close() {
        closed.set(true);
    }

    private Decision decision(List<String> choices, double[] logs) {
        List<String> known = known();
        return Decision.softmax(
                choices,
                choices.stream()
                        .mapToDouble(choice -> log(logs, known.indexOf(choice)))
                        .toArray(),
                head.calibration().fitted());
    }

    private List<String> choices(Request request) {
        if (request.constraint() instanceof OutputConstraint.OneOf oneOf) {
            places(oneOf.choices());
            if (leftOut().containsAll(oneOf.choices())) {
                throw new IllegalArgumentException("this head had no example of the labels " + oneOf.choices()
                        + " and never answers with them; allow one of " + labels());
            }
            return oneOf.choices();
        }
        return known();
    }

    private List<Integer> places(List<String> asked) {
        List<String> unknown = new ArrayList<>(new LinkedHashSet<>(asked));
        List<String> known = known();
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("this head has not learned the labels " + unknown + ", it chooses among "
                    + labels() + "; train one for this task");
        }
        return asked.stream().map(known::indexOf).toList();
    }

    private int check(Request request) {
        OutputConstraint constraint = request.constraint();
        if (!(constraint instanceof OutputConstraint.None) && !(constraint instanceof OutputConstraint.OneOf)) {
            throw new IllegalArgumentException(
                    "a head answers with a label, it cannot write " + constraint.kind() + "; labels: " + labels());
        }
        return HeadRequests.check(request);
    }

    private void requireOpen() {
        HeadRequests.requireOpen(closed.get());
    }
}

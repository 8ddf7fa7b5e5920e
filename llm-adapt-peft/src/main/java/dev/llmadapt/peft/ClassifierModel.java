package dev.llmadapt.peft;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.folder.ClassifierSettings;
import dev.llmadapt.peft.folder.ScoreHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A model that answers with one of its labels, by a head on the hidden state of a text's last token. Its adapter is
 * loaded into the local model below, which others go on using, and unloaded when it is closed.
 *
 * <p>An answer is one token, whose id is the place of the label. Temperature, length limit, stop texts and seed have no
 * influence; where texts stand alone, neither have the messages before the last one of the user. What a head cannot do
 * is refused: to go on with a beginning of an answer, raw text, JSON, other adapters, and labels that it does not have.
 */
final class ClassifierModel implements Model {
    private static final AtomicLong COUNT = new AtomicLong();

    private final Model model;
    private final LocalModel local;
    private final String adapter;
    private final ScoreHead head;
    private final ClassifierSettings settings;
    private final int most;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClassifierModel(
            Model model, LocalModel local, String adapter, ScoreHead head, ClassifierSettings settings) {
        this.model = model;
        this.local = local;
        this.adapter = adapter;
        this.head = head;
        this.settings = settings;
        this.most = Math.min(settings.maxLength(), local.info().contextLength());
    }

    /**
     * Loads a classifier's adapter under a name that no other has.
     *
     * @param settings with a label for each row of the head
     */
    static ClassifierModel over(Model model, PeftAdapter classifier, ClassifierSettings settings) {
        LocalModel local = Training.local(model);
        ScoreHead head = ScoreHead.of(classifier.name(), classifier.stored());
        if (head.labels() != settings.labels().size()) {
            throw new AdapterException("adapter '" + classifier.name() + "' scores " + head.labels()
                    + " labels, got names for " + settings.labels().size() + ": " + settings.labels());
        }
        if (head.hidden() != local.hiddenSize()) {
            throw new AdapterException("adapter '" + classifier.name() + "' cannot be used: its head is over "
                    + head.hidden() + " numbers, a hidden state of the model "
                    + local.info().name() + " has " + local.hiddenSize() + "; open the model it was made for");
        }
        String name = classifier.name() + "#" + COUNT.incrementAndGet();
        local.loadAdapter(new PeftAdapter(name, ScoreHead.withoutHead(classifier.stored())));
        return new ClassifierModel(model, local, name, head, settings);
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        Generation answer = generate(List.of(request)).get(0);
        answer.tokens().forEach(listener::onToken);
        return answer;
    }

    /** Answers all as one batch. */
    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        List<List<String>> choices = requests.stream().map(this::choices).toList();
        List<Request> asked = requests.stream().map(this::asked).toList();
        if (requests.isEmpty()) {
            return List.of();
        }
        long start = System.nanoTime();
        List<double[]> logits;
        try {
            logits = logits(asked);
        } catch (CancellationException e) {
            return requests.stream().map(request -> interrupted()).toList();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        List<Generation> answers = new ArrayList<>();
        for (int i = 0; i < logits.size(); i++) {
            double[] row = logits.get(i);
            Decision decision = Decision.softmax(
                    choices.get(i),
                    choices.get(i).stream()
                            .mapToDouble(label -> row[place(label)])
                            .toArray(),
                    settings.calibrated());
            String label = decision.label();
            double log = requests.get(i).options().logProbabilities() ? Math.log(decision.probability()) : Double.NaN;
            answers.add(new Generation(
                    label,
                    List.of(new Token(place(label), label, log)),
                    FinishReason.STOP,
                    new Usage(local.promptTokens(asked.get(i)).length, 1),
                    new Timings(took, took),
                    "",
                    Optional.of(decision)));
        }
        return answers;
    }

    private static Generation interrupted() {
        return new Generation("", List.of(), FinishReason.INTERRUPTED, Usage.NONE, Timings.NONE, "");
    }

    private int place(String label) {
        return settings.labels().indexOf(label);
    }

    /** The natural logarithms of the probabilities of labels, among all of the head's. */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        requireLabels(continuations);
        Request asked = asked(prompt);
        double[] logits = logits(List.of(asked)).get(0);
        double highest = Arrays.stream(logits).max().orElseThrow();
        double all = highest
                + Math.log(Arrays.stream(logits)
                        .map(logit -> Math.exp(logit - highest))
                        .sum());
        return new Scores(
                continuations.stream()
                        .map(label -> new Scores.Entry(
                                label, List.of(new Token(place(label), label, logits[place(label)] - all))))
                        .toList(),
                new Usage(local.promptTokens(asked).length, 0));
    }

    /** The logits of each request's labels, over the temperature. */
    private List<double[]> logits(List<Request> asked) {
        return local.hiddenStates(asked, HiddenStates.Pooling.LAST).stream()
                .map(states -> {
                    float[] logits = head.logits(states[states.length - 1]);
                    double[] cooled = new double[logits.length];
                    for (int i = 0; i < cooled.length; i++) {
                        cooled[i] = logits[i] / settings.temperature();
                    }
                    return cooled;
                })
                .toList();
    }

    /** The labels a request allows. */
    private List<String> choices(Request request) {
        OutputConstraint constraint = request.constraint();
        if (constraint instanceof OutputConstraint.None) {
            return settings.labels();
        } else if (constraint instanceof OutputConstraint.OneOf oneOf) {
            requireLabels(oneOf.choices());
            return oneOf.choices();
        }
        throw new IllegalArgumentException(
                "a head answers with a label, it cannot write " + constraint.kind() + "; labels: " + settings.labels());
    }

    private void requireLabels(List<String> asked) {
        List<String> unknown = new ArrayList<>(new LinkedHashSet<>(asked));
        unknown.removeAll(settings.labels());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("this head has not learned the labels " + unknown + ", it chooses among "
                    + settings.labels() + "; train one for this task");
        }
    }

    private Request asked(Request request) {
        return prompt(request).withAdapters(List.of(AdapterUse.of(adapter)));
    }

    private Request prompt(Request request) {
        if (request.raw()) {
            throw new IllegalArgumentException("a head answers messages, it cannot go on with raw text");
        }
        request.requireNoTools("a head");
        if (request.last().role() == Role.ASSISTANT) {
            throw new IllegalArgumentException("a head answers with a whole label, it cannot go on with the beginning"
                    + " of an answer; ask without the last assistant message");
        }
        return LabelTexts.prompt(
                model, local, request, settings.wording(), most, local.info().contextLength());
    }

    /** Returns the text whose last token the head looks at; refuses a request that this model cannot answer. */
    @Override
    public Request prepare(Request request) {
        requireOpen();
        return prompt(request);
    }

    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : model.unwrap(kind);
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return model.info();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException(
                    "the model is closed: the head of " + adapter + "; open it again to use it");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            local.unloadAdapter(adapter);
        }
    }
}

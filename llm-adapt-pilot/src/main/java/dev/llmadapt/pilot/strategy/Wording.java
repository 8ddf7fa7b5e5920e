package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.strategy.StrategySyntax.Layer;
import dev.llmadapt.pilot.strategy.StrategySyntax.Written;
import dev.llmadapt.prompting.PromptTemplate;
import dev.llmadapt.prompting.ZeroShot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Another wording of the same instruction, for any task: the argument of {@code zero-shot}. Saved strategies and
 * journals hold its name, so a name keeps its text; other texts are other names.
 */
enum Wording {
    /** What the answer must be is said more strictly, labels one a line. */
    EXACT {
        @Override
        Model adapt(Model model, Task task, Progress progress) {
            ZeroShot prompt = ZeroShot.defaults()
                    .withSchema(new PromptTemplate("Answer with nothing but JSON of exactly this form: {schema}"));
            if (!task.labels().isEmpty()) {
                prompt = prompt.withLabels(new PromptTemplate("Answer with exactly one of these, and nothing else:\n- "
                        + literal(String.join("\n- ", task.labels()))));
            } else if (task.schema().isEmpty()) {
                prompt = prompt.withInstruction(
                        new PromptTemplate("{instruction}\nGive the answer alone, without an explanation."));
            }
            return prompt.adapt(model, task, progress);
        }
    },
    /** What is to be answered stands between {@code Input:} and {@code Answer:}. */
    FRAMED {
        @Override
        Model adapt(Model model, Task task, Progress progress) {
            return ZeroShot.defaults()
                    .withInput(new PromptTemplate("Input: {input}\nAnswer:"))
                    .adapt(model, task, progress);
        }
    },
    /** The instruction stands after the question once more. */
    REPEATED {
        @Override
        Model adapt(Model model, Task task, Progress progress) {
            String instruction = task.instruction();
            return new ModelLayer(ZeroShot.defaults().adapt(model, task, progress)) {
                @Override
                protected Request apply(Request request) {
                    List<Message> messages = new ArrayList<>(request.messages());
                    int question = request.question();
                    messages.set(question, Message.user(messages.get(question).content() + "\n\n" + instruction));
                    return request.withMessages(messages);
                }
            };
        }
    };

    private static final Set<String> AS_THEY_ARE = Set.of("instruction", StrategyTable.GIVEN);

    abstract Model adapt(Model model, Task task, Progress progress);

    /** The text as a part of a template. */
    private static String literal(String text) {
        return text.replace("{", "{{").replace("}", "}}");
    }

    /** The name, as it is written in the parentheses of {@code zero-shot}. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    static String keys() {
        return Arrays.stream(values()).map(Wording::key).collect(Collectors.joining(", "));
    }

    /**
     * The instruction in the wording of a name.
     *
     * @param key empty for the default
     * @throws IllegalArgumentException if the name is unknown, naming those known
     */
    static Strategy named(String key) {
        if (key.isEmpty()) {
            return ZeroShot.defaults();
        }
        return new Worded(Arrays.stream(values())
                .filter(wording -> wording.key().equals(key))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'zero-shot' takes a wording of the instruction, one of " + keys() + ", got '" + key + "'")));
    }

    /** A strategy that tells the instruction in another wording. */
    record Worded(Wording wording) implements Strategy {
        @Override
        public String name() {
            return "zero-shot(" + wording.key() + ")";
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return wording.adapt(model, task, progress);
        }
    }

    /**
     * A strategy in each of the wordings; none where it trains, answers by itself, has a wording that is written, or
     * shows examples that were given: such a prompt was chosen as it is.
     *
     * @param strategy in the words of the catalog
     */
    static List<String> of(String strategy) {
        Written written = StrategySyntax.parse(strategy).get(0);
        boolean fixed = written.layers().stream().anyMatch(layer -> {
            LayerKind kind = StrategyTable.row(layer.name());
            boolean told = kind.name().equals("zero-shot") && !layer.argument().isEmpty();
            return kind.trains() || kind.alone() || told || AS_THEY_ARE.contains(kind.name());
        });
        List<String> worded = new ArrayList<>();
        for (Wording wording : fixed ? new Wording[0] : values()) {
            List<Layer> layers = new ArrayList<>(written.layers());
            int at = layers.indexOf(new Layer("zero-shot", ""));
            if (at >= 0) {
                layers.remove(at);
            } else {
                at = StrategyCatalog.roles(layers);
            }
            layers.add(at, new Layer("zero-shot", wording.key()));
            worded.add(written.with(layers).text());
        }
        return worded;
    }
}

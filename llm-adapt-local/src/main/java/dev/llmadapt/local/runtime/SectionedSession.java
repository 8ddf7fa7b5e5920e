package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ModelSection;
import dev.llmadapt.local.graph.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A graph as several sessions that run one after the other. The engine packs the weights of a session on one thread;
 * sessions are opened together, so that all processors pack, and what one has packed is given back before the next
 * begins. Thread-safe; its bindings are not.
 */
final class SectionedSession implements LoadedGraph<OnnxTensor> {
    /** The least bytes of weights in a section: waking its threads takes the time in which some 5 MB are read. */
    private static final long LEAST_BYTES = 320L << 20;

    private static final int MOST = 8;

    private final List<Section> sections;

    private record Section(OnnxSession session, Set<String> inputs, Set<String> outputs, Set<String> passed) {}

    private SectionedSession(List<Section> sections) {
        this.sections = sections;
    }

    /** Opens a graph, as one session where it is small, cannot be cut or is profiled. */
    static LoadedGraph<OnnxTensor> open(OnnxModel model, Execution execution) {
        int most = execution.sections() > 0
                ? execution.sections()
                : (int) Math.min(MOST, model.bytesOfWeights() / LEAST_BYTES);
        List<ModelSection> parts = most < 2 || execution.profile().isPresent()
                ? List.of()
                : model.cut().apply(most);
        if (parts.size() < 2) {
            return OnnxSession.open(model, execution);
        }
        Set<String> kept = OnnxSession.kept(model, execution);
        // threads of their own would each take a processor from the next section while they spin
        Execution resting = execution.withRestAfterRun(!execution.sharesThreads());
        List<Section> sections = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (Opening opening : IntStream.range(0, parts.size())
                .parallel()
                .mapToObj(i -> Opening.of(parts.get(i), resting, kept))
                .toList()) {
            opening.section().ifPresent(sections::add);
            opening.failure().ifPresent(failures::add);
        }
        if (!failures.isEmpty()) {
            sections.forEach(section -> section.session().close());
            throw failures.get(0);
        }
        return new SectionedSession(sections);
    }

    /** A section that was opened, or why it was not: the others are waited for either way. */
    private record Opening(Optional<Section> section, Optional<RuntimeException> failure) {
        static Opening of(ModelSection part, Execution execution, Set<String> kept) {
            try {
                OnnxSession session = OnnxSession.open(part.model(), execution, kept);
                return new Opening(
                        Optional.of(new Section(session, part.inputs(), part.outputs(), part.passed())),
                        Optional.empty());
            } catch (RuntimeException e) {
                return new Opening(Optional.empty(), Optional.of(e));
            }
        }
    }

    @Override
    public Binding<OnnxTensor> bind() {
        return new Bindings();
    }

    /** The tensors of a run. What sections pass to each other is made in each run, and closed when it ends. */
    private final class Bindings implements Binding<OnnxTensor> {
        private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
        private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();

        private boolean givesBack;

        Bindings() {
            sections.forEach(section -> {
                inputs.add(new HashMap<>());
                outputs.add(new HashMap<>());
            });
        }

        @Override
        public void givesBack() {
            givesBack = true;
        }

        @Override
        public void input(String name, OnnxTensor tensor) {
            if (!put(name, tensor, 0)) {
                throw new InferenceException("the graph has no input '" + name + "'");
            }
        }

        /** What a section writes may be read by those behind it. */
        @Override
        public void output(String name, OnnxTensor tensor) {
            for (int i = 0; i < sections.size(); i++) {
                if (sections.get(i).outputs().contains(name)) {
                    outputs.get(i).put(name, tensor);
                    put(name, tensor, i + 1);
                    return;
                }
            }
            throw new InferenceException("the graph has no output '" + name + "'");
        }

        /** Gives a tensor to the sections from one on that read it; returns whether there are any. */
        private boolean put(String name, OnnxTensor tensor, int from) {
            boolean read = false;
            for (int i = from; i < sections.size(); i++) {
                if (sections.get(i).inputs().contains(name)) {
                    inputs.get(i).put(name, tensor);
                    read = true;
                }
            }
            return read;
        }

        @Override
        public void run() {
            List<OrtSession.Result> results = new ArrayList<>();
            try {
                for (int i = 0; i < sections.size(); i++) {
                    Section section = sections.get(i);
                    OrtSession.Result result =
                            section.session().run(inputs.get(i), outputs.get(i), section.passed(), givesBack);
                    results.add(result);
                    for (String name : section.passed()) {
                        put(name, (OnnxTensor) result.get(name).orElseThrow(), i + 1);
                    }
                }
            } finally {
                results.forEach(OrtSession.Result::close);
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        sections.forEach(section -> section.session().close());
    }
}

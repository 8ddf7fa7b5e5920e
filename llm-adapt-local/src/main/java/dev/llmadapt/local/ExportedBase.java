package dev.llmadapt.local;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.Precision;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.AdapterSite;
import dev.llmadapt.local.architecture.ExportedDecoder;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.checkpoint.ExportedFolder;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.HiddenStatesSession;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A decoder that somebody else exported; its graph runs as it is, with inputs for adapters added. */
final class ExportedBase implements LocalBase {
    private final ExportedFolder files;
    private final ModelOptions options;
    private final ExportedGraph base;

    ExportedBase(ExportedFolder files, ModelOptions options) {
        if (options.precision() != Precision.AS_STORED) {
            throw new IllegalArgumentException("an exported model runs in the precision it was exported with: precision"
                    + " must be AS_STORED for " + files.model() + ", precision: " + options.precision());
        }
        this.files = files;
        this.options = options;
        this.base = graph(AdapterInputs.NONE);
    }

    @Override
    public Opened session(AdapterInputs inputs, Supplier<Texts> texts) {
        ModelInfo info = new ModelInfo(
                files.name(),
                files.modelType(),
                base.parameterCount(),
                base.maxPositions(),
                base.vocabularySize(),
                "as-stored");
        ExportedGraph graph = inputs.equals(AdapterInputs.NONE) ? base : graph(inputs);
        return new Opened(DecoderSession.open(graph, options.execution(), options.cacheMemory()), info);
    }

    @Override
    public Engine engine(AdapterInputs inputs) {
        return Engine.open(graph(inputs), options.execution());
    }

    @Override
    public HiddenStatesSession hiddenStates(AdapterInputs inputs) {
        throw new IllegalArgumentException("the exported model " + files.model()
                + " gives logits alone, not its hidden states; open the checkpoint it was exported from");
    }

    private ExportedGraph graph(AdapterInputs inputs) {
        ExportedDecoder.Facts facts = new ExportedDecoder.Facts(
                files.modelType(),
                LocalBase.contextLength(options, files.contextLength(), ModelOptions.LONGEST_DEFAULT_CONTEXT),
                files.keyValueHeads(),
                files.headDim(),
                files.vocabularySize());
        return new ExportedDecoder(files.model(), facts, options.modules()).graph(inputs);
    }

    @Override
    public TokenizerFiles tokenizer() {
        return files.tokenizer();
    }

    @Override
    public Set<Integer> endIds() {
        return Set.copyOf(files.eosTokenIds());
    }

    @Override
    public int vocabularySize() {
        return base.vocabularySize();
    }

    @Override
    public int hiddenSize() {
        return base.hiddenSize();
    }

    @Override
    public int layers() {
        return base.cache().layers().size();
    }

    @Override
    public BaseFingerprint fingerprint() {
        return BaseFingerprint.ofTokenizer(files.name(), tokenizer().json());
    }

    @Override
    public BaseModules modules() {
        Map<String, BaseModules.Size> linear = new LinkedHashMap<>();
        for (AdapterSite site : base.sites()) {
            for (int i = 0; i < site.modules().size(); i++) {
                linear.put(
                        site.modules().get(i),
                        new BaseModules.Size(site.widths().get(i), site.in()));
            }
        }
        return new BaseModules(
                files.name(),
                linear,
                Map.of(),
                Map.of(),
                base.hiddenSize(),
                base.cache().layers().size(),
                base.cache().keyValueHeads(),
                base.cache().headDim(),
                Map.of());
    }

    @Override
    public PreparedAdapter ready(String name, AdapterEffect effect, long order, int firstVirtualId) {
        return PreparedAdapter.ofProducts(name, effect, hiddenSize(), order, firstVirtualId);
    }

    /** Does nothing: the files are open only while a graph is read or an engine takes its weights. */
    @Override
    public void close() {}
}

package dev.llmadapt.peft;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.peft.adapter.AdapterEffect;
import dev.llmadapt.peft.adapter.BaseModules;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.AdapterSite;
import dev.llmadapt.peft.architecture.ExportedDecoder;
import dev.llmadapt.peft.architecture.ExportedGraph;
import dev.llmadapt.peft.checkpoint.ExportedFolder;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.runtime.DecoderSession;
import dev.llmadapt.peft.runtime.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A decoder that somebody else exported; its graph runs as it is, with inputs for adapters added. */
record ExportedBase(ExportedFolder files, ModelOptions options) implements LocalBase {
    ExportedBase {
        if (options.precision() != Precision.AS_STORED) {
            throw new IllegalArgumentException("an exported model runs in the precision it was exported with: precision"
                    + " must be AS_STORED for " + files.model() + ", precision: " + options.precision());
        }
    }

    @Override
    public Opened session() {
        ExportedGraph graph = graph(AdapterInputs.NONE);
        ModelInfo info = new ModelInfo(
                files.name(),
                files.modelType(),
                graph.parameterCount(),
                graph.maxPositions(),
                graph.vocabularySize(),
                "as-stored");
        return new Opened(DecoderSession.open(graph, options.execution(), options.cacheMemory()), info);
    }

    @Override
    public Engine engine(AdapterInputs inputs) {
        return Engine.open(graph(inputs), options.execution());
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
    public int hiddenSize() {
        return graph(AdapterInputs.NONE).hiddenSize();
    }

    @Override
    public AdapterEffect effect(PeftAdapter adapter) {
        ExportedGraph graph = graph(AdapterInputs.NONE);
        Map<String, BaseModules.Size> linear = new LinkedHashMap<>();
        for (AdapterSite site : graph.sites()) {
            for (int i = 0; i < site.modules().size(); i++) {
                linear.put(
                        site.modules().get(i),
                        new BaseModules.Size(site.widths().get(i), site.in()));
            }
        }
        BaseModules modules = new BaseModules(
                files.name(),
                linear,
                Map.of(),
                Map.of(),
                graph.hiddenSize(),
                graph.cache().layers().size(),
                graph.cache().keyValueHeads(),
                graph.cache().headDim(),
                Map.of());
        return adapter.effectOn(modules, tokenizer().json());
    }

    @Override
    public ReadyAdapter ready(String name, AdapterEffect effect, long order, int firstVirtualId) {
        return ReadyAdapter.ofProducts(name, effect, hiddenSize(), order, firstVirtualId);
    }
}

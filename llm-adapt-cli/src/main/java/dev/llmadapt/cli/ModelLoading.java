package dev.llmadapt.cli;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import java.util.ArrayList;
import java.util.List;

/** Opens local models for the command line; the one place that knows how. */
final class ModelLoading {
    static final ModelLoader LOADER = (choice, progress) -> {
        LocalModel model = LocalModel.open(
                ModelSource.parse(choice.source()).fetch(progress),
                ModelOptions.defaults()
                        .withPrecision(choice.precision())
                        .withDevice(choice.device())
                        .withChatTemplate(choice.chatTemplate())
                        .withCacheMemory(choice.cacheMemory()));
        try {
            return choice.adapters().isEmpty() ? model : new Adapted(model, load(model, choice.adapters()));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    };

    private ModelLoading() {}

    /** Loads adapters into a model. */
    static List<AdapterUse> load(LocalModel model, List<AdapterArgument> adapters) {
        List<AdapterUse> uses = new ArrayList<>();
        for (AdapterArgument each : adapters) {
            // folders of one name, such as checkpoints of several runs, are told apart by their place
            PeftAdapter adapter = PeftAdapter.read(each.folder(), (uses.size() + 1) + ":" + each.folder());
            model.loadAdapter(adapter);
            uses.add(new AdapterUse(adapter.name(), each.weight()));
        }
        return uses;
    }

    /** A model with adapters in every request, which is closed with this layer. */
    private static final class Adapted extends ModelLayer {
        private final Model model;
        private final List<AdapterUse> uses;

        Adapted(Model model, List<AdapterUse> uses) {
            super(model);
            this.model = model;
            this.uses = uses;
        }

        @Override
        protected Request apply(Request request) {
            return request.withAdapters(uses);
        }

        @Override
        protected void release() {
            model.close();
        }
    }
}

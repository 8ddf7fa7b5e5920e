package dev.llmadapt.peft;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A model that answers with an adapter of its own, which it loads, and unloads when it is closed. */
final class AdapterLayer extends ModelLayer {
    private static final AtomicLong COUNT = new AtomicLong();

    private final LocalModel local;
    private final String name;

    private AdapterLayer(Model model, LocalModel local, String name) {
        super(model);
        this.local = local;
        this.name = name;
    }

    /** Loads an adapter under a name that no other has. */
    static Model over(Model model, PeftAdapter adapter) {
        LocalModel local = Training.local(model);
        String name = adapter.name() + "#" + COUNT.incrementAndGet();
        local.loadAdapter(adapter.named(name));
        return new AdapterLayer(model, local, name);
    }

    /** A request with one more adapter. */
    static Request using(Request request, String adapter) {
        List<AdapterUse> all = new ArrayList<>(request.adapters());
        all.add(AdapterUse.of(adapter));
        return request.withAdapters(all);
    }

    @Override
    protected Request apply(Request request) {
        return using(request, name);
    }

    @Override
    protected void release() {
        local.unloadAdapter(name);
    }
}

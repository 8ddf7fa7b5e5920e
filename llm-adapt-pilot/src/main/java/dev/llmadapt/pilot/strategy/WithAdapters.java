package dev.llmadapt.pilot.strategy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A candidate over a base on which loaded adapters act, to be compared with itself over the base alone.
 *
 * @param inner the candidate, which does not train
 * @param adapters their names for people
 * @param content tells them from others of these names
 * @param uses what acts on every request
 */
record WithAdapters(Candidate inner, String adapters, String content, List<AdapterUse> uses) implements Candidate {
    /** Each strategy over the base alone, and those that train nothing with the adapters, too. */
    static List<Strategy> beside(List<Strategy> strategies, String adapters, String content, List<AdapterUse> uses) {
        List<Strategy> all = new ArrayList<>();
        for (Strategy strategy : strategies) {
            all.add(strategy);
            Candidate candidate = Candidate.of(strategy);
            if (!candidate.traits().trains()) {
                all.add(new WithAdapters(candidate, adapters, content, uses));
            }
        }
        return all;
    }

    @Override
    public String name() {
        return inner.name() + " [" + adapters + "]";
    }

    @Override
    public String identity() {
        return inner.identity() + " [" + adapters + "]#" + content;
    }

    @Override
    public Traits traits() {
        return inner.traits();
    }

    @Override
    public Strategy keeping(Path folder) {
        return this;
    }

    @Override
    public Candidate withSeed(long seed) {
        return new WithAdapters(inner.withSeed(seed), adapters, content, uses);
    }

    @Override
    public Candidate withUnlabelled(UnlabelledTexts texts) {
        return new WithAdapters(inner.withUnlabelled(texts), adapters, content, uses);
    }

    @Override
    public List<Candidate> rewritten(Function<String, List<String>> change) {
        return inner.rewritten(change).stream()
                .<Candidate>map(other -> new WithAdapters(other, adapters, content, uses))
                .toList();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return inner.adapt(
                new ModelLayer(model) {
                    @Override
                    protected Request apply(Request request) {
                        return request.withAdapters(uses);
                    }
                },
                task,
                progress);
    }
}

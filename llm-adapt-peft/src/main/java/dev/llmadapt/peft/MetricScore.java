package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import java.util.List;

/**
 * The mean of a task's metric over answers to examples that were held back.
 *
 * @param model answers, with its layers
 * @param local at its bottom, where adapters are loaded
 * @param examples held back
 */
record MetricScore(Model model, LocalModel local, Task task, List<Example> examples) {
    /** The score of an adapter, which is loaded for that time. */
    double of(PeftAdapter adapter) {
        local.loadAdapter(adapter);
        try {
            List<Request> requests = examples.stream()
                    .map(example -> AdapterLayer.using(task.request(example.input()), adapter.name()))
                    .toList();
            List<Generation> answers = model.generate(requests);
            double sum = 0;
            for (int i = 0; i < examples.size(); i++) {
                sum += task.metric()
                        .score(examples.get(i).output(), answers.get(i).text());
            }
            return sum / examples.size();
        } finally {
            local.unloadAdapter(adapter.name());
        }
    }
}

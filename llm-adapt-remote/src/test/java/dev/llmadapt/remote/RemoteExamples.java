package dev.llmadapt.remote;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LabelChoice;
import java.nio.file.Path;

/** The examples of {@code docs/guides/remote.md}. */
final class RemoteExamples {
    private RemoteExamples() {}

    static void local() {
        // guide
        RemoteOptions options = RemoteOptions.of("http://localhost:8000/v1", "Qwen/Qwen2.5-0.5B-Instruct")
                .withApiKey(ApiKey.ofEnvironment("LLM_ADAPT_API_KEY"))
                .withConcurrency(16);
        try (RemoteModel model = RemoteModel.open(options)) {
            System.out.println(
                    model.generate(Request.of("What is the opposite of hot?")).text());
        }
        // end
    }

    static Generation adapters(RemoteModel model) {
        // guide
        model.loadAdapter("support", "/adapters/support");
        Generation answer = model.generate(Request.of("Where is my parcel?").withAdapter("support"));
        model.unloadAdapter("support");
        // end
        return answer;
    }

    static RemoteOptions hosted() {
        // guide
        RemoteOptions hosted = RemoteOptions.of("https://api.openai.com/v1", "gpt-4.1-mini")
                .withApiKey(ApiKey.ofFile(Path.of("key.txt")))
                .withRequestsPerMinute(500)
                .withPrices(0.40, 1.60)
                .withAnswerFolder(Path.of("answers"));
        // end
        return hosted;
    }

    static void strategy(Model model, Task task) {
        // guide
        Strategy strategy = LabelChoice.byLettersConstrained().around(FewShot.nearest(4));
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            System.out.println(adapted.generate(task.request("where is the money my sister sent?"))
                    .text());
        }
        // end
    }
}

package dev.llmadapt.server;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.time.Duration;

/** Servers over tiny models, whose weights are random. */
final class Fixtures {
    /** A template that shows tools and thoughts. */
    static final String TEMPLATE = "{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{% for m in messages %}"
            + "<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>\n{\"name\": \"{{"
            + " c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}"
            + "{% endfor %}{% if add_generation_prompt %}<assistant>{% if enable_thinking %}<think>\n{% else %}"
            + "<think></think>{% endif %}{% endif %}";

    /** A request's beginning: a short question to the model called tiny. */
    static final String ASK = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"what time is it?\"}]";

    static {
        // one for all servers of the process, so for all tests
        System.setProperty("sun.net.httpserver.maxReqTime", "3");
    }

    private Fixtures() {}

    static LocalModel model() {
        return LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(1).withChatTemplate(TEMPLATE));
    }

    static ServerOptions options() {
        return ServerOptions.defaults().withLimits(ServerLimits.defaults().withDrainTime(Duration.ofSeconds(2)));
    }

    static ModelServer start(LocalModel model) {
        return ModelServer.start(new ServedModels().add("tiny", model), options());
    }
}

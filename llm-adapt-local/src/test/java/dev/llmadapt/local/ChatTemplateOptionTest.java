package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.prompting.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose chat template cannot be used or is replaced, and raw text. */
class ChatTemplateOptionTest {
    private static final ModelOptions OPTIONS = ModelOptions.defaults().withThreads(1);

    @Test
    void open_templateThatCannotBeUsed_answersRawTextAndRefusesConversations(@TempDir Path folder) throws IOException {
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(Golden.folder("tiny-llama").resolve(name), folder.resolve(name));
        }
        String broken = "{% for m in messages %}\n{% nope %}";
        Files.writeString(folder.resolve("chat_template.jinja"), broken);
        assertThatThrownBy(() -> OPTIONS.withChatTemplate(broken))
                .as("one that is asked for")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chatTemplate cannot be used: template line 2");
        Request request = Request.of("where is my card?").withOptions(brief());
        try (LocalModel model = LocalModel.open(folder, OPTIONS)) {
            assertThatThrownBy(() -> model.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasCauseInstanceOf(TemplateException.class)
                    .hasMessageStartingWith(
                            "the model's chat template cannot be used: template line 2: unknown tag 'nope'")
                    .hasMessageContaining("Request.withRaw")
                    .hasMessageContaining("--chat-template");
            assertThatThrownBy(() -> model.score(request, List.of("a"))).isInstanceOf(IllegalArgumentException.class);
            assertThat(model.generate(request.withRaw(true)).usage().completionTokens())
                    .isPositive();
        }
    }

    @Test
    void generate_conversationThatTheTemplateRefuses_isTheCallersMistake() {
        String template = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}"
                + "{% endif %}{{ m.content }}{% endfor %}";
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), OPTIONS.withChatTemplate(template))) {
            Request refused =
                    Request.of(Message.system("be brief"), Message.user("a")).withOptions(brief());
            assertThatThrownBy(() -> model.generate(refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "does not take the conversation: template line 1: the template refuses its input: no system here");
            Request long10 = Request.of("a".repeat(10_000_000)).withOptions(brief());
            assertThatThrownBy(() -> model.generate(long10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the limit 'characters' of 8388608 is exceeded");
        }
    }

    @Test
    void generate_constructNotReached_answers() {
        String template =
                "{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}{{ tools | from_json }}{% endif %}";
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), OPTIONS.withChatTemplate(template))) {
            Request request = Request.of("where is my card?").withOptions(brief());
            assertThat(model.generate(request).usage().completionTokens()).isPositive();
        }
    }

    @Test
    void generate_raw_isWhatATemplateOfContentsAloneGives() {
        Request request = Request.of(Message.user("where is my card?"), Message.assistant("it was"))
                .withOptions(brief());
        String contents = "{% for m in messages %}{{ m.content }}{% if not loop.last %}\n\n{% endif %}{% endfor %}";
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), OPTIONS);
                LocalModel bare = LocalModel.open(Golden.folder("tiny-llama"), OPTIONS.withChatTemplate(contents))) {
            Request raw = request.withRaw(true);
            assertThat(model.generate(raw).tokens())
                    .isEqualTo(bare.generate(raw).tokens());
            int marks = model.generate(raw).usage().promptTokens()
                    - bare.generate(request).usage().promptTokens();
            assertThat(marks).as("at most the token that begins a text").isBetween(0, 1);
            assertThat(model.generate(raw).usage().promptTokens())
                    .isLessThan(model.generate(request).usage().promptTokens());
        }
    }

    private static GenerationOptions brief() {
        return GenerationOptions.defaults().withMaxTokens(4);
    }
}

package dev.llmadapt.peft.decoding;

import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import dev.llmadapt.prompting.template.TemplateException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a conversation to token ids: the checkpoint's chat template, then its tokenizer. Thread-safe. */
final class PromptEncoder {
    /** Raw text, and what a checkpoint without a template, a base model, gets: the messages as paragraphs. */
    private static final ChatTemplate PARAGRAPHS = ChatTemplate.parse(
            "{{ bos_token }}{% for message in messages %}{{ message.content }}{% if not loop.last %}\n\n{% endif %}{% endfor %}");

    private static final Logger LOG = LoggerFactory.getLogger(PromptEncoder.class);

    private final ChatTemplate template;
    private final @Nullable TemplateException unusable;
    private final TextTokenizer tokenizer;
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final Object rawBos;

    PromptEncoder(TokenizerFiles files, TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        ChatTemplate template = PARAGRAPHS;
        TemplateException unusable = null;
        if (files.chatTemplate().isPresent()) {
            try {
                template = ChatTemplate.parse(files.chatTemplate().get());
                template.unsupported().forEach(what -> LOG.debug("the chat template may refuse, {}", what));
            } catch (TemplateException e) {
                unusable = e;
                LOG.warn("the chat template cannot be used, {}; only raw text is answered", e.getMessage());
            }
        }
        this.template = template;
        this.unusable = unusable;
        Object bos = ChatTemplate.trusted(files.bosToken().orElse(""));
        this.rawBos = files.addBos() ? bos : "";
        variables.put("bos_token", files.chatTemplate().isPresent() ? bos : rawBos);
        files.eosToken().ifPresent(token -> variables.put("eos_token", ChatTemplate.trusted(token)));
        files.unkToken().ifPresent(token -> variables.put("unk_token", ChatTemplate.trusted(token)));
        files.padToken().ifPresent(token -> variables.put("pad_token", ChatTemplate.trusted(token)));
    }

    /**
     * The token ids of a request's conversation, up to where the answer begins.
     *
     * @throws TemplateException if the template cannot be used or refuses the conversation
     */
    int[] encode(Request request) {
        Rendered rendered = render(request);
        int[] ids = tokenizer.encode(
                rendered.text(),
                (start, end) ->
                        rendered.dataSpans().stream().anyMatch(span -> span.start() < end && start < span.end()));
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "the chat template makes no text of the conversation " + request.messages());
        }
        return ids;
    }

    private Rendered render(Request request) {
        if (request.raw()) {
            return PARAGRAPHS.render(Map.of("bos_token", rawBos, "messages", contents(request)));
        } else if (unusable != null) {
            throw unusable.explained(
                    "the model's chat template cannot be used: ",
                    "; ask with raw text (Request.withRaw,"
                            + " generate --raw), or open the model with another template (ModelOptions.withChatTemplate,"
                            + " --chat-template)");
        }
        boolean goesOn = request.last().role() == Role.ASSISTANT;
        return template.renderChat(request.messages(), !goesOn, goesOn, variables);
    }

    private static List<Map<String, String>> contents(Request request) {
        return request.messages().stream()
                .map(message -> Map.of("content", message.content()))
                .toList();
    }
}

package dev.llmadapt.local.decoding;

import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import dev.llmadapt.prompting.template.TemplateException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An encoder of conversations to token ids, by the checkpoint's chat template and its tokenizer. Thread-safe. */
final class PromptEncoder {
    /** Raw text, and what a checkpoint without a template, a base model, gets: the messages as paragraphs. */
    private static final ChatTemplate PARAGRAPHS = ChatTemplate.parse(
            "{% for message in messages %}{{ message.content }}{% if not loop.last %}\n\n{% endif %}{% endfor %}");

    private static final Logger LOG = LoggerFactory.getLogger(PromptEncoder.class);

    private final ChatTemplate template;
    private final @Nullable TemplateException unusable;
    private final TextTokenizer tokenizer;
    private final boolean base; // without a template
    private final List<Integer> prefix; // ids before raw text
    private final Map<String, Object> variables = new LinkedHashMap<>();

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
        this.base = files.chatTemplate().isEmpty();
        this.prefix = files.prefix();
        variables.put("bos_token", "");
        files.namedTokens().forEach((name, token) -> variables.put(name, ChatTemplate.trusted(token)));
    }

    /**
     * Returns the token ids of a request's conversation, up to where the answer begins.
     *
     * @throws TemplateException if the template cannot be used or refuses the conversation
     */
    int[] encode(Request request) {
        Rendered rendered = render(request);
        int[] ids = tokenizer.encode(rendered.text(), rendered.dataSpans());
        if (base || request.raw()) { // what the tokenizer puts before a text; a template writes it itself
            ids = IntStream.concat(prefix.stream().mapToInt(Integer::intValue), Arrays.stream(ids))
                    .toArray();
        }
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "the chat template makes no text of the conversation " + request.messages());
        }
        return ids;
    }

    private Rendered render(Request request) {
        if (request.raw()) {
            return PARAGRAPHS.render(Map.of("messages", contents(request)));
        } else if (unusable != null) {
            throw unusable.explained(
                    "the model's chat template cannot be used: ",
                    "; ask with raw text (Request.withRaw,"
                            + " generate --raw), or open the model with another template"
                            + " (ModelOptions.withChatTemplate,"
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

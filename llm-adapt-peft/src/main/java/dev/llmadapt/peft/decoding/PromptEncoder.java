package dev.llmadapt.peft.decoding;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** From a conversation to token ids: the checkpoint's chat template, then its tokenizer. Thread-safe. */
final class PromptEncoder {
    /** For a checkpoint without a template, a base model: the messages as paragraphs. */
    private static final String PARAGRAPHS =
            "{{ bos_token }}{% for message in messages %}{{ message.content }}{% if not loop.last %}\n\n{% endif %}{% endfor %}";

    private final ChatTemplate template;
    private final TextTokenizer tokenizer;
    private final Map<String, Object> variables = new LinkedHashMap<>();

    PromptEncoder(TokenizerFiles files, TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        Optional<String> source = files.chatTemplate();
        this.template = ChatTemplate.parse(source.orElse(PARAGRAPHS));
        String bos = source.isPresent() || files.addBos() ? files.bosToken().orElse("") : "";
        variables.put("bos_token", ChatTemplate.trusted(bos));
        files.eosToken().ifPresent(token -> variables.put("eos_token", ChatTemplate.trusted(token)));
        files.unkToken().ifPresent(token -> variables.put("unk_token", ChatTemplate.trusted(token)));
        files.padToken().ifPresent(token -> variables.put("pad_token", ChatTemplate.trusted(token)));
    }

    /** The token ids of a request's conversation, up to where the answer begins. */
    int[] encode(Request request) {
        Message last = request.last();
        boolean goesOn = last.role() == Role.ASSISTANT;
        Rendered rendered = template.renderChat(request.messages(), !goesOn, goesOn, variables);
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
}

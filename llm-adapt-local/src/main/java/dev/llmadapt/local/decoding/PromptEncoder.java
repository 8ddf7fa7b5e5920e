package dev.llmadapt.local.decoding;

import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import dev.llmadapt.prompting.template.TemplateException;
import dev.llmadapt.prompting.template.Thinking;
import dev.llmadapt.prompting.tool.ToolFormat;
import dev.llmadapt.prompting.tool.ToolTemplate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An encoder of conversations to token ids, by the checkpoint's chat template and its tokenizer. Thread-safe. */
final class PromptEncoder {
    /** Raw text, and what a checkpoint without a template, a base model, gets: the messages as paragraphs. */
    private static final ChatTemplate PARAGRAPHS = ChatTemplate.parse(
            "{% for message in messages %}{{ message.content }}{% if not loop.last %}\n\n{% endif %}{% endfor %}");

    /** White space at both ends, by Java's measure and by that of Jinja's {@code trim}. */
    private static final Pattern STRIPPED = Pattern.compile("(?U)\\A[\\s\\x1c-\\x1f]+|[\\s\\x1c-\\x1f]+\\z");

    private static final Logger LOG = LoggerFactory.getLogger(PromptEncoder.class);

    private final ChatTemplate template;
    private final @Nullable TemplateException unusable;
    private final TextTokenizer tokenizer;
    private final boolean base; // without a template
    private final int[] prefix; // ids before raw text
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final ToolTemplate tools;
    private final Optional<Thinking> thinking;

    PromptEncoder(TokenizerFiles files, TextTokenizer tokenizer) {
        this(files, tokenizer, Optional.empty());
    }

    /**
     * Makes an encoder.
     *
     * @param toolFormat the format in which the model writes tool calls; empty takes that of the chat template
     */
    PromptEncoder(TokenizerFiles files, TextTokenizer tokenizer, Optional<ToolFormat> toolFormat) {
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
        this.prefix = files.prefix().stream().mapToInt(Integer::intValue).toArray();
        variables.put("bos_token", "");
        files.namedTokens().forEach((name, token) -> variables.put(name, ChatTemplate.trusted(token)));
        this.thinking = Thinking.of(files.chatTemplate().orElse(""));
        this.tools = new ToolTemplate(template, files.chatTemplate().orElse(""), variables, toolFormat);
    }

    /**
     * The format in which the model writes tool calls.
     *
     * @throws IllegalArgumentException if the template does not show tools, or its format is none that is known
     */
    ToolFormat toolFormat() {
        return tools.format();
    }

    /**
     * A conversation up to where the answer begins.
     *
     * @param thinking the markers of the thought with which the answer may begin; empty if it does not
     * @param opened whether the chat template has begun the thought
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Prompt(int[] ids, Optional<Thinking> thinking, boolean opened) {}

    /**
     * Encodes a request's conversation, up to where the answer begins. An answer that goes on with a message has no
     * thought.
     *
     * @throws IllegalArgumentException if the template cannot be used or refuses the conversation
     */
    Prompt prompt(Request request) {
        Rendered rendered = render(request);
        int[] ids = prefixed(request, tokenizer.encode(rendered.text(), rendered.dataSpans()));
        Optional<Thinking> markers =
                request.raw() || request.last().role() == Role.ASSISTANT ? Optional.empty() : thinking;
        return new Prompt(
                ids, markers, markers.filter(each -> each.isOpen(rendered)).isPresent());
    }

    /**
     * Returns the token ids of a request's conversation, up to where the answer begins.
     *
     * @throws IllegalArgumentException if the template cannot be used or refuses the conversation
     */
    int[] encode(Request request) {
        return prompt(request).ids();
    }

    /**
     * Returns the token ids of a request's conversation, the end of its last message included.
     *
     * @throws IllegalArgumentException if the template cannot be used or refuses the conversation
     */
    int[] encodeWhole(Request request) {
        Rendered rendered = render(request, false, false);
        return prefixed(request, tokenizer.encode(rendered.text(), rendered.dataSpans()));
    }

    /** Puts what the tokenizer puts before a text; a template writes it itself. */
    private int[] prefixed(Request request, int[] textIds) {
        int[] ids = IntStream.concat(Arrays.stream(base || request.raw() ? prefix : new int[0]), Arrays.stream(textIds))
                .toArray();
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "the chat template makes no text of the conversation " + request.messages());
        }
        return ids;
    }

    /**
     * The token ids of a conversation, and which of them are the last message's.
     *
     * @param from the first token of the message
     * @param to after the last token of the message
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Encoded(int[] ids, int from, int to) {}

    /**
     * Returns the token ids of a request's conversation, as {@link #encode} does, and where the last message is.
     *
     * @throws IllegalArgumentException if the message is blank, or the template does not show it as it is written
     */
    Encoded encodeWithMessage(Request request) {
        Rendered rendered = render(request);
        Rendered.Span message = message(rendered, request.last().content());
        TextTokenizer.Part part = tokenizer.encode(rendered.text(), rendered.dataSpans(), message);
        int[] ids = prefixed(request, part.ids());
        int before = ids.length - part.ids().length;
        return new Encoded(ids, before + part.from(), before + part.to());
    }

    /** Finds the last message in the text: templates may take white space from its ends. */
    private static Rendered.Span message(Rendered rendered, String content) {
        String stripped = STRIPPED.matcher(content).replaceAll("");
        if (stripped.isEmpty()) {
            throw new IllegalArgumentException("the last message is blank, so it has no tokens to take the mean of;"
                    + " leave such texts out, or take the last token");
        }
        for (String shown : List.of(content, stripped)) {
            for (int i = rendered.dataSpans().size() - 1; i >= 0; i--) {
                Rendered.Span span = rendered.dataSpans().get(i);
                int at = rendered.text().lastIndexOf(shown, span.end() - shown.length());
                if (at >= span.start()) {
                    return new Rendered.Span(at, at + shown.length());
                }
            }
        }
        throw new IllegalArgumentException("the chat template does not show the last message as it is written, so its"
                + " tokens cannot be told from others; ask with raw text (Request.withRaw), or take the last token");
    }

    private Rendered render(Request request) {
        boolean goesOn = request.last().role() == Role.ASSISTANT;
        return render(request, !goesOn, goesOn);
    }

    private Rendered render(Request request, boolean begins, boolean goesOn) {
        if (request.raw()) {
            if (request.messages().stream()
                    .anyMatch(message -> !message.toolCalls().isEmpty())) {
                throw new IllegalArgumentException("raw text does not show the tool calls of its messages; leave raw"
                        + " out, or write the calls into the contents");
            }
            return PARAGRAPHS.render(Map.of("messages", contents(request)));
        } else if (unusable != null) {
            throw new IllegalArgumentException(
                    "the model's chat template cannot be used: " + unusable.getMessage()
                            + "; ask with raw text (Request.withRaw, generate --raw), or open the model with another"
                            + " template (ModelOptions.withChatTemplate, --chat-template)",
                    unusable);
        }
        try {
            return ToolTemplate.isNeeded(request)
                    ? tools.render(request, begins, goesOn)
                    : template.renderChat(request.messages(), begins, goesOn, variables(request));
        } catch (TemplateException e) {
            throw new IllegalArgumentException(
                    "the model's chat template does not take the conversation: " + e.getMessage()
                            + "; change or shorten it, or ask with raw text (Request.withRaw, generate --raw)",
                    e);
        }
    }

    private Map<String, Object> variables(Request request) {
        Map<String, Object> arguments = request.templateArguments();
        if (arguments.isEmpty()) {
            return variables;
        }
        if (base) {
            throw new IllegalArgumentException("the model has no chat template, so no template arguments, got "
                    + arguments.keySet() + "; leave them out, or open the model with a template"
                    + " (ModelOptions.withChatTemplate, --chat-template)");
        }
        Map<String, Object> all = new LinkedHashMap<>(variables);
        all.putAll(template.requireArguments(arguments, variables.keySet()));
        return all;
    }

    private static List<Map<String, String>> contents(Request request) {
        return request.messages().stream()
                .map(message -> Map.of("content", message.content()))
                .toList();
    }
}

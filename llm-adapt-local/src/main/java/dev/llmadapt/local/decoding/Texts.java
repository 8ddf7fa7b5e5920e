package dev.llmadapt.local.decoding;

import dev.llmadapt.Request;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.Optional;

/**
 * The tokenizer and the chat template of a model, ready to use: making them takes as long as a second for a large
 * vocabulary, and needs nothing of the model but its files. Owned by whoever made it until a {@link Decoder} takes it.
 */
public final class Texts implements AutoCloseable {
    final TextTokenizer tokenizer;
    final PromptEncoder prompts;
    private final TokenizerFiles files;

    /** Makes them; the format of tool calls is that of the chat template. */
    public Texts(TokenizerFiles files) {
        this(files, Optional.empty());
    }

    /**
     * Makes them.
     *
     * @param toolFormat the format in which the model writes tool calls; empty takes that of the chat template
     */
    public Texts(TokenizerFiles files, Optional<ToolFormat> toolFormat) {
        this.files = files;
        this.tokenizer = new TextTokenizer(files);
        this.prompts = new PromptEncoder(files, tokenizer, toolFormat);
    }

    /** Returns the files that they were made of. */
    public TokenizerFiles files() {
        return files;
    }

    /** Returns the token ids of a request's conversation, with the beginning of an answer. */
    public int[] promptIds(Request request) {
        return prompts.encode(request);
    }

    /** Returns the token ids of a text in which nothing is special. */
    public int[] textIds(String text) {
        return tokenizer.encodePlain(text);
    }

    /**
     * Returns the tokens by their bytes, as constraints read them.
     *
     * @throws IllegalArgumentException if the tokenizer's decoder makes of tokens what is not their bytes
     */
    public Vocabulary vocabulary() {
        return tokenizer.vocabulary();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}

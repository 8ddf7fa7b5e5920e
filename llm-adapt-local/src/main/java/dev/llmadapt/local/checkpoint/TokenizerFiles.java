package dev.llmadapt.local.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer of a checkpoint as text: nothing here encodes.
 *
 * @param json the content of {@code tokenizer.json}; for a GGUF file, one that is equivalent
 * @param chatTemplate the Jinja template that lays out a conversation
 * @param namedTemplates templates for other uses by name, such as {@code tool_use} or {@code rag}
 * @param addedTokens the tokens that are looked for before a text is split; they stand in place of those in
 *     {@code json}
 * @param namedTokens the texts of tokens by what settings and templates call them, such as {@code bos_token}
 * @param prefix ids that encoding a text for the model puts before it
 * @param suffix ids that it puts after it
 */
public record TokenizerFiles(
        String json,
        Optional<String> chatTemplate,
        Map<String, String> namedTemplates,
        List<AddedToken> addedTokens,
        Map<String, String> namedTokens,
        List<Integer> prefix,
        List<Integer> suffix) {
    /**
     * The mark behind the text of a token that another one of the vocabulary has, too, once for each before it; no text
     * has it (a noncharacter of Unicode), and the decoder takes it away.
     */
    public static final String AGAIN = "\uFDD0";

    /** The file of a folder with its chat template, which counts before what {@code tokenizer_config.json} has. */
    public static final String CHAT_TEMPLATE = "chat_template.jinja";

    /** Copies the lists and maps. */
    public TokenizerFiles {
        namedTemplates = Map.copyOf(namedTemplates);
        addedTokens = List.copyOf(addedTokens);
        namedTokens = Collections.unmodifiableMap(new LinkedHashMap<>(namedTokens));
        prefix = List.copyOf(prefix);
        suffix = List.copyOf(suffix);
    }

    /** The id of each special token. */
    public Map<String, Integer> specialTokens() {
        Map<String, Integer> special = new LinkedHashMap<>();
        for (AddedToken token : addedTokens) {
            if (token.special()) {
                special.put(token.content(), token.id());
            }
        }
        return special;
    }

    /** The text of the token that begins a text. */
    public Optional<String> bosToken() {
        return named("bos_token");
    }

    /** The text of the token that ends a text. */
    public Optional<String> eosToken() {
        return named("eos_token");
    }

    /** The id of the token that ends a text. */
    public Optional<Integer> eosId() {
        return eosToken().map(specialTokens()::get);
    }

    /** The text of the token for what is not in the vocabulary. */
    public Optional<String> unkToken() {
        return named("unk_token");
    }

    /** The text of the padding token. */
    public Optional<String> padToken() {
        return named("pad_token");
    }

    /** Whether encoding a text for the model puts the first token before it. */
    public boolean addBos() {
        return bosToken().map(specialTokens()::get).filter(prefix::contains).isPresent();
    }

    /** Whether encoding a text for the model puts the last token after it. */
    public boolean addEos() {
        return eosId().filter(suffix::contains).isPresent();
    }

    private Optional<String> named(String name) {
        return Optional.ofNullable(namedTokens.get(name));
    }

    /** These with another chat template. */
    public TokenizerFiles withChatTemplate(String template) {
        return new TokenizerFiles(
                json, Optional.of(template), namedTemplates, addedTokens, namedTokens, prefix, suffix);
    }

    @Override
    public String toString() {
        return "TokenizerFiles[json=" + json.length() + " characters, addedTokens=" + addedTokens.size()
                + ", namedTokens=" + namedTokens + "]";
    }
}

package dev.llmadapt.peft.checkpoint;

import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint says about its tokenizer, as text: nothing here encodes.
 *
 * @param json the content of {@code tokenizer.json}; for a GGUF file, one that is equivalent
 * @param chatTemplate the Jinja template that lays out a conversation
 * @param namedTemplates templates for other uses by name, such as {@code tool_use} or {@code rag}
 * @param specialTokens the id of each special token
 * @param bosToken the text of the token that begins a text
 * @param eosToken the text of the token that ends one
 * @param unkToken the text of the token for what is not in the vocabulary
 * @param padToken the text of the padding token
 * @param addBos whether encoding a text for the model puts the first token before it
 * @param addEos whether encoding a text for the model puts the last token after it
 */
public record TokenizerFiles(
        String json,
        Optional<String> chatTemplate,
        Map<String, String> namedTemplates,
        Map<String, Integer> specialTokens,
        Optional<String> bosToken,
        Optional<String> eosToken,
        Optional<String> unkToken,
        Optional<String> padToken,
        boolean addBos,
        boolean addEos) {
    /**
     * The mark behind the text of a token that another one of the vocabulary has, too, once for each before it; no text has
     * it (a noncharacter of Unicode), and the decoder takes it away.
     */
    public static final String AGAIN = "\uFDD0";

    /** The file of a folder with its chat template, which counts before what {@code tokenizer_config.json} has. */
    public static final String CHAT_TEMPLATE = "chat_template.jinja";

    /** Copies the maps. */
    public TokenizerFiles {
        namedTemplates = Map.copyOf(namedTemplates);
        specialTokens = Map.copyOf(specialTokens);
    }

    /** These with another chat template. */
    public TokenizerFiles withChatTemplate(String template) {
        return new TokenizerFiles(
                json,
                Optional.of(template),
                namedTemplates,
                specialTokens,
                bosToken,
                eosToken,
                unkToken,
                padToken,
                addBos,
                addEos);
    }

    @Override
    public String toString() {
        return "TokenizerFiles[json=" + json.length() + " characters, specialTokens=" + specialTokens + "]";
    }
}

package dev.llmadapt.local.checkpoint;

/**
 * A token that is looked for in a text before the text is split into words, with the settings of Hugging Face's
 * {@code AddedToken}.
 *
 * @param content its text
 * @param singleWord whether it counts only where no letter, digit or underscore touches it
 * @param lstrip whether it takes the white space before it
 * @param rstrip whether it takes the white space after it
 * @param normalized whether it is looked for in the normalised text
 * @param special whether it is a sign of the template's, which no text that a person wrote contains
 */
public record AddedToken(
        String content,
        int id,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {
    /** A token that is found as it is written. */
    static AddedToken plain(String content, int id, boolean special) {
        return new AddedToken(content, id, false, false, false, false, special);
    }

    /** A token as {@code tokenizer.json} and {@code added_tokens_decoder} describe it. */
    static AddedToken read(Json token, int id) {
        return new AddedToken(
                token.string("content").orElse(""),
                id,
                token.bool("single_word", false),
                token.bool("lstrip", false),
                token.bool("rstrip", false),
                token.bool("normalized", !token.bool("special", false)),
                token.bool("special", false));
    }

    AddedToken withId(int id) {
        return new AddedToken(content, id, singleWord, lstrip, rstrip, normalized, special);
    }

    AddedToken asSpecial() {
        return new AddedToken(content, id, singleWord, lstrip, rstrip, normalized, true);
    }

    /** The token, looked for in the text as it is written. */
    AddedToken asWritten() {
        return new AddedToken(content, id, singleWord, lstrip, rstrip, false, special);
    }

    AddedToken withRstrip() {
        return new AddedToken(content, id, singleWord, lstrip, true, normalized, special);
    }

    /**
     * The token in the {@code added_tokens} of a {@code tokenizer.json}.
     *
     * @param name what to call it there
     * @param singleWord whether it counts there only as a word of its own
     */
    public String json(String name, boolean singleWord) {
        StringBuilder json = new StringBuilder("{\"id\":").append(id).append(",\"content\":");
        JsonText.quote(json, name);
        return json.append(",\"single_word\":")
                .append(singleWord)
                .append(",\"lstrip\":")
                .append(lstrip)
                .append(",\"rstrip\":")
                .append(rstrip)
                .append(",\"normalized\":")
                .append(normalized)
                .append(",\"special\":")
                .append(special)
                .append('}')
                .toString();
    }
}

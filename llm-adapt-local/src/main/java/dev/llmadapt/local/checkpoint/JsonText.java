package dev.llmadapt.local.checkpoint;

/** Writes JSON strings: a vocabulary of a hundred thousand is written faster than through a tree of elements. */
final class JsonText {
    private JsonText() {}

    static void quote(StringBuilder json, String text) {
        quote(json, text, 0, text.length());
    }

    /** Appends {@code text[from, to)} as a JSON string. */
    static void quote(StringBuilder json, String text, int from, int to) {
        json.append('"');
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}

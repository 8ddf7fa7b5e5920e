package dev.llmadapt.pilot.report;

/** Text in lines of a width, broken between words. */
final class Paragraph {
    private Paragraph() {}

    /**
     * The text, each line ended by a line break.
     *
     * @param first what the first line begins with
     * @param rest what each further line begins with
     * @param width columns of a line; a word that is longer stays whole
     */
    static String of(String text, String first, String rest, int width) {
        StringBuilder out = new StringBuilder(first);
        int column = length(first);
        boolean empty = true;
        for (String word : text.strip().split("\\s+", -1)) {
            if (!empty && column + 1 + length(word) > width) {
                out.append('\n').append(rest);
                column = length(rest);
                empty = true;
            }
            out.append(empty ? "" : " ").append(word);
            column += length(word) + (empty ? 0 : 1);
            empty = false;
        }
        return out.append('\n').toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}

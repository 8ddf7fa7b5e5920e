package dev.llmadapt.prompting.template;

/**
 * The search for one text in another in time linear in both: the JDK's search is quadratic for texts made to slow it
 * down, and messages may be such texts.
 */
final class SubstringSearch {
    /** The length up to which the JDK's search is fast enough at its worst. */
    private static final int SHORT = 16;

    private SubstringSearch() {}

    /** The first index from {@code from} on, or -1. */
    static int indexOf(Rendering r, String text, String part, int from) {
        if (part.length() <= SHORT) {
            int found = text.indexOf(part, from);
            r.workOnText((found < 0 ? text.length() : found) - from);
            return found;
        }
        return find(r, text, part, from, false);
    }

    /** The last index of an occurrence that ends at or before {@code end}, or -1. */
    static int lastIndexOf(Rendering r, String text, String part, int end) {
        if (part.length() <= SHORT) {
            int found = text.lastIndexOf(part, end - part.length());
            r.workOnText(end - Math.max(found, 0));
            return end < part.length() ? -1 : found;
        }
        return find(r, text.substring(0, end), part, 0, true);
    }

    /** The algorithm of Knuth, Morris and Pratt 1977. */
    private static int find(Rendering r, String text, String part, int from, boolean last) {
        if (part.length() > text.length() - from) {
            return -1;
        }
        r.workOnText(text.length() - from + 4L * part.length());
        int[] border = new int[part.length()];
        for (int i = 1, k = 0; i < part.length(); i++) {
            while (k > 0 && part.charAt(i) != part.charAt(k)) {
                k = border[k - 1];
            }
            k += part.charAt(i) == part.charAt(k) ? 1 : 0;
            border[i] = k;
        }
        int found = -1;
        for (int i = from, k = 0; i < text.length(); i++) {
            while (k > 0 && text.charAt(i) != part.charAt(k)) {
                k = border[k - 1];
            }
            k += text.charAt(i) == part.charAt(k) ? 1 : 0;
            if (k == part.length()) {
                found = i + 1 - k;
                if (!last) {
                    return found;
                }
                k = border[k - 1];
            }
        }
        return found;
    }
}

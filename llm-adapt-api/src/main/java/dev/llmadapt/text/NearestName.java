package dev.llmadapt.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * The known name that a mistyped one is most like: the fewest letters added, left out, changed or swapped (optimal
 * string alignment).
 */
public final class NearestName {
    private static final int MAX_CHANGES = 2;

    private NearestName() {}

    /** The nearest of some names, if it is near: two changes at most, and fewer in short names. */
    public static Optional<String> of(String word, Collection<String> known) {
        int most = Math.min(MAX_CHANGES, (word.length() - 1) / 2);
        return known.stream()
                .filter(each -> changes(word, each) <= most)
                .min(Comparator.comparingInt(each -> changes(word, each)));
    }

    /** The question whether one was meant, for the end of a message; empty where none is near. */
    public static String question(String word, Collection<String> known) {
        return of(word, known).map(name -> "did you mean " + name + "? ").orElse("");
    }

    private static int changes(String a, String b) {
        int[][] changes = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    changes[i][j] = i + j;
                    continue;
                }
                int changed = changes[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                changes[i][j] = Math.min(changed, 1 + Math.min(changes[i - 1][j], changes[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    changes[i][j] = Math.min(changes[i][j], 1 + changes[i - 2][j - 2]);
                }
            }
        }
        return changes[a.length()][b.length()];
    }
}

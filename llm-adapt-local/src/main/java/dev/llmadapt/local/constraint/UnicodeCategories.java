package dev.llmadapt.local.constraint;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The code points of Unicode's general categories, by their short and long names. */
final class UnicodeCategories {
    private static final String[] NAMES = {
        "Lu Uppercase_Letter 1",
        "Ll Lowercase_Letter 2",
        "Lt Titlecase_Letter 3",
        "LC Cased_Letter 1 2 3",
        "Lm Modifier_Letter 4",
        "Lo Other_Letter 5",
        "L Letter 1 2 3 4 5",
        "Mn Nonspacing_Mark 6",
        "Mc Spacing_Mark 8",
        "Me Enclosing_Mark 7",
        "M Mark 6 7 8",
        "Nd Decimal_Number 9",
        "Nl Letter_Number 10",
        "No Other_Number 11",
        "N Number 9 10 11",
        "Pc Connector_Punctuation 23",
        "Pd Dash_Punctuation 20",
        "Ps Open_Punctuation 21",
        "Pe Close_Punctuation 22",
        "Pi Initial_Punctuation 29",
        "Pf Final_Punctuation 30",
        "Po Other_Punctuation 24",
        "P Punctuation 20 21 22 23 24 29 30",
        "Sm Math_Symbol 25",
        "Sc Currency_Symbol 26",
        "Sk Modifier_Symbol 27",
        "So Other_Symbol 28",
        "S Symbol 25 26 27 28",
        "Zs Space_Separator 12",
        "Zl Line_Separator 13",
        "Zp Paragraph_Separator 14",
        "Z Separator 12 13 14",
        "Cc Control 15",
        "Cf Format 16",
    };
    private static final Map<String, Long> TYPES = new HashMap<>();
    private static final Map<Long, CodePoints> KNOWN = new ConcurrentHashMap<>();

    static {
        for (String row : NAMES) {
            String[] words = row.split(" ");
            long types = 0;
            for (int i = 2; i < words.length; i++) {
                types |= 1L << Integer.parseInt(words[i]); // java.lang.Character's constants
            }
            TYPES.put(words[0], types);
            TYPES.put(words[1], types);
        }
    }

    private UnicodeCategories() {}

    /**
     * Returns the code points of a category.
     *
     * @throws IllegalArgumentException if there is no such category here
     */
    static CodePoints named(String name) {
        Long types = TYPES.get(name);
        if (types == null) {
            throw new IllegalArgumentException("The unknown category '" + name + "'");
        }
        return KNOWN.computeIfAbsent(
                types, key -> CodePoints.where(each -> (types >>> Character.getType(each) & 1) != 0));
    }
}

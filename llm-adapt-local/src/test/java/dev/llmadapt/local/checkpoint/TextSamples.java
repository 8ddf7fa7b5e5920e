package dev.llmadapt.local.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that are hard on tokenizers: scripts, runs, control characters, joined and broken sequences, code. */
final class TextSamples {
    private static final String[] PIECES = {
        "The quick brown fox",
        "don't",
        "we'LL",
        "I've",
        " it's",
        "naïve",
        "Straße",
        "ÅNGSTRÖM",
        "e\u0301",
        "a\u0308\u0323",
        "\u202eabc",
        "日本語のテキスト",
        "漢字",
        "한국어",
        "مرحبا بالعالم",
        "שלום",
        "हिन्दी",
        "ไทย",
        "Привет",
        "ελληνικά",
        "𝒜𝓃𝓁",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "👍🏽",
        "✊",
        "1234567890",
        "3.14159",
        "0x1F",
        "²³½",
        "٣٤٥",
        "Ⅷ",
        "1e-5",
        "\t",
        "\n",
        "\r\n",
        "\n\n\n",
        "    ",
        " ",
        "\u00a0",
        "\u2003",
        "\u3000",
        "\u200b",
        "\ufeff",
        "\u0000",
        "\u0007",
        "\u001b[31m",
        "\u007f",
        "\u0085",
        "\u2028",
        "if (x >= 0) { return y[i++]; }",
        "def f(a, *b):\n    return {**c}\n",
        "#include <x.h>",
        "</div>",
        "<|im_start|>",
        "<|im_end|>user",
        "<|im_",
        "<repo_name>",
        "<|endoftext|>",
        "https://a.b/c?d=e&f=%20",
        "user@example.org",
        "...",
        "?!",
        "---",
        "===",
        "'s't'd",
        "\"quoted\"",
        "\\n",
        "$\\alpha^{2}$",
        "€100",
        "\ufffd",
        "\ud83d\ude00",
        "ﬁ",
        "İi",
        "ǅ",
        "zzzz",
        "ÿ",
        "Ġ",
        "Ċ",
        "▁",
        "_snake_case",
        "camelCaseWord",
        "SHOUT"
    };

    private TextSamples() {}

    static List<String> generate(Random random, int count) {
        List<String> texts = new ArrayList<>(count);
        texts.add("");
        for (String piece : PIECES) {
            texts.add(piece);
        }
        while (texts.size() < count) {
            StringBuilder text = new StringBuilder();
            int parts = 1 + random.nextInt(12);
            for (int i = 0; i < parts; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> text.append(PIECES[random.nextInt(PIECES.length)].repeat(1 + random.nextInt(40)));
                    case 1 -> text.appendCodePoint(scalar(random));
                    case 2 -> text.append((char) random.nextInt(0x180));
                    case 3 -> text.append(" ".repeat(random.nextInt(20)));
                    case 4 -> text.append(random.nextLong());
                    default -> text.append(PIECES[random.nextInt(PIECES.length)]);
                }
                if (random.nextInt(3) == 0) {
                    text.append(' ');
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /** Any code point but a surrogate. */
    private static int scalar(Random random) {
        int codePoint = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
        return codePoint >= 0xd800 && codePoint < 0xe000 ? 'x' : codePoint;
    }
}

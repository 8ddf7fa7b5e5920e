package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTextTest {
    @ParameterizedTest
    @CsvSource({
        "cafe\u0301,caf\u00e9",
        "o\ufb03ce,office",
        "R\u00fcck\u00adgabe,r\u00fcckgabe",
        "\uff26\uff35\uff2c\uff2c \uff12,full 2",
        "don\u2019t,don't",
        "don\u00b4t,don't",
        "co\u200boperate,cooperate",
        "STRA\u00dfE,strasse",
        "\u0130stanbul,istanbul",
        "\u039b\u039f\u0393\u039f\u03a3,\u03bb\u03bf\u03b3\u03bf\u03c3",
        "\u03bb\u03cc\u03b3\u03bf\u03c2,\u03bb\u03cc\u03b3\u03bf\u03c3",
        "\u0627\u0644\u0636\u0640\u0640\u0645\u0627\u0646,\u0627\u0644\u0636\u0645\u0627\u0646",
        "\ufef9,\u0644\u0625",
        "\uff76\uff9e\uff72\uff84\uff9e,' \u30ac\u30a4 \u30a4\u30c9 '",
        "Foo\u2122 bar\u00b2,foo tm  bar 2",
        "\ud55c\u1100\u1161,\ud55c\uac00"
    })
    void whatOnlyLooksDifferent_isOne(String text, String expected) {
        assertThat(SearchText.of(text).stripTrailing()).isEqualTo(expected.stripTrailing());
        for (Normalizer.Form form : Normalizer.Form.values()) {
            if (!text.contains("\u2122") && !text.contains("\u00b4")) {
                assertThat(SearchText.of(Normalizer.normalize(text, form)))
                        .as(form.name())
                        .isEqualTo(SearchText.of(text));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "the warr-/anty ends,the warr warranty anty ends",
        "the warr\u00ad/anty ends,the warr warranty anty ends",
        "warr-  / /\t anty.,warr warranty anty.",
        "warr\u2010/an\u00adty,warr warranty anty",
        "a well-/known-/est b,a well wellknown known knownest est b",
        "Daten-/Schutz,daten-/schutz",
        "1990-/2000,1990-/2000",
        "yes - /no,yes - /no",
        "- item/- other,- item/- other"
    })
    void wordBrokenAtALineEnd_isThereWholeAndInParts(String text, String expected) {
        for (String end : List.of("\n", "\r\n", "\n\f")) {
            assertThat(SearchText.of(text.replace("/", end))).isEqualTo(expected.replace("/", end));
        }
    }

    @Test
    void scriptsWithoutSpaces_becomePairs() {
        assertThat(SearchText.of("\u0e01\u0e02\u0e48\u0e04 x")).isEqualTo(" \u0e01\u0e02\u0e48 \u0e02\u0e48\u0e04  x");
        assertThat(SearchText.of("\u30ab\u30b9\u30bf\u30de\u30fc"))
                .isEqualTo(" \u30ab\u30b9 \u30b9\u30bf \u30bf\u30de \u30de\u30fc ");
        assertThat(SearchText.of("\u0e81")).isEqualTo(" \u0e81 ");
        assertThat(SearchText.of("")).isEmpty();
    }

    @Test
    void anyText_hasAFormThatIsItsOwn() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            String alphabet =
                    "aB-\n \u0301\u00ad\u00df\u0e01\u0e48\u30ab\ufb01\u2019\u4e2d\ud83d\ude00\u200d\u1100\u1161";
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String once = SearchText.of(text.toString());
            assertThat(SearchText.of(Normalizer.normalize(text, Normalizer.Form.NFD)))
                    .as("seed " + seed + ": " + text)
                    .isEqualTo(once);
        }
    }

    @Test
    void longText_takesLinearTime() {
        assertThat(SearchText.of("a-\n".repeat(200_000)).length()).isLessThan(4_000_000);
        assertThat(SearchText.of("\u0e01".repeat(500_000))).hasSize(1_500_000 - 2);
    }
}

package dev.llmadapt.rag.splitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.documents.Document;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SplitterTest {
    private static final Tokens WORDS = Tokens.words();

    static Document document(String text) {
        return new Document(
                "doc",
                "Title",
                text,
                "here",
                Instant.parse("2026-01-02T03:04:05Z"),
                Map.of("kind", "x"),
                Set.of("ann"));
    }

    private static List<String> texts(Splitter splitter, String text) {
        return splitter.split(document(text)).stream().map(Passage::text).toList();
    }

    @Test
    void split_anySplitter_carriesWhereItComesFrom() {
        String text = "  One two. Three four.";
        Passage passage = Splitter.sentences(WORDS, 3, 0).split(document(text)).get(1);

        assertThat(passage.id()).isEqualTo("doc#1");
        assertThat(passage.title()).isEqualTo("Title");
        assertThat(passage.readers()).containsExactly("ann");
        assertThat(passage.metadata())
                .containsEntry(PassageMetadata.DOCUMENT, "doc")
                .containsEntry(PassageMetadata.SOURCE, "here")
                .containsEntry(PassageMetadata.TIME, "2026-01-02T03:04:05Z")
                .containsEntry(PassageMetadata.START, Integer.toString(text.indexOf("Three")))
                .containsEntry("kind", "x");
    }

    @Test
    void tokens_windows_overlap() {
        assertThat(texts(Splitter.tokens(WORDS, 3, 1), "a b c d e f")).containsExactly("a b c", "c d e", "e f");
        assertThat(texts(Splitter.tokens(WORDS, 3, 0), "a b c d")).containsExactly("a b c", "d");
        assertThat(texts(Splitter.tokens(WORDS, 3, 0), "a")).containsExactly("a");
    }

    @Test
    void sentences_thatFit_stayWholeAndOverlapWhole() {
        String text = "One two three. Four five. Six seven eight. Nine.";

        assertThat(texts(Splitter.sentences(WORDS, 7, 0), text))
                .containsExactly("One two three. Four five.", "Six seven eight. Nine.");
        assertThat(texts(Splitter.sentences(WORDS, 7, 3), text))
                .containsExactly("One two three. Four five.", "Four five. Six seven eight.", "Nine.");
    }

    @Test
    void sentences_tooLong_areCutByTokens() {
        assertThat(texts(Splitter.sentences(WORDS, 2, 0), "a b c d e. f")).containsExactly("a b", "c d", "e.", "f");
    }

    @Test
    void headings_sections_areTitled() {
        String text = "intro\n# Food\neat\n## Fruit ##\napples\n```\n# no heading\n```\n# Drink\nwater";
        List<Passage> passages = Splitter.headings(WORDS, 50, 0).split(document(text));

        assertThat(passages)
                .extracting(Passage::title)
                .containsExactly("Title", "Title > Food", "Title > Food > Fruit", "Title > Drink");
        assertThat(passages)
                .extracting(Passage::text)
                .containsExactly("intro", "eat", "apples\n```\n# no heading\n```", "water");
    }

    @Test
    void recursive_paragraphs_areCutOnlyWhereNeeded() {
        String text = "one two\n\nthree four\nfive six seven. Eight nine\n\nten";

        assertThat(texts(Splitter.recursive(WORDS, 5, 0), text))
                .containsExactly("one two\n\nthree four", "five six seven.", "Eight nine\n\nten");
    }

    @Test
    void withParents_children_nameTheirParent() {
        Splitter splitter = Splitter.withParents(Splitter.tokens(WORDS, 4, 0), Splitter.tokens(WORDS, 2, 0));
        List<Passage> all = splitter.split(document("a b c d e f"));

        assertThat(all).extracting(Passage::text).containsExactly("a b c d", "a b", "c d", "e f", "e f");
        assertThat(all.get(0).metadata()).containsEntry(PassageMetadata.ROLE, "parent");
        assertThat(all.get(2).metadata())
                .containsEntry(PassageMetadata.PARENT, all.get(0).id())
                .containsEntry(PassageMetadata.DOCUMENT, "doc")
                .containsEntry(PassageMetadata.START, "4")
                .doesNotContainKey(PassageMetadata.ROLE);
        assertThat(all.get(4).metadata()).containsEntry(PassageMetadata.START, "8");
        assertThat(all).extracting(Passage::id).doesNotHaveDuplicates();
    }

    @Test
    void pages_passagesAndChildren_areCountedInTheDocument() {
        Splitter splitter = Splitter.withParents(Splitter.tokens(WORDS, 4, 0), Splitter.tokens(WORDS, 2, 0));
        List<Passage> all = splitter.split(document("a b c\fd e f\f\fg h"));

        assertThat(all)
                .extracting(Passage::text)
                .containsExactly("a b c\fd", "a b", "c\fd", "e f\f\fg h", "e f", "g h");
        assertThat(all)
                .extracting(passage -> passage.metadata().get(PassageMetadata.PAGE))
                .containsExactly("1", "1", "1", "2", "2", "4");
        assertThat(Splitter.none().split(document("a b")).get(0).metadata()).doesNotContainKey(PassageMetadata.PAGE);
    }

    @Test
    void split_nothing_isNothing() {
        for (Splitter splitter : all(5, 1)) {
            assertThat(splitter.split(document(" \n\t "))).isEmpty();
            assertThat(splitter.split(document(""))).isEmpty();
        }
    }

    @Test
    void split_badSizes_areRefused() {
        assertThatThrownBy(() -> Splitter.tokens(WORDS, 0, 0)).hasMessageContaining("size: 0");
        assertThatThrownBy(() -> Splitter.sentences(WORDS, 5, 5)).hasMessageContaining("overlap: 5");
        assertThatThrownBy(() -> Splitter.recursive(WORDS, 5, -1)).hasMessageContaining("overlap: -1");
    }

    /** No passage is too long, none is made up, and no word is lost. */
    @Test
    void split_randomTexts_keepTheLaws() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String[] parts = {
            "word", "two", ". ", "! ", "\n", "\n\n", " ", "\uD83D\uDE00", "# Head\n", "\u00e9a", "```\n", "-"
        };
        for (int round = 0; round < 300; round++) {
            StringBuilder made = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                made.append(parts[random.nextInt(parts.length)]);
            }
            String text = made.toString();
            int size = 1 + random.nextInt(8);
            List<Splitter> all = all(size, random.nextInt(size));
            for (int i = 0; i < all.size(); i++) {
                boolean[] covered = new boolean[text.length()];
                for (Passage passage : all.get(i).split(document(text))) {
                    int start = Integer.parseInt(passage.metadata().get(PassageMetadata.START));
                    String as = "seed " + seed + ", round " + round + ", splitter " + i + ": '" + passage.text() + "'";
                    assertThat(text.startsWith(passage.text(), start)).as(as).isTrue();
                    assertThat(WORDS.count(passage.text())).as(as).isBetween(1, size);
                    java.util.Arrays.fill(covered, start, start + passage.text().length(), true);
                }
                for (Tokens.Span token : WORDS.of(text)) {
                    // the last splitter takes headings out of the text
                    assertThat(covered[token.start()] || i == all.size() - 1)
                            .as("seed %d, round %d, splitter %d, at %d of '%s'", seed, round, i, token.start(), text)
                            .isTrue();
                }
            }
        }
    }

    private static List<Splitter> all(int size, int overlap) {
        return List.of(
                Splitter.tokens(WORDS, size, overlap),
                Splitter.sentences(WORDS, size, overlap),
                Splitter.recursive(WORDS, size, overlap),
                Splitter.headings(WORDS, size, overlap));
    }
}

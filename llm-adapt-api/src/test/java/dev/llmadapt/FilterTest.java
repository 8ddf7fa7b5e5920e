package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FilterTest {
    private static final Map<String, String> METADATA = Map.of("kind", "guide", "time", "2026-03-01");

    @Test
    void test_values_passWhenTheyAreTheField() {
        assertThat(Filter.equal("kind", "guide").test(METADATA)).isTrue();
        assertThat(Filter.equal("kind", "Guide").test(METADATA)).isFalse();
        assertThat(Filter.equal("other", "guide").test(METADATA)).isFalse();
        assertThat(Filter.oneOf("kind", Set.of("a", "guide")).test(METADATA)).isTrue();
        assertThat(Filter.oneOf("kind", Set.of()).test(METADATA)).isFalse();
    }

    @Test
    void between_ends_areIncludedAndMayBeOpen() {
        assertThat(Filter.between("time", "2026-03-01", "2026-03-01").test(METADATA))
                .isTrue();
        assertThat(Filter.between("time", "2026-03-02", null).test(METADATA)).isFalse();
        assertThat(Filter.between("time", null, "2026-02").test(METADATA)).isFalse();
        assertThat(Filter.between("time", null, null).test(METADATA)).isTrue();
        assertThat(Filter.between("other", null, null).test(METADATA)).isFalse();
    }

    @Test
    void between_characters_areInTheOrderOfCodePoints() {
        String emoji = new String(Character.toChars(0x1F600));

        assertThat(Filter.between("x", "\uFFFD", null).test(Map.of("x", emoji))).isTrue();
    }

    @Test
    void logic_parts_areCombined() {
        Filter yes = Filter.equal("kind", "guide");
        Filter no = Filter.equal("kind", "x");

        assertThat(Filter.all().test(METADATA)).isTrue();
        assertThat(Filter.and(yes, no).test(METADATA)).isFalse();
        assertThat(Filter.or(yes, no).test(METADATA)).isTrue();
        assertThat(Filter.or().test(METADATA)).isFalse();
        assertThat(Filter.not(no).test(METADATA)).isTrue();
    }

    @Test
    void admits_accessList_needsOneOfItsReaders() {
        Passage secret = new Passage("1", "", "text", 0).withReaders(Set.of("ann", "staff"));

        assertThat(new Query("q", 1).admits(secret)).isFalse();
        assertThat(new Query("q", 1).withPrincipals(Set.of("bob")).admits(secret))
                .isFalse();
        assertThat(new Query("q", 1).withPrincipals(Set.of("bob", "staff")).admits(secret))
                .isTrue();
        assertThat(new Query("q", 1).admits(secret.withReaders(Set.of()))).isTrue();
    }
}

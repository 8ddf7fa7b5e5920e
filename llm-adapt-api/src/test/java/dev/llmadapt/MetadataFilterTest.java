package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MetadataFilterTest {
    private static final Map<String, String> METADATA = Map.of("kind", "guide", "time", "2026-03-01");

    @Test
    void test_values_passWhenTheyAreTheField() {
        assertThat(MetadataFilter.equal("kind", "guide").test(METADATA)).isTrue();
        assertThat(MetadataFilter.equal("kind", "Guide").test(METADATA)).isFalse();
        assertThat(MetadataFilter.equal("other", "guide").test(METADATA)).isFalse();
        assertThat(MetadataFilter.oneOf("kind", Set.of("a", "guide")).test(METADATA))
                .isTrue();
        assertThat(MetadataFilter.oneOf("kind", Set.of()).test(METADATA)).isFalse();
    }

    @Test
    void between_ends_areIncludedAndMayBeOpen() {
        assertThat(MetadataFilter.between("time", "2026-03-01", "2026-03-01").test(METADATA))
                .isTrue();
        assertThat(MetadataFilter.between("time", "2026-03-02", null).test(METADATA))
                .isFalse();
        assertThat(MetadataFilter.between("time", null, "2026-02").test(METADATA))
                .isFalse();
        assertThat(MetadataFilter.between("time", null, null).test(METADATA)).isTrue();
        assertThat(MetadataFilter.between("other", null, null).test(METADATA)).isFalse();
    }

    @Test
    void between_characters_areInTheOrderOfCodePoints() {
        String emoji = new String(Character.toChars(0x1F600));

        assertThat(MetadataFilter.between("x", "\uFFFD", null).test(Map.of("x", emoji)))
                .isTrue();
    }

    @Test
    void logic_parts_areCombined() {
        MetadataFilter yes = MetadataFilter.equal("kind", "guide");
        MetadataFilter no = MetadataFilter.equal("kind", "x");

        assertThat(MetadataFilter.all().test(METADATA)).isTrue();
        assertThat(MetadataFilter.and(yes, no).test(METADATA)).isFalse();
        assertThat(MetadataFilter.or(yes, no).test(METADATA)).isTrue();
        assertThat(MetadataFilter.or().test(METADATA)).isFalse();
        assertThat(MetadataFilter.not(no).test(METADATA)).isTrue();
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

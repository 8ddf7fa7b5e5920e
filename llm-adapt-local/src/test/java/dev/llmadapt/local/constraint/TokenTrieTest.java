package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TokenTrieTest {
    @Test
    void of_anyOrder_holdsEachTokenAtItsBytes() {
        String[] tokens = {"b", "ab", "", "a", "abc", "ab", "\u00e9", "b"};
        List<TokenTrie.Entry> entries = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            entries.add(new TokenTrie.Entry(tokens[id].getBytes(StandardCharsets.UTF_8), 0, id));
        }
        Map<String, Set<Integer>> expected = new TreeMap<>();
        for (int id = 0; id < tokens.length; id++) {
            if (!tokens[id].isEmpty()) {
                expected.computeIfAbsent(tokens[id], key -> new TreeSet<>()).add(id);
            }
        }
        assertThat(contents(TokenTrie.of(entries))).isEqualTo(expected);
    }

    private static Map<String, Set<Integer>> contents(TokenTrie trie) {
        Map<String, Set<Integer>> found = new TreeMap<>();
        byte[] path = new byte[trie.maxDepth];
        for (int node = 0; node < trie.size(); node++) {
            path[trie.depth[node] - 1] = trie.label[node];
            String text = new String(Arrays.copyOf(path, trie.depth[node]), StandardCharsets.UTF_8);
            for (int i = trie.first[node]; i < trie.first[node + 1]; i++) {
                found.computeIfAbsent(text, key -> new TreeSet<>()).add(trie.tokens[i]);
            }
            assertThat(trie.end[node]).isGreaterThan(node);
        }
        return found;
    }

    @Test
    void of_noTokens_isEmpty() {
        assertThat(TokenTrie.of(List.of()).size()).isZero();
    }
}

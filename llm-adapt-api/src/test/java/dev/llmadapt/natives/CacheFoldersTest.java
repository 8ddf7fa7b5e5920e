package dev.llmadapt.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the paths are those of Unix")
final class CacheFoldersTest {
    private static List<String> folders(Map<String, String> variables, Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(
                Map.of("user.home", "/home/me", "user.name", "me", "java.io.tmpdir", "/tmp", "os.name", "Linux"));
        all.putAll(properties);
        return CacheFolders.of(variables, all::get).candidates().stream()
                .map(candidate -> candidate.path() + " by " + candidate.origin())
                .toList();
    }

    @Test
    void candidates_settings_comeBeforeTheUsersAndTheTemporaryFolder() {
        assertThat(folders(
                        Map.of("LLM_ADAPT_CACHE", "/variable", "XDG_CACHE_HOME", "/xdg"),
                        Map.of("llmadapt.cache", "/property")))
                .containsExactly(
                        "/variable by LLM_ADAPT_CACHE",
                        "/property by llmadapt.cache",
                        "/xdg/llm-adapt by XDG_CACHE_HOME",
                        "/tmp/llm-adapt-me by java.io.tmpdir");
    }

    @Test
    void candidates_nothingSet_areHomesAndTheTemporaryFolder() {
        assertThat(folders(Map.of(), Map.of()))
                .containsExactly("/home/me/.cache/llm-adapt by the user's home", "/tmp/llm-adapt-me by java.io.tmpdir");
        assertThat(folders(Map.of("LLM_ADAPT_CACHE", " ~/own "), Map.of()).get(0))
                .isEqualTo("/home/me/own by LLM_ADAPT_CACHE");
    }

    @Test
    void candidates_userWithoutAHome_areTheTemporaryFolder() {
        Map<String, String> unknown = Map.of("user.home", "?", "user.name", "?");
        assertThat(folders(Map.of(), unknown))
                .singleElement()
                .asString()
                .matches("/tmp/llm-adapt-\\w+ by java.io.tmpdir");
        assertThat(folders(Map.of("HOME", "/"), unknown)).isEqualTo(folders(Map.of(), unknown));
        assertThat(folders(Map.of("HOME", "/home/app"), unknown).get(0))
                .isEqualTo("/home/app/.cache/llm-adapt by the user's home");
    }

    @Test
    void candidates_homeAskedForByAUserWithoutOne_isRefused() {
        assertThatThrownBy(() -> folders(Map.of("LLM_ADAPT_CACHE", "~/cache"), Map.of("user.home", "?")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("LLM_ADAPT_CACHE is ~/cache, but this user has no home");
    }
}

package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prompts list}, {@code show} and {@code diff}. */
class PromptFilesCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        write("old", "support.prompty", """
                ---
                description: Answers a customer.
                inputs:
                  question:
                  rules:
                    type: array
                ---
                system:
                {% include 'house' %}
                {% for rule in rules %}
                - {{ rule | tojson }}
                {% endfor %}
                user:
                {{ question }}
                """);
        write("old", "_house.prompty", "Be kind.");
        write("old", "joke.prompty", "Tell a joke.");
    }

    private void write(String parent, String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(parent));
        Files.writeString(folder.resolve(parent).resolve(name), text);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void list_hasNameVersionInputsAndDescription() {
        assertThat(run("prompts", "list", path("old"))).isZero();
        assertThat(text(out))
                .matches(
                        "joke {5}[0-9a-f]{12}  \\(\\)\nsupport  [0-9a-f]{12}  \\(question, rules\\)  Answers a customer.\n");
        refuses("none is no folder of prompts", "prompts", "list", path("none"));
    }

    @Test
    void show_rendersWithValues() {
        assertThat(run("prompts", "show", path("old/support.prompty"))).isZero();
        assertThat(text(out)).contains("input: rules, array\npartials: house\n\n---\n", "{{ question }}\n");
        assertThat(run(
                        "prompts",
                        "show",
                        path("old/support.prompty"),
                        "--var",
                        "question=a=b?",
                        "--var",
                        "rules=[\"x\", 2, {\"y\": 1.5}]"))
                .as(text(err))
                .isZero();
        assertThat(text(out)).endsWith("\n\nsystem:\nBe kind.\n- \"x\"\n- 2\n- {\"y\": 1.5}\n\nuser:\na=b?\n\n");
    }

    @Test
    void show_wrongValues_areRefusedByName() {
        String file = path("old/support.prompty");
        refuses("needs a value for 'rules' (array)", "prompts", "show", file, "--var", "question=q");
        refuses(
                "has no input 'color'",
                "prompts",
                "show",
                file,
                "--var",
                "rules=[]",
                "--var",
                "question=q",
                "--var",
                "color=x");
        refuses(
                "'rules' must be of type array, got Long 1",
                "prompts",
                "show",
                file,
                "--var",
                "rules=1",
                "--var",
                "question=q");
        refuses("--var rules must be JSON", "prompts", "show", file, "--var", "rules=[");
        refuses("--var must be NAME=VALUE", "prompts", "show", file, "--var", "rules");
        refuses("--var gives 'question' twice", "prompts", "show", file, "--var", "question=1", "--var", "question=2");
    }

    @Test
    void diff_hasStatusOneWhereTheyDiffer() throws IOException {
        write("new", "support.prompty", Files.readString(folder.resolve("old/support.prompty")));
        write("new", "_house.prompty", "Be brief.");
        write("new", "poem.prompty", "A poem.");
        assertThat(run("prompts", "diff", path("old/support.prompty"), path("old/support.prompty")))
                .isZero();
        assertThat(text(out)).isEmpty();
        assertThat(run("prompts", "diff", path("old/support.prompty"), path("new/support.prompty")))
                .isEqualTo(1);
        assertThat(text(out))
                .matches("support@[0-9a-f]{12} -> support@[0-9a-f]{12}\n--- old/_house.prompty\n(.*\n)+")
                .endsWith("@@ -1 +1 @@\n-Be kind.\n+Be brief.\n");
        assertThat(run("prompts", "diff", path("old"), path("new"))).isEqualTo(1);
        assertThat(text(out)).contains("- joke@", "+ poem@", "+Be brief.");
        refuses("expected two files or two folders", "prompts", "diff", path("old"), path("new/support.prompty"));
    }
}

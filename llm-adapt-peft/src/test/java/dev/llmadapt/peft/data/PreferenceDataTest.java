package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.peft.data.PreferenceExample.Judged;
import dev.llmadapt.peft.data.PreferenceExample.Pair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceDataTest {
    private static final String GOOD = "{'prompt':'p','chosen':'a','rejected':'b'}";

    @TempDir
    Path folder;

    private PreferenceData read(String... lines) throws IOException {
        Path file = folder.resolve("p.jsonl");
        Files.writeString(file, String.join("\n", lines).replace('\'', '"'));
        return PreferenceData.read(file);
    }

    private Pair pair(String line) throws IOException {
        return (Pair) read(line).examples().get(0);
    }

    @Test
    void read_texts_areAUsersAndAnAssistantsMessages() throws IOException {
        PreferenceData data = read(GOOD, "", "{'prompt':'q','chosen':'c','rejected':'d','score_chosen':8.5}");
        assertThat(data.isPaired()).isTrue();
        assertThat(data.examples()).hasSize(2);
        Pair pair = (Pair) data.examples().get(1);
        assertThat(pair.prompt()).containsExactly(Message.user("q"));
        assertThat(pair.chosen()).isEqualTo("c");
        assertThat(pair.rejected()).isEqualTo("d");
        assertThat(pair).hasToString("'p.jsonl:3' (line 3)");
        assertThat(data.fields().unread()).containsOnlyKeys("score_chosen");
    }

    @Test
    void read_conversationsWithPrompt_areThese() throws IOException {
        Pair pair = pair("{'prompt':[{'role':'system','content':'Be short.'},{'role':'user','content':'q'}],"
                + "'chosen':[{'role':'assistant','content':'c'}],'rejected':[{'role':'assistant','content':'d'}]}");
        assertThat(pair.prompt()).containsExactly(Message.system("Be short."), Message.user("q"));
        assertThat(pair.chosen()).isEqualTo("c");
        assertThat(pair.rejected()).isEqualTo("d");
    }

    @Test
    void read_conversationsWithoutPrompt_haveWhatBothBeginWith() throws IOException {
        String shared =
                "{'role':'user','content':'q'},{'role':'assistant','content':'a'},{'role':'user','content':'r'}";
        String answers = "'chosen':[" + shared + ",{'role':'assistant','content':'c'}],'rejected':[" + shared
                + ",{'role':'assistant','content':'d'}]";
        for (String prompt : List.of("", "'prompt':'q',", "'system':'Be short.',")) {
            Pair pair = pair("{" + prompt + answers + "}");
            assertThat(pair.prompt()).endsWith(Message.user("q"), Message.assistant("a"), Message.user("r"));
            assertThat(pair.prompt()).hasSize(prompt.contains("system") ? 4 : 3);
            assertThat(pair.chosen()).isEqualTo("c");
        }
        Pair alone = pair("{'prompt':'q','chosen':[{'role':'assistant','content':'c'}],"
                + "'rejected':[{'role':'assistant','content':'d'}]}");
        assertThat(alone.prompt()).containsExactly(Message.user("q"));
    }

    @Test
    void read_judgedAnswers_keepTheirLabels() throws IOException {
        PreferenceData data = read(
                "{'prompt':'p','completion':'a','label':true}",
                "{'prompt':[{'role':'user','content':'q'}],'completion':[{'role':'assistant','content':'b'}],'label':false}");
        assertThat(data.isPaired()).isFalse();
        assertThat(data.examples()).extracting(each -> ((Judged) each).label()).containsExactly(true, false);
        assertThat(data.examples())
                .extracting(each -> ((Judged) each).completion())
                .containsExactly("a", "b");
        assertThat(data.unpaired()).isSameAs(data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'prompt':'p','chosen':'a'} | 'rejected' is missing, found [prompt, chosen]",
                "{'prompt':'p','answer':'a'} | expected prompt, chosen and rejected, or prompt, completion and label",
                "{'prompt':'p','chosen':'a','rejected':'a'} | chosen and rejected are the same text",
                "{'prompt':'p','chosen':'a','rejected':' '} | 'rejected' is blank",
                "{'prompt':'p','chosen':'a','rejected':7} | 'rejected': expected a text, got 7",
                "{'chosen':'pa','rejected':'pb'} | 'prompt' is missing; it may be where",
                "{'prompt':'p','chosen':'a','rejected':[]} | must both be texts or both lists",
                "{'chosen':[],'rejected':[]} | expected one message of the assistant after the prompt, got []",
                "{'prompt':'p','chosen':'a','rejected':'b','tools':[{'x':1}]} | calls of tools are not read",
                "{'prompt':'p','chosen':'a','rejected':'b','images':['x']} | pictures, sound and films are not read",
                "{'prompt':'p','chosen':'a','rejected':'b','context':'x'} | write it into a message",
                "{'prompt':'p','completion':'a','label':true} | the records before are pairs",
                "{'prompt':'p','chosen':'a','rejected':'b' | ``",
                "[1,2] | ``",
                "nothing at all | ``",
                "{'prompt':'z','chosen':[{'role':'user','content':'q'},{'role':'assistant','content':'c'}],'rejected':[{'role':'user','content':'q'},{'role':'assistant','content':'d'}]} | 'prompt' is none of the user's messages",
                "{'chosen':[{'role':'user','content':'q'},{'role':'assistant','content':'c','weight':0}],'rejected':[{'role':'user','content':'q'},{'role':'assistant','content':'d'}]} | is marked as not to be learned",
            })
    void read_badRecord_isNamedWithItsLineAndTheNextIsRead(String bad, String reason) throws IOException {
        PreferenceData data = read(GOOD, bad, GOOD);
        assertThat(data.examples()).hasSize(2);
        assertThat(data.brokenCount()).isEqualTo(1);
        assertThat(data.broken().get(0).line()).isEqualTo(2);
        assertThat(data.broken().get(0).reason()).contains(reason);
        Path file = folder.resolve("p.jsonl");
        Files.writeString(file, bad.replace('\'', '"'));
        if (!reason.contains("records before")) {
            assertThatThrownBy(() -> PreferenceData.read(file))
                    .isInstanceOf(TrainingDataException.class)
                    .hasMessageContaining(file + ": none of its ")
                    .hasMessageContaining(" records can be read; line 1: ");
        }
    }

    @Test
    void read_badLabel_isNamed() throws IOException {
        PreferenceData data = read(
                "{'prompt':'p','completion':'a','label':true}",
                "{'prompt':'p','completion':'a'}",
                "{'prompt':'p','completion':'a','label':'good'}");
        assertThat(data.broken()).extracting(Object::toString).satisfies(reasons -> {
            assertThat(reasons.get(0)).contains("line 2: 'label' is missing");
            assertThat(reasons.get(1)).contains("line 3: 'label': expected true or false, got \"good\"");
        });
    }

    @Test
    void read_file_isRefusedByName() throws IOException {
        assertThatThrownBy(() -> PreferenceData.read(folder.resolve("none.jsonl")))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageEndingWith("none.jsonl: no such file");
        Path csv = Files.writeString(folder.resolve("p.csv"), "prompt,chosen,rejected\na,b,c\n");
        assertThatThrownBy(() -> PreferenceData.read(csv))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining("preferences are read from JSON, expected .jsonl, .ndjson or .json");
        Path empty = Files.writeString(folder.resolve("e.jsonl"), "\n");
        assertThatThrownBy(() -> PreferenceData.read(empty))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining("holds no records");
        assertThatThrownBy(() -> PreferenceData.read(empty, List.of("Chosen")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'chosen' is a field of preferences and cannot be ignored");
    }

    @Test
    void read_arrayAndWrapper_areTheSame() throws IOException {
        String good = GOOD.replace('\'', '"');
        Path array = Files.writeString(folder.resolve("a.json"), "[" + good + ",\n" + good + "]");
        Path wrapper = Files.writeString(folder.resolve("w.json"), "{\"data\": [" + good + "," + good + "]}");
        assertThat(PreferenceData.read(array).examples()).hasSize(2);
        assertThat(PreferenceData.read(wrapper).examples()).hasSize(2).doesNotHaveDuplicates();
        Path beside = Files.writeString(folder.resolve("b.json"), "{\"tools\": [1], \"data\": [" + good + "]}");
        assertThatThrownBy(() -> PreferenceData.read(beside))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining("'tools' beside the list 'data'");
        assertThat(PreferenceData.read(beside, List.of("tools")).examples()).hasSize(1);
        Path ignoring = Files.writeString(folder.resolve("i.jsonl"), good.replace("{", "{\"context\":\"x\","));
        assertThat(PreferenceData.read(ignoring, List.of("context")).examples()).hasSize(1);
    }

    /** Bytes changed at random: an example, a broken record or one error, and nothing else. */
    @Test
    void read_damaged_endsInOneKindOfError() throws IOException {
        byte[] good = (GOOD
                        + "\n{'prompt':[{'role':'user','content':'q'}],'chosen':[{'role':'assistant','content':'c'}],"
                        + "'rejected':[{'role':'assistant','content':'d'}]}\n")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        Path file = folder.resolve("d.jsonl");
        for (int i = 0; i < 400; i++) {
            byte[] damaged = good.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                PreferenceData data = PreferenceData.read(file);
                assertThat(data.examples().size() + data.brokenCount()).isPositive();
            } catch (TrainingDataException e) {
                assertThat(e).as("seed " + seed).hasMessageContaining("d.jsonl");
            }
        }
    }

    @Test
    void unpaired_pairs_areBetterOnesThenWorse() {
        PreferenceData data = PreferenceData.of("x", pairs(3));
        PreferenceData unpaired = data.unpaired();
        assertThat(unpaired.examples())
                .extracting(each -> ((Judged) each).completion())
                .containsExactly("a0", "a1", "a2", "b0", "b1", "b2");
        assertThat(unpaired.examples())
                .extracting(each -> ((Judged) each).label())
                .containsExactly(true, true, true, false, false, false);
        List<PreferenceExample> mixed = new ArrayList<>(data.examples());
        mixed.addAll(unpaired.examples());
        assertThatThrownBy(() -> PreferenceData.of("mixed", mixed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected pairs alone or judged answers alone, got 3 pairs among 9 examples");
    }

    @Test
    void split_samePrompts_stayOnOneSide() {
        List<PreferenceExample> all = new ArrayList<>(pairs(20));
        all.addAll(pairs(20));
        PreferenceData.Split split = PreferenceData.of("x", all).split(0.25, 3);
        assertThat(split.heldOut().examples()).hasSize(10);
        assertThat(split.train().examples()).hasSize(30);
        assertThat(split.train().examples())
                .extracting(PreferenceExample::prompt)
                .doesNotContainAnyElementsOf(split.heldOut().examples().stream()
                        .map(PreferenceExample::prompt)
                        .toList());
        assertThatThrownBy(() -> PreferenceData.of("one", pairs(1)).split(0.5, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot hold out 0.5 of 1 preferences");
    }

    private static List<PreferenceExample> pairs(int count) {
        List<PreferenceExample> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = "word" + (char) ('a' + i);
            pairs.add(new Pair(
                    "p" + i, List.of(Message.user(word + " " + word + word + " say " + i * 7)), "a" + i, "b" + i, 0));
        }
        return pairs;
    }
}

package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.peft.data.Curation.Curated;
import dev.llmadapt.peft.data.Curation.LengthLimit;
import dev.llmadapt.peft.data.Curation.PersonalDataRule;
import dev.llmadapt.peft.data.CurationReport.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CurationTest {
    private static final String LONG =
            "please tell me how I can find out where my new card has been sent and when it will come";

    @Test
    void exactDuplicates_keepTheFirst() {
        Curated curated = Curation.defaults().apply(data("a", "x", "b", "y", "a", "x", "a", "z"));
        assertThat(ids(curated)).containsExactly("0", "1", "3");
        assertThat(curated.report().count(Reason.EXACT_DUPLICATE)).isEqualTo(1);
        assertThat(first(curated.report(), Reason.EXACT_DUPLICATE))
                .containsExactly(new CurationReport.Case("2", 0, "of '0'"));
        assertThat(curated.report().conflicts().first())
                .containsExactly(new CurationReport.Case("3", 0, "the prompt of '0', another answer"));
        assertThat(ids(Curation.defaults().withExactDuplicates(false).apply(data("a", "x", "a", "x"))))
                .hasSize(2);
    }

    @Test
    void nearDuplicates_ofPromptAndAnswer_keepTheFirst() {
        TrainingData data = data(
                LONG,
                "card",
                LONG + " here",
                "card",
                LONG + " now",
                "other",
                LONG.toUpperCase(Locale.ROOT) + "!",
                "Card");
        Curated curated = Curation.defaults().apply(data);
        assertThat(ids(curated)).containsExactly("0", "2");
        assertThat(curated.report().count(Reason.NEAR_DUPLICATE)).isEqualTo(2);
        assertThat(curated.report().table()).contains("0.95 like '0'", "1.00 like '0'");
        assertThat(ids(Curation.defaults().withoutNearDuplicates().apply(data))).hasSize(4);
        assertThat(ids(Curation.defaults().withNearDuplicates(0.99).apply(data)))
                .containsExactly("0", "1", "2");
    }

    /**
     * Texts of words as frequent as Zipf has it, half of them copied with up to twelve words changed and in other case
     * and punctuation. What is near is told by comparing the texts' word triples themselves.
     */
    @Test
    void nearDuplicates_synthetic_areFoundAndNothingElse() {
        int near = 0;
        int found = 0;
        int dropped = 0;
        for (long seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            List<Example> examples = new ArrayList<>();
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 2000; i++) {
                String[] words = new String[15 + random.nextInt(100)];
                Arrays.setAll(words, place -> word(random));
                examples.add(new Example("original " + i, String.join(" ", words), "ok"));
                if (random.nextBoolean()) {
                    String[] copy = words.clone();
                    for (int changes = random.nextInt(13); changes > 0; changes--) {
                        copy[random.nextInt(copy.length)] = word(random);
                    }
                    String text = String.join(random.nextBoolean() ? " " : ", ", copy);
                    examples.add(new Example(
                            "copy " + i, random.nextBoolean() ? text.toUpperCase(Locale.ROOT) : text, "ok"));
                    if (jaccard(words, copy) >= Curation.NEAR) {
                        expected.add("copy " + i);
                    }
                }
            }
            Set<String> kept = new HashSet<>(ids(Curation.defaults().apply(TrainingData.ofExamples("x", examples))));
            near += expected.size();
            found += (int) expected.stream().filter(id -> !kept.contains(id)).count();
            dropped += examples.size() - kept.size();
        }
        assertThat(near).isGreaterThan(500);
        assertThat((double) found / near).as("recall, of " + near).isGreaterThanOrEqualTo(0.99);
        assertThat((double) found / dropped).as("precision, of " + dropped).isGreaterThanOrEqualTo(0.999);
    }

    private static String word(Random random) {
        return "w" + (int) Math.exp(random.nextDouble() * Math.log(5000));
    }

    private static double jaccard(String[] a, String[] b) {
        Set<List<String>> both = triples(a);
        Set<List<String>> all = triples(b);
        int sum = both.size() + all.size();
        both.retainAll(all);
        return (double) both.size() / (sum - both.size());
    }

    private static Set<List<String>> triples(String[] words) {
        Set<List<String>> triples = new HashSet<>();
        for (int i = 2; i < words.length; i++) {
            triples.add(List.of(words[i - 2], words[i - 1], words[i]));
        }
        return triples;
    }

    @Test
    void alpacaTemplate_aloneMakesNoDuplicates() {
        List<TrainingExample> examples = new ArrayList<>();
        for (String word : List.of("red", "green", "blue")) {
            examples.add(TrainingExample.of(
                    word,
                    List.of(
                            Message.user(
                                    "Below is an instruction that describes a task. Write a response that appropriately"
                                            + " completes the request.\n\n### Instruction:\nName something " + word
                                            + "\n\n### Response:"),
                            Message.assistant("ok"))));
        }
        assertThat(Curation.defaults()
                        .withNearDuplicates(0.5)
                        .apply(TrainingData.of("x", examples))
                        .data()
                        .examples())
                .hasSize(3);
    }

    @Test
    void leakage_ofThePrompt_isDroppedWhateverTheAnswer() {
        TrainingData train = data(LONG, "card", "same", "x", "other words", "y", LONG + " today", "z");
        TrainingData test = data("same", "no", LONG, "other");
        Curated curated = Curation.defaults().apply(train, test);
        assertThat(ids(curated)).containsExactly("2");
        assertThat(curated.report().count(Reason.LEAKED)).isEqualTo(3);
        assertThat(curated.report().table())
                .contains("the prompt of '0' of test", "0.95 like the prompt of '1' of test");
        assertThat(ids(Curation.defaults().withoutNearDuplicates().apply(train, test)))
                .containsExactly("2", "3");
    }

    @Test
    void length_limits_nameTheLength() {
        Curated curated = Curation.defaults()
                .withLength(LengthLimit.characters(3, 5))
                .apply(data("a", "b", "ab", "c", "abcde", "f"));
        assertThat(ids(curated)).containsExactly("1");
        assertThat(curated.report().table()).contains("2 characters, at least 3", "6 characters, at most 5");
    }

    @Test
    void answers_overTheLimit_areDrawnBySeed() {
        TrainingData data = random(new Random(1), 200);
        Curation curation = Curation.defaults().withoutNearDuplicates().withMaxPerAnswer(5);
        Curated curated = curation.apply(data);
        assertThat(curated.report().answers().frequent()).allMatch(count -> count.kept() <= 5 && count.read() > 1);
        assertThat(ids(curated)).isEqualTo(ids(curation.apply(data)));
        assertThat(ids(curated)).isNotEqualTo(ids(curation.withSeed(9).apply(data)));
        assertThat(curated.report().answers().frequent())
                .isSortedAccordingTo(Comparator.comparingInt((CurationReport.Count count) -> -count.read()));
    }

    @Test
    void personalData_isFlaggedOrMaskedOrLeft() {
        TrainingData data = data("mail a@b.de or c@d.org", "done", "call +49 170 1234567", "ok");
        Curated flagged = Curation.defaults().apply(data);
        assertThat(flagged.data()).isEqualTo(data);
        CurationReport.Found mail = flagged.report().personalData().stream()
                .filter(found -> found.kind() == PersonalData.EMAIL)
                .findFirst()
                .orElseThrow();
        assertThat(mail.occurrences()).isEqualTo(2);
        assertThat(mail.cases().first()).containsExactly(new CurationReport.Case("0", 0, "2 times"));
        assertThat(flagged.report().table()).doesNotContain("a@b.de");

        Curation mask = Curation.defaults().withPersonalData(PersonalDataRule.MASK, PersonalData.EMAIL);
        assertThat(mask.apply(data).data().examples())
                .extracting(example -> example.prompt().get(0).content())
                .containsExactly("mail <EMAIL> or <EMAIL>", "call +49 170 1234567");
        Curated off = Curation.defaults().withPersonalData(PersonalDataRule.OFF).apply(data);
        assertThat(off.data()).isEqualTo(data);
        assertThat(off.report().personalData()).isEmpty();
    }

    @Test
    void maskedHeldOutData_isStillFoundInTrain() {
        Curation mask = Curation.defaults().withPersonalData(PersonalDataRule.MASK);
        Curated curated = mask.apply(data("write to a@b.de", "x", "else", "y"), data("write to a@b.de", "z"));
        assertThat(ids(curated)).containsExactly("1");
    }

    @Test
    void curation_anyDataAndOptions_keepsItsLaws() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            TrainingData data = random(random, 300);
            TrainingData heldOut = random(random, 20);
            Curation curation = Curation.defaults()
                    .withExactDuplicates(random.nextBoolean())
                    .withLength(LengthLimit.characters(random.nextInt(10), 40 + random.nextInt(200)))
                    .withMaxPerAnswer(1 + random.nextInt(60))
                    .withPersonalData(List.of(PersonalDataRule.values()).get(random.nextInt(3)))
                    .withSeed(seed);
            curation = random.nextBoolean()
                    ? curation.withNearDuplicates(0.4 + random.nextDouble() / 2)
                    : curation.withoutNearDuplicates();

            Curated once = curation.apply(data, heldOut);
            Curated twice = curation.apply(once.data(), heldOut);
            int dropped = Arrays.stream(Reason.values())
                    .mapToInt(once.report()::count)
                    .sum();
            assertThat(dropped + once.data().examples().size())
                    .as("seed " + seed)
                    .isEqualTo(300);
            assertThat(once.report().kept())
                    .as("seed " + seed)
                    .isEqualTo(once.data().examples().size());
            assertThat(twice.data()).as("seed " + seed).isEqualTo(once.data());
            assertThat(ids(once)).as("seed " + seed).isSortedAccordingTo(Comparator.comparingInt(Integer::parseInt));
            assertThat(curation.apply(data, heldOut)).as("seed " + seed).isEqualTo(once);
        }
    }

    @Test
    void report_json_holdsWhatTheRecordsHold() {
        CurationReport report = Curation.defaults()
                .apply(data("a", "x\u001B[2J\n", "a", "x\u001B[2J\n"))
                .report();
        JsonObject json = JsonParser.parseString(report.json()).getAsJsonObject();
        assertThat(json.get("read").getAsInt()).isEqualTo(2);
        assertThat(json.getAsJsonArray("dropped")).hasSize(Reason.values().length);
        assertThat(json.getAsJsonObject("answers")
                        .getAsJsonArray("frequent")
                        .get(0)
                        .getAsJsonObject()
                        .get("kept")
                        .getAsInt())
                .isEqualTo(1);
        assertThat(report.table()).doesNotContain("\u001B").contains("exact duplicate", "kept");
    }

    @Test
    void cases_many_areCountedAndTheFirstKept() {
        String[] texts = new String[200];
        Arrays.fill(texts, "a");
        CurationReport report = Curation.defaults().apply(data(texts)).report();
        assertThat(report.count(Reason.EXACT_DUPLICATE)).isEqualTo(99);
        assertThat(first(report, Reason.EXACT_DUPLICATE)).hasSize(CurationReport.MAX_CASES);
    }

    @Test
    void options_outOfRange_areRefused() {
        assertThatThrownBy(() -> Curation.defaults().withNearDuplicates(0)).hasMessageContaining("nearDuplicates: 0.0");
        assertThatThrownBy(() -> Curation.defaults().withNearDuplicates(Double.NaN))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Curation.defaults().withMaxPerAnswer(0)).hasMessageContaining("maxPerAnswer: 0");
        assertThatThrownBy(() -> LengthLimit.characters(3, 2)).hasMessageContaining("min: 3, max: 2");
    }

    /** Texts of few words, copied, changed and carrying personal data now and then. */
    private static TrainingData random(Random random, int count) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            if (i > 0 && random.nextInt(3) == 0) {
                text.append(examples.get(random.nextInt(i)).input()).append(random.nextBoolean() ? "" : " more");
            } else {
                for (int words = 1 + random.nextInt(25); words > 0; words--) {
                    text.append("w").append(random.nextInt(60)).append(' ');
                }
                text.append(random.nextInt(5) == 0 ? "x" + random.nextInt(3) + "@example.org" : "end");
            }
            examples.add(new Example("" + i, text.toString(), "label " + random.nextInt(4)));
        }
        return TrainingData.ofExamples("random", examples);
    }

    private static TrainingData data(String... promptsAndAnswers) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < promptsAndAnswers.length; i += 2) {
            examples.add(new Example("" + i / 2, promptsAndAnswers[i], promptsAndAnswers[i + 1]));
        }
        return TrainingData.ofExamples("test", examples);
    }

    private static List<CurationReport.Case> first(CurationReport report, Reason reason) {
        return report.dropped().stream()
                .filter(dropped -> dropped.reason() == reason)
                .flatMap(dropped -> dropped.cases().first().stream())
                .toList();
    }

    private static List<String> ids(Curated curated) {
        return curated.data().examples().stream().map(TrainingExample::id).toList();
    }
}

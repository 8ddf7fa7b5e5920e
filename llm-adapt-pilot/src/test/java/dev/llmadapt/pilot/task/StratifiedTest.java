package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StratifiedTest {
    @Test
    void split_randomExamples_keepsItsLaws() {
        for (long seed = 0; seed < 50; seed++) {
            List<Example> examples = random(seed);
            Stratified.Split split = Stratified.split(examples, 0.3, seed);
            String which = "seed " + seed;

            List<Example> all = new ArrayList<>(split.train());
            all.addAll(split.test());
            assertThat(all).as(which).containsExactlyInAnyOrderElementsOf(examples);
            Set<String> trained = texts(split.train());
            assertThat(texts(split.test())).as(which).doesNotContainAnyElementsOf(trained);
            assertThat(Stratified.split(examples, 0.3, seed)).as(which).isEqualTo(split);
        }
    }

    @Test
    void split_distinctTexts_keepsEachLabelsShare() {
        List<Example> examples = new ArrayList<>();
        addDistinct(examples, "large", 100);
        addDistinct(examples, "small", 10);
        addDistinct(examples, "pair", 2);
        addDistinct(examples, "single", 1);
        assertThat(counts(Stratified.split(examples, 0.3, 1).test()))
                .isEqualTo(Map.of("large", 30L, "small", 3L, "pair", 1L));
    }

    @Test
    void split_examplesAddedAndRelabelled_leavesNearlyAllOnTheirSide() {
        List<Example> before = new ArrayList<>();
        addDistinct(before, "a", 50);
        addDistinct(before, "b", 50);
        List<Example> after = new ArrayList<>(before.subList(3, 100));
        after.add(new Example("x", "new text", "a"));
        after.add(new Example("a0", "a text 0", "b"));
        Set<String> first = texts(Stratified.split(before, 0.3, 1).test());
        Set<String> second = texts(Stratified.split(after, 0.3, 1).test());
        second.retainAll(first);
        assertThat(second).hasSizeGreaterThan(26);
    }

    @Test
    void split_anotherSeed_givesAnotherSplit() {
        List<Example> examples = new ArrayList<>();
        addDistinct(examples, "a", 50);
        addDistinct(examples, "b", 50);
        assertThat(Stratified.split(examples, 0.3, 1)).isNotEqualTo(Stratified.split(examples, 0.3, 2));
    }

    @Test
    void split_sameTextUnderTwoLabels_staysOnOneSide() {
        List<Example> examples = List.of(
                new Example("1", "Where is it?", "a"),
                new Example("2", " where  is it? ", "b"),
                new Example("3", "other", "a"),
                new Example("4", "more", "b"),
                new Example("5", "again", "b"));
        for (long seed = 0; seed < 20; seed++) {
            Stratified.Split split = Stratified.split(examples, 0.5, seed);
            assertThat(split.test().contains(examples.get(0)))
                    .as("seed " + seed)
                    .isEqualTo(split.test().contains(examples.get(1)));
        }
    }

    @Test
    void sample_unevenLabels_keepsEachShare() {
        List<Example> examples = new ArrayList<>();
        addDistinct(examples, "large", 90);
        addDistinct(examples, "middle", 60);
        addDistinct(examples, "small", 30);
        assertThat(counts(Stratified.sample(examples, 60, 5)))
                .isEqualTo(Map.of("large", 30L, "middle", 20L, "small", 10L));
    }

    @Test
    void sample_smallerLimit_isPartOfTheLarger() {
        List<Example> examples = random(7);
        for (int limit = 1; limit < examples.size(); limit++) {
            assertThat(Stratified.sample(examples, limit + 1, 3))
                    .as("limit " + limit)
                    .hasSize(limit + 1)
                    .containsAll(Stratified.sample(examples, limit, 3));
        }
    }

    @Test
    void sample_largerThanAll_isAll() {
        List<Example> examples = random(8);
        assertThat(Stratified.sample(examples, 1_000, 3)).isEqualTo(examples);
    }

    @Test
    void without_textsOfOthers_areLeftOut() {
        List<Example> train = List.of(new Example("1", "Same text", "a"), new Example("2", "other", "a"));
        List<Example> test = List.of(new Example("3", " same  TEXT", "a"));
        assertThat(Stratified.without(train, test)).containsExactly(train.get(1));
    }

    private static List<Example> random(long seed) {
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        int count = 5 + random.nextInt(80);
        for (int i = 0; i < count; i++) {
            // Few different texts, so that many occur twice, some under two labels.
            examples.add(new Example("e" + i, "text " + random.nextInt(60), "label" + random.nextInt(4)));
        }
        return examples;
    }

    private static void addDistinct(List<Example> examples, String label, int count) {
        for (int i = 0; i < count; i++) {
            examples.add(new Example(label + i, label + " text " + i, label));
        }
    }

    private static Set<String> texts(List<Example> examples) {
        return new HashSet<>(examples.stream().map(Example::input).toList());
    }

    private static Map<String, Long> counts(List<Example> examples) {
        return examples.stream()
                .map(Example::output)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}

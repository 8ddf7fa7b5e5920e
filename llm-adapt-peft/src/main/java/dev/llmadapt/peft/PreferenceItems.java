package dev.llmadapt.peft;

import dev.llmadapt.Message;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.data.PreferenceExample;
import dev.llmadapt.peft.data.PreferenceExample.Judged;
import dev.llmadapt.peft.data.PreferenceExample.Pair;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.Preferences;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Preferences as texts of a model's tokens.
 *
 * @param items to learn
 * @param names of these, for messages
 * @param leftOut how many cannot be learned
 */
record PreferenceItems(List<Preferences.Item> items, List<String> names, int leftOut) {
    private static final Logger LOG = LoggerFactory.getLogger(PreferenceItems.class);
    private static final int MAX_NAMED = 5;

    /**
     * The items of preferences. Those that a chat template refuses, or whose answer is too long, are left out, and the
     * first of them are named in the log.
     *
     * @throws TrainingException if none can be learned, or KTO finds no answer to another prompt
     */
    static PreferenceItems of(PreferenceData data, PreferenceLoss loss, ExampleTexts texts) {
        List<PreferenceExample> kept = new ArrayList<>();
        List<TrainingText> firsts = new ArrayList<>();
        List<TrainingText> seconds = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (PreferenceExample example : data.examples()) {
            String answer = example instanceof Pair pair ? pair.chosen() : ((Judged) example).completion();
            ExampleTexts.Outcome better = texts.of(example.prompt(), answer);
            ExampleTexts.Outcome worse =
                    example instanceof Pair pair ? texts.of(example.prompt(), pair.rejected()) : better;
            TrainingText first = better.text();
            TrainingText second = worse.text();
            if (first == null || second == null) {
                refusals.add(example.place() + ": " + (first == null ? better : worse).refusal());
                continue;
            }
            kept.add(example);
            firsts.add(first);
            seconds.add(second);
        }
        if (kept.isEmpty()) {
            throw new TrainingException(data.origin() + ": none of its "
                    + data.examples().size() + " preferences can be learned; the first is " + refusals.get(0));
        }
        if (!refusals.isEmpty()) {
            LOG.warn(
                    "{}: {} of {} preferences cannot be learned and are left out: {}",
                    data.origin(),
                    refusals.size(),
                    data.examples().size(),
                    String.join("; ", refusals.subList(0, Math.min(MAX_NAMED, refusals.size()))));
        }
        if (loss instanceof PreferenceLoss.Kto) {
            seconds = answersToOthers(data.origin(), kept, texts);
        }
        List<Preferences.Item> items = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            boolean desirable = !(kept.get(i) instanceof Judged judged) || judged.label();
            items.add(item(firsts.get(i), seconds.get(i), desirable));
        }
        return new PreferenceItems(
                items, kept.stream().map(PreferenceExample::place).toList(), refusals.size());
    }

    /** To each prompt the answer of the nearest example before it, round the end, that has another prompt. */
    private static List<TrainingText> answersToOthers(
            String origin, List<PreferenceExample> examples, ExampleTexts texts) {
        int count = examples.size();
        int[] other = new int[count];
        int last = -1; // the nearest before that has another prompt
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < count; i++) {
                int before = (i + count - 1) % count;
                if (!samePrompt(examples, before, i)) {
                    last = before;
                }
                other[i] = last;
            }
        }
        if (last < 0) {
            throw new TrainingException(
                    origin + ": all preferences have one prompt, and KTO estimates how far the model"
                            + " has gone by answers to other prompts; take more prompts, or pairs and DPO");
        }
        List<TrainingText> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String answer = ((Judged) examples.get(other[i])).completion();
            ExampleTexts.Outcome outcome = texts.of(examples.get(i).prompt(), answer);
            TrainingText text = outcome.text();
            if (text == null) {
                throw new TrainingException(examples.get(i).place() + " with the answer of "
                        + examples.get(other[i]).place() + ": " + outcome.refusal());
            }
            seconds.add(text);
        }
        return seconds;
    }

    private static boolean samePrompt(List<PreferenceExample> examples, int a, int b) {
        List<Message> one = examples.get(a).prompt();
        return one.equals(examples.get(b).prompt());
    }

    /** Where one text has lost more of the prompt's beginning than the other, the other loses as much. */
    private static Preferences.Item item(TrainingText first, TrainingText second, boolean desirable) {
        int prompt = Math.min(first.firstLearned(), second.firstLearned());
        return new Preferences.Item(withPrompt(first, prompt), withPrompt(second, prompt), desirable);
    }

    private static TrainingText withPrompt(TrainingText text, int tokens) {
        int cut = text.firstLearned() - tokens;
        return cut == 0
                ? text
                : new TrainingText(
                        Arrays.copyOfRange(text.ids(), cut, text.ids().length),
                        Arrays.copyOfRange(text.learned(), cut, text.learned().length));
    }

    /** The SHA-256 of items to learn and to measure. */
    static String sha256(PreferenceItems learned, PreferenceItems measured) {
        MessageDigest digest = Sha256.newDigest();
        for (PreferenceItems side : List.of(learned, measured)) {
            digest.update((byte) '|');
            for (Preferences.Item item : side.items()) {
                for (TrainingText text : List.of(item.first(), item.second())) {
                    digest.update(Arrays.toString(text.ids()).getBytes(StandardCharsets.UTF_8));
                    digest.update(Arrays.toString(text.learned()).getBytes(StandardCharsets.UTF_8));
                }
                digest.update((byte) (item.desirable() ? '+' : '-'));
            }
        }
        return Sha256.hex(digest);
    }
}

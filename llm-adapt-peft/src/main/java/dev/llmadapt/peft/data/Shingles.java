package dev.llmadapt.peft.data;

import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.util.Arrays;
import java.util.List;

/**
 * The features that near-duplicates are judged by: the set of word 3-shingles (Broder 1997, "On the resemblance and
 * containment of documents"), as sorted 32-bit hashes, of the prompt and of the answer apart. Case, white space and
 * marks of punctuation are put aside; other signs are words, as is each character of scripts that write no spaces. A
 * text of fewer than three words is one shingle. System messages and Alpaca's template, which whole files share, are
 * left out of the prompt: a file's examples would all look alike.
 *
 * @param scope the system message: examples under different ones are no duplicates
 * @param prompt of all messages before the answer
 * @param answer of the last message
 */
record Shingles(String scope, int[] prompt, int[] answer) {
    private static final int WIDTH = 3;
    private static final String PUNCTUATION = ".,;:!?'\"\u2026\u201C\u201D\u2018\u2019\u3002\u3001\uFF0C\uFF01\uFF1F";

    /** Those of tatsu-lab/stanford_alpaca, train.py, which files of written-out prompts begin with. */
    private static final String[] TEMPLATES = {
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a"
                + " response that appropriately completes the request.\n\n",
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    };

    static Shingles of(TrainingExample example) {
        List<Message> messages = example.prompt();
        boolean system = messages.get(0).role() == Role.SYSTEM;
        Builder prompt = new Builder();
        for (Message message : system ? messages.subList(1, messages.size()) : messages) {
            prompt.add(withoutTemplate(TrainingExample.said(message)));
        }
        Builder answer = new Builder();
        answer.add(example.completion());
        return new Shingles(system ? messages.get(0).content() : "", prompt.sorted(), answer.sorted());
    }

    /** The shingles of one text. */
    static int[] of(String text) {
        Builder builder = new Builder();
        builder.add(text);
        return builder.sorted();
    }

    /** The Jaccard similarity |A and B| / |A or B| of two sets, sorted; 1 for two empty sets. */
    static double jaccard(int[] a, int[] b) {
        int i = 0;
        int j = 0;
        int common = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                common++;
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        int all = a.length + b.length - common;
        return all == 0 ? 1 : (double) common / all;
    }

    private static String withoutTemplate(String text) {
        for (String template : TEMPLATES) {
            if (text.startsWith(template)) {
                return text.substring(template.length());
            }
        }
        return text;
    }

    /** Collects shingles; none spans two texts. */
    private static final class Builder {
        private int[] hashes = new int[64];
        private int size;

        void add(String text) {
            long older = 0;
            long old = 0;
            int words = 0;
            int at = 0;
            while (at < text.length()) {
                int code = text.codePointAt(at);
                at += Character.charCount(code);
                if (Character.isWhitespace(code) || PUNCTUATION.indexOf(code) >= 0 || !isSpacing(code)) {
                    continue;
                }
                long word = Character.toLowerCase(code) + 1L;
                if (isLetter(code)) {
                    while (at < text.length() && isLetter(text.codePointAt(at))) {
                        int next = text.codePointAt(at);
                        word = word * 0x100000001B3L + Character.toLowerCase(next) + 1;
                        at += Character.charCount(next);
                    }
                }
                word = mix(word);
                if (++words >= WIDTH) {
                    put(mix(mix(older) + old) + word);
                }
                older = old;
                old = word;
            }
            if (words == 0) {
                put(text.strip().hashCode());
            } else if (words < WIDTH) {
                put(mix(mix(older) + old) + words);
            }
        }

        /** Whether it stands for itself or in a word, rather than being a control character or a lone mark. */
        private static boolean isSpacing(int code) {
            return !Character.isISOControl(code) && Character.getType(code) != Character.FORMAT;
        }

        /** Whether it continues a word; characters of scripts without spaces do not. */
        private static boolean isLetter(int code) {
            if (code < 0x0E00) {
                return Character.isLetterOrDigit(code) || Character.getType(code) == Character.NON_SPACING_MARK;
            }
            return (Character.isLetterOrDigit(code) || Character.getType(code) == Character.NON_SPACING_MARK)
                    && switch (Character.UnicodeScript.of(code)) {
                        case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> false;
                        default -> true;
                    };
        }

        private void put(long hash) {
            if (size == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * size);
            }
            hashes[size++] = (int) (mix(hash) >>> 32);
        }

        int[] sorted() {
            Arrays.sort(hashes, 0, size);
            int distinct = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || hashes[i] != hashes[i - 1]) {
                    hashes[distinct++] = hashes[i];
                }
            }
            return Arrays.copyOf(hashes, distinct);
        }
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output. */
    static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}

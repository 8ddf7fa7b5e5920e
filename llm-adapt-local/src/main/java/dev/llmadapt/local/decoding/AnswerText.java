package dev.llmadapt.local.decoding;

import dev.llmadapt.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The text of an answer as its tokens come: a piece that is given out never changes later, never splits a character and
 * never shows a stop text, nor the beginning of what may become one. Where tools may be called, what calls them is kept
 * apart, and stop texts count before it only. Not thread-safe.
 */
final class AnswerText {
    private static final char REPLACEMENT = '\uFFFD'; // what a decoder makes of an incomplete character

    private final TextTokenizer tokenizer;
    private final List<String> stop;
    private int[] ids = new int[16];
    private int count;
    private int context; // ids from here on give the text of the last piece and the new one its white space
    private int given; // ids before here are decoded into `held` or given out
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;
    private final Optional<Triggers> triggers;
    private final StringBuilder block = new StringBuilder(); // from the trigger on
    private boolean begun; // with what is no white space
    private boolean triggered;
    private boolean over; // no more tokens come
    private boolean incomplete; // a character, by tokens after the given ones
    private List<Integer> bytes = List.of(); // of the last token
    private final Optional<ThoughtSplit> split;
    private final Map<Integer, String> shown;

    AnswerText(TextTokenizer tokenizer, List<String> stop) {
        this(tokenizer, stop, Optional.empty());
    }

    AnswerText(TextTokenizer tokenizer, List<String> stop, Optional<Triggers> triggers) {
        this(
                tokenizer,
                stop,
                triggers,
                Optional.empty(),
                triggers.map(Triggers::shown).orElse(Map.of()));
    }

    /**
     * The text of an answer that may begin with a thought, which is kept apart; stop texts and triggers count after it.
     *
     * @param shown special tokens that count as text, by their ids
     */
    AnswerText(
            TextTokenizer tokenizer,
            List<String> stop,
            Optional<Triggers> triggers,
            Optional<ThoughtSplit> split,
            Map<Integer, String> shown) {
        this.split = split;
        this.shown = Map.copyOf(shown);
        this.tokenizer = tokenizer;
        this.stop = stop;
        this.triggers = triggers;
        this.triggered = triggers.filter(Triggers::required).isPresent();
    }

    /** The same text so far, of tokens that go on apart; without stop texts, triggers and a thought. */
    AnswerText copy() {
        if (!stop.isEmpty() || triggers.isPresent() || split.isPresent()) {
            throw new IllegalStateException("only a plain text is copied");
        }
        AnswerText copy = new AnswerText(tokenizer, stop, triggers, split, shown);
        copy.ids = ids.clone();
        copy.count = count;
        copy.context = context;
        copy.given = given;
        copy.incomplete = incomplete;
        return copy;
    }

    /**
     * What begins tool calls.
     *
     * @param texts one of them begins every block of calls
     * @param atStart whether only at the start of an answer, after white space
     * @param required whether the answer is a block of calls from its first token on
     * @param shown special tokens that count as text, by their ids
     */
    record Triggers(List<String> texts, boolean atStart, boolean required, Map<Integer, String> shown) {}

    private String decode(int from, int to) {
        return tokenizer.decode(ids, from, to, shown);
    }

    /** What was written from the trigger on, empty if there was none. */
    String block() {
        return block.toString();
    }

    /** Adds a token and returns the text that became final with it. */
    String add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
        }
        ids[count++] = id;
        String before = decode(context, given);
        String after = decode(context, count);
        boolean open = !after.isEmpty() && after.charAt(after.length() - 1) == REPLACEMENT;
        if (open || after.length() <= before.length()) {
            bytes = open || incomplete ? ownBytes(id, "") : List.of();
            incomplete |= open;
            return "";
        }
        context = given;
        given = count;
        String piece = after.substring(before.length());
        bytes = incomplete ? ownBytes(id, piece) : utf8(piece);
        incomplete = false;
        return release(split.map(parts -> parts.add(piece)).orElse(piece));
    }

    /** The bytes that the token added last stands for. */
    List<Integer> bytes() {
        return bytes;
    }

    /** Returns the bytes of a token that may be a part of a character, or those of a text where they are not known. */
    private List<Integer> ownBytes(int id, String otherwise) {
        String marker = shown.get(id);
        return marker != null
                ? utf8(marker)
                : tokenizer.bytes(id).map(AnswerText::list).orElseGet(() -> utf8(otherwise));
    }

    private static List<Integer> utf8(String text) {
        return list(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Integer> list(byte[] bytes) {
        List<Integer> list = new ArrayList<>(bytes.length);
        for (byte each : bytes) {
            list.add(each & 0xff);
        }
        return list;
    }

    /** Returns tokens that may come next with the text that each would complete. */
    List<Token.Candidate> candidates(List<Likeliest.Entry> likeliest) {
        if (likeliest.isEmpty()) {
            return List.of();
        }
        int[] next = Arrays.copyOfRange(ids, context, count + 1);
        int length = decode(context, given).length();
        List<Token.Candidate> candidates = new ArrayList<>();
        for (Likeliest.Entry each : likeliest) {
            next[next.length - 1] = each.id();
            String after = tokenizer.decode(next, 0, next.length, shown);
            String text = after.substring(Math.min(length, after.length()));
            boolean part = incomplete || (!text.isEmpty() && text.charAt(text.length() - 1) == REPLACEMENT);
            String special =
                    text.isEmpty() || (part && !shown.containsKey(each.id())) ? tokenizer.special(each.id()) : "";
            String written = special.isEmpty() ? text : special;
            candidates.add(new Token.Candidate(
                    each.id(),
                    written,
                    each.logProbability(),
                    part && special.isEmpty() ? ownBytes(each.id(), text) : utf8(written)));
        }
        return candidates;
    }

    /** Returns what became final of the thought before the answer since the last call. */
    String takeThought() {
        return split.map(ThoughtSplit::takeThought).orElse("");
    }

    /** Whether text is held back that may yet be final. */
    boolean holds() {
        return !stopped
                && (held.length() > 0
                        || given < count
                        || split.filter(ThoughtSplit::holds).isPresent());
    }

    /** Whether a stop text was met; tokens after it count for nothing. */
    boolean stopped() {
        return stopped;
    }

    /** Returns the text held back, when no more tokens come. */
    String finish() {
        if (stopped) {
            return "";
        }
        String before = decode(context, given);
        String after = decode(context, count);
        given = count;
        over = true;
        String piece = after.substring(Math.min(before.length(), after.length()));
        String released =
                release(split.map(parts -> parts.add(piece) + parts.finish()).orElse(piece));
        if (stopped) {
            return released;
        }
        String rest = released + held;
        held.setLength(0);
        return rest;
    }

    private String release(String piece) {
        if (triggered) {
            block.append(piece);
            return "";
        }
        held.append(piece);
        int end = -1;
        for (String text : stop) {
            int at = held.indexOf(text);
            end = at >= 0 && (end < 0 || at < end) ? at : end;
        }
        int trigger = triggers.map(this::trigger).orElse(-1);
        // what may become a trigger is held, with a stop text in it
        int open = over ? held.length() : triggers.map(this::triggerBegins).orElse(held.length());
        if (trigger >= 0 && (end < 0 || end >= trigger)) {
            triggered = true;
            block.append(held, trigger, held.length());
            String before = triggers.orElseThrow().atStart() ? "" : held.substring(0, trigger);
            held.setLength(0);
            return before;
        } else if (end >= 0 && end < open) {
            stopped = true;
        } else {
            end = Math.min(held.length() - longestBeginning(stop), open);
        }
        String released = held.substring(0, end);
        held.delete(0, stopped ? held.length() : end);
        begun |= !released.isBlank();
        return released;
    }

    /** Returns where a trigger stands in the held text, or -1. */
    private int trigger(Triggers wanted) {
        if (wanted.atStart()) {
            int from = blanks();
            boolean found = !begun && wanted.texts().stream().anyMatch(text -> held.indexOf(text, from) == from);
            return found ? from : -1;
        }
        return wanted.texts().stream()
                .mapToInt(held::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
    }

    /** Returns where what may become a trigger begins in the held text, in which none stands; its length if nowhere. */
    private int triggerBegins(Triggers wanted) {
        if (!wanted.atStart()) {
            return held.length() - longestBeginning(wanted.texts());
        }
        String start = held.substring(blanks());
        boolean may = !begun && wanted.texts().stream().anyMatch(text -> text.startsWith(start));
        return may ? 0 : held.length();
    }

    private int blanks() {
        int at = 0;
        while (at < held.length() && " \t\r\n".indexOf(held.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** Returns the length of the longest end of the held text that is the beginning of one of these texts. */
    private int longestBeginning(List<String> texts) {
        int longest = 0;
        for (String text : texts) {
            for (int length = Math.min(text.length() - 1, held.length()); length > longest; length--) {
                if (text.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}

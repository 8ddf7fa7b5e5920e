package dev.llmadapt.rag;

import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.CitedAnswer.Citation;
import dev.llmadapt.rag.CitedAnswer.Nearest;
import dev.llmadapt.rag.factcheck.Support;
import dev.llmadapt.rag.factcheck.SupportCheck;
import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.splitting.Splitter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The check of an answer against the sources that the model saw. The answer is cut into statements: sentences, and
 * within a sentence with several numbers in brackets the words before each number. A number becomes a citation if its
 * source supports the statement. A statement without a number is compared with the sources, the nearest first.
 */
final class CitationCheck {
    private static final Pattern MARK = Pattern.compile(
            "(^|\\n)?[ \\t]*\\[(?:sources?\\s*)?(\\d{1,4}(?:\\s*[,;]\\s*\\d{1,4})*)]", Pattern.CASE_INSENSITIVE);

    private final Grounding grounding;
    private final String question;
    private final List<Passage> sources;
    private final List<Citation> citations = new ArrayList<>(); // places in the text without marks
    private final List<Nearest> nearest = new ArrayList<>();
    private final List<Integer> unresolved = new ArrayList<>();
    private final TreeMap<Integer, String> kept = new TreeMap<>(); // marks by place

    CitationCheck(Grounding grounding, String question, List<Passage> sources) {
        this.grounding = grounding;
        this.question = question;
        this.sources = sources;
    }

    /** Numbers in brackets and their position in the text. */
    private record Mark(int at, boolean leads, List<Integer> numbers) {}

    /** A statement and the numbers after it. */
    private record Statement(int start, int end, int mark, List<Integer> numbers) {}

    /** Returns the checked answer; it is never a refusal. */
    CitedAnswer of(Generation generation, List<String> flagged) {
        List<Mark> marks = new ArrayList<>();
        String bare = withoutMarks(generation.text(), marks);
        int from = 0;
        for (String sentence : Splitter.sentencesOf(bare)) {
            int start = bare.indexOf(sentence, from);
            from = start + sentence.length();
            for (Statement statement : statements(bare, start, from, marks)) {
                check(bare.substring(statement.start(), statement.end()), statement);
            }
        }
        return new CitedAnswer(
                generation,
                withKept(bare),
                RagOptions.Wording.MODEL,
                sources,
                citations.stream().map(this::placed).toList(),
                nearest,
                unresolved,
                false,
                flagged);
    }

    private String withoutMarks(String written, List<Mark> marks) {
        StringBuilder bare = new StringBuilder();
        int from = 0;
        for (Matcher matcher = MARK.matcher(written); matcher.find(); ) {
            bare.append(written, from, matcher.start());
            boolean leads = matcher.group(1) != null;
            bare.append(leads ? matcher.group(1) : "");
            List<Integer> numbers = new ArrayList<>();
            for (String number : matcher.group(2).split("\\D+", -1)) {
                int each = Integer.parseInt(number);
                (each >= 1 && each <= sources.size() ? numbers : unresolved).add(each);
            }
            marks.add(new Mark(bare.length(), leads, numbers));
            from = matcher.end();
        }
        return bare.append(written.substring(from)).toString();
    }

    private static List<Statement> statements(String bare, int start, int end, List<Mark> marks) {
        List<Statement> statements = new ArrayList<>();
        List<Integer> leading = new ArrayList<>();
        int from = start;
        for (Mark mark : marks) {
            if (mark.leads()
                    ? mark.at() > start || !isBlank(bare, mark.at(), start)
                    : mark.at() <= start || mark.at() > end) {
                continue;
            }
            if (mark.leads()) {
                leading.addAll(mark.numbers());
            } else if (hasLetters(bare, from, mark.at())) {
                statements.add(new Statement(from, mark.at(), mark.at(), mark.numbers()));
                from = mark.at();
            } else if (!statements.isEmpty()) {
                Statement last = statements.remove(statements.size() - 1);
                List<Integer> both = new ArrayList<>(last.numbers());
                both.addAll(mark.numbers());
                statements.add(new Statement(last.start(), last.end(), last.mark(), both));
            }
        }
        if (hasLetters(bare, from, end)) {
            statements.add(new Statement(from, end, end, leading));
        } else if (!statements.isEmpty()) { // the full stop
            Statement last = statements.remove(statements.size() - 1);
            statements.add(new Statement(last.start(), end, last.mark(), last.numbers()));
        }
        return statements;
    }

    private static boolean isBlank(String text, int from, int to) {
        return from <= to && text.substring(from, to).isBlank();
    }

    private static boolean hasLetters(String text, int from, int to) {
        return from < to && text.substring(from, to).codePoints().anyMatch(Character::isLetterOrDigit);
    }

    private void check(String words, Statement statement) {
        List<Integer> written = new ArrayList<>();
        List<Nearest> failed = new ArrayList<>();
        for (int number : statement.numbers().stream().distinct().toList()) {
            Support support = support(words, number);
            if (support.isSupported()) {
                written.add(number);
                cite(statement, number, support, true);
            } else {
                failed.add(new Nearest(words.strip(), number, sources.get(number - 1), support, true));
            }
        }
        if (!written.isEmpty()) {
            String numbers = written.stream().map(String::valueOf).collect(Collectors.joining(", "));
            kept.merge(statement.mark(), " [" + numbers + "]", String::concat);
            return;
        }
        if (SupportCheck.words(words) == 0) {
            return; // "Yes, of course."
        }
        double[] near = grounding.nearness(question, words, sources);
        List<Integer> order = IntStream.rangeClosed(1, sources.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer each) -> -near[each - 1]))
                .toList();
        Support first = support(words, order.get(0));
        for (int number : order) {
            Support support = number == order.get(0) ? first : support(words, number);
            if (support.isSupported()) {
                cite(statement, number, support, false);
                return;
            }
        }
        nearest.add(
                failed.isEmpty()
                        ? new Nearest(words.strip(), order.get(0), sources.get(order.get(0) - 1), first, false)
                        : failed.get(0));
    }

    private void cite(Statement statement, int number, Support support, boolean written) {
        citations.add(
                new Citation(statement.start(), statement.end(), number, sources.get(number - 1), support, written));
    }

    private Support support(String statement, int number) {
        Passage source = sources.get(number - 1);
        return SupportCheck.of(
                statement,
                SupportCheck.textOf(source),
                grounding.similarity(question, statement.strip(), source),
                grounding.thresholds().similarity());
    }

    private String withKept(String bare) {
        StringBuilder text = new StringBuilder(bare);
        kept.descendingMap().forEach(text::insert);
        return text.toString();
    }

    /** Returns a citation with its positions in the text that contains the kept marks. */
    private Citation placed(Citation each) {
        int start = each.start()
                + kept.headMap(each.start(), true).values().stream()
                        .mapToInt(String::length)
                        .sum();
        int end = each.end()
                + kept.headMap(each.end(), false).values().stream()
                        .mapToInt(String::length)
                        .sum();
        return new Citation(start, Math.max(start, end), each.number(), each.passage(), each.support(), each.written());
    }
}

package dev.llmadapt.peft.data;

import com.google.gson.stream.JsonWriter;
import dev.llmadapt.peft.data.CurationReport.Answers;
import dev.llmadapt.peft.data.CurationReport.Case;
import dev.llmadapt.peft.data.CurationReport.Cases;
import dev.llmadapt.peft.data.CurationReport.Count;
import dev.llmadapt.peft.data.CurationReport.Dropped;
import dev.llmadapt.peft.data.CurationReport.Found;
import dev.llmadapt.peft.data.TrainingData.BrokenLine;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A report of curation as lines and as JSON. */
public final class CurationText {
    private static final int SHOWN_CASES = 3;
    private static final int SHOWN_LINES = 20;
    private static final int SHOWN_FIELDS = 20;
    private static final int SHOWN_ANSWERS = 10;

    private CurationText() {}

    /** As lines. */
    public static String table(CurationReport report) {
        StringBuilder out = new StringBuilder();
        out.append(report.origin()).append('\n');
        report.fields().taken().forEach((meaning, fields) -> words(out, meaning, fields));
        if (!report.fields().unread().isEmpty()) {
            words(out, "not read", report.fields().unread().keySet());
        }
        line(out, "read", report.read());
        for (Dropped dropped : report.dropped()) {
            cases(out, words(dropped.reason()), dropped.cases(), "");
        }
        line(out, "kept", report.kept());
        if (report.broken() > 0) {
            line(out, "broken lines", report.broken());
            report.brokenLines().stream()
                    .limit(SHOWN_LINES)
                    .forEach(broken -> note(out, "line " + broken.line(), broken.reason()));
        }
        for (Found found : report.personalData()) {
            cases(out, words(found.kind()) + " in", found.cases(), ", " + found.occurrences() + " in all");
        }
        cases(out, "conflicting answers", report.conflicts(), "");
        Answers answers = report.answers();
        if (!answers.frequent().isEmpty()) {
            line(out, "different answers", answers.distinct());
            for (Count count : answers.frequent()
                    .subList(0, Math.min(SHOWN_ANSWERS, answers.frequent().size()))) {
                note(out, count.kept() + " of " + count.read(), count.answer());
            }
        }
        return out.toString();
    }

    private static void cases(StringBuilder out, String name, Cases cases, String more) {
        if (cases.count() == 0) {
            return;
        }
        out.append(String.format(Locale.ROOT, "  %-20s %9d%s", name, cases.count(), more))
                .append("\n");
        for (Case example :
                cases.first().subList(0, Math.min(SHOWN_CASES, cases.first().size()))) {
            note(
                    out,
                    (example.line() > 0 ? "line " + example.line() + ", " : "") + oneLine(example.id()),
                    example.detail());
        }
    }

    private static void line(StringBuilder out, String name, long count) {
        out.append(String.format(Locale.ROOT, "  %-20s %9d", name, count)).append('\n');
    }

    private static void words(StringBuilder out, String name, Collection<String> words) {
        String text = words.stream().limit(SHOWN_FIELDS).collect(Collectors.joining(", "))
                + (words.size() > SHOWN_FIELDS ? ", ..." : "");
        out.append(String.format(Locale.ROOT, "  %-20s %s", name, oneLine(text)))
                .append('\n');
    }

    private static void note(StringBuilder out, String where, String what) {
        out.append("      ").append(where).append(": ").append(oneLine(what)).append('\n');
    }

    /** Cuts control characters: a text from a file must not steer a terminal. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** As JSON. */
    public static String json(CurationReport report) {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setIndent("  ");
            json.beginObject();
            json.name("origin").value(report.origin());
            json.name("read").value(report.read());
            json.name("kept").value(report.kept());
            json.name("broken").value(report.broken());
            json.name("brokenLines").beginArray();
            for (BrokenLine broken : report.brokenLines()) {
                json.beginObject().name("line").value(broken.line());
                json.name("reason").value(broken.reason()).endObject();
            }
            json.endArray().name("fields").beginObject().name("taken").beginObject();
            for (Map.Entry<String, Set<String>> taken : report.fields().taken().entrySet()) {
                json.name(taken.getKey()).beginArray();
                for (String field : taken.getValue()) {
                    json.value(field);
                }
                json.endArray();
            }
            json.endObject().name("unread").beginObject();
            for (Map.Entry<String, Long> unread : report.fields().unread().entrySet()) {
                json.name(unread.getKey()).value(unread.getValue());
            }
            json.endObject().endObject().name("dropped").beginArray();
            for (Dropped dropped : report.dropped()) {
                json.beginObject().name("reason").value(dropped.reason().name());
                cases(json, dropped.cases());
                json.endObject();
            }
            json.endArray().name("personalData").beginArray();
            for (Found found : report.personalData()) {
                json.beginObject().name("kind").value(found.kind().name());
                json.name("occurrences").value(found.occurrences());
                cases(json, found.cases());
                json.endObject();
            }
            json.endArray().name("conflicts").beginObject();
            json.name("count").value(report.conflicts().count());
            first(json, report.conflicts());
            json.endObject().name("answers").beginObject();
            json.name("distinct").value(report.answers().distinct());
            json.name("frequent").beginArray();
            for (Count count : report.answers().frequent()) {
                json.beginObject().name("answer").value(count.answer());
                json.name("read").value(count.read());
                json.name("kept").value(count.kept()).endObject();
            }
            json.endArray().endObject().endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory can be written
        }
        return text.toString();
    }

    private static void cases(JsonWriter json, Cases cases) throws IOException {
        json.name("cases").beginObject().name("count").value(cases.count());
        first(json, cases);
        json.endObject();
    }

    private static void first(JsonWriter json, Cases cases) throws IOException {
        json.name("first").beginArray();
        for (Case example : cases.first()) {
            json.beginObject().name("id").value(example.id());
            json.name("line").value(example.line());
            json.name("detail").value(example.detail()).endObject();
        }
        json.endArray();
    }
}

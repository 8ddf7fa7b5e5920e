package dev.llmadapt.local.constraint;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint.Triggered;
import dev.llmadapt.OutputConstraint.Triggered.Notation;
import dev.llmadapt.OutputConstraint.Triggered.Tag;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles free text up to a trigger and the block that the trigger begins. The free text is one terminal, the texts
 * that do not have the trigger, whose derivatives are the states of the automaton that looks for it (Knuth, Morris and
 * Pratt 1977).
 */
final class TriggeredText {
    private TriggeredText() {}

    /**
     * Compiles a constraint.
     *
     * @throws ConstraintException if a schema cannot be kept exactly or no value fits it; names the tag
     */
    static Grammar compile(Triggered triggered, Regexes regexes) {
        triggered.tags().forEach(tag -> requireFits(tag));
        Grammar grammar = new Grammar();
        int rule = grammar.rule("the answer");
        int begin = grammar.start(rule);
        int last = grammar.state(rule);
        grammar.last(last);
        int block = grammar.state(rule);
        if (triggered.required()) {
            grammar.skip(begin, block);
        } else {
            free(triggered, regexes, grammar, begin, block, last);
        }
        int tag = grammar.state(rule); // before a tag
        List<byte[]> opens = new ArrayList<>();
        triggered.opens().forEach(open -> opens.add(open.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        grammar.read(block, regexes.literals(opens), tag);
        int after = grammar.state(rule);
        for (Tag each : triggered.tags()) {
            int value = grammar.state(rule);
            int end = grammar.state(rule);
            grammar.read(tag, regexes.literal(each.begin()), value);
            grammar.call(value, value(each, regexes, grammar), end);
            grammar.read(end, regexes.literal(each.end()), after);
        }
        if (triggered.repeated()) {
            grammar.read(after, regexes.literal(triggered.separator()), tag);
        }
        grammar.read(after, regexes.literal(triggered.close()), last);
        return grammar;
    }

    private static void free(Triggered triggered, Regexes regexes, Grammar grammar, int begin, int block, int last) {
        List<Regex> triggers =
                triggered.triggers().stream().map(regexes::literal).toList();
        if (triggered.atStart()) {
            Regex blank = regexes.bytes(
                    ByteSet.of(' ').or(ByteSet.of('\t')).or(ByteSet.of('\n')).or(ByteSet.of('\r')));
            grammar.read(begin, regexes.repeat(blank, 0, JsonText.MAX_WHITESPACE), block);
            Regex having = regexes.concat(regexes.star(blank), regexes.or(triggers), regexes.all);
            grammar.read(begin, regexes.not(having), last);
        } else {
            int free = grammar.state(grammar.states.get(begin).rule);
            Regex having = regexes.concat(regexes.all, regexes.or(triggers), regexes.all);
            grammar.read(begin, regexes.not(having), free);
            grammar.skip(free, block);
            grammar.skip(free, last);
        }
    }

    private static int value(Tag tag, Regexes regexes, Grammar grammar) {
        if (tag.notation() == Notation.JSON && !(tag.schema() instanceof JsonSchema.Document)) {
            return BuiltSchemas.add(tag.schema(), regexes, grammar);
        }
        JsonElement schema = JsonParser.parseString(tag.schema().jsonSchema());
        return tag.notation() == Notation.JSON
                ? SchemaCompiler.add(schema, new JsonText(regexes, false), grammar)
                : SchemaCompiler.addArguments(schema, regexes, grammar);
    }

    /** Compiles the value of a tag alone: among others, one that no value fits would only never be written. */
    private static void requireFits(Tag tag) {
        try {
            Regexes regexes = new Regexes();
            Grammar grammar = new Grammar();
            value(tag, regexes, grammar);
            grammar.finish(regexes);
        } catch (ConstraintException e) {
            throw new ConstraintException(e.keyword(), "after '" + tag.begin() + "': " + e.getMessage());
        }
    }
}

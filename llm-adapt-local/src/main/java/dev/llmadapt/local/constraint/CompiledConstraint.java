package dev.llmadapt.local.constraint;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import java.util.function.Function;

/**
 * A constraint on texts, ready for masks over a vocabulary: what answers with the same constraint share. Thread-safe:
 * its matchers take turns.
 */
public final class CompiledConstraint {
    /** States after which new answers start with none, so that what is kept stays bounded. */
    private static final int MANY_STATES = Regexes.MAX_EXPRESSIONS / 4;

    private final Vocabulary vocabulary;
    private final Function<Regexes, Grammar> source;
    private Engine engine;

    private CompiledConstraint(Vocabulary vocabulary, Function<Regexes, Grammar> source) {
        this.vocabulary = vocabulary;
        this.source = source;
        this.engine = new Engine(vocabulary, source);
    }

    /** Compiles a grammar that a function builds, each time anew. */
    static CompiledConstraint of(Vocabulary vocabulary, Function<Regexes, Grammar> source) {
        return new CompiledConstraint(vocabulary, source);
    }

    /**
     * Compiles a regular expression of ECMA-262 that matches whole texts.
     *
     * @throws ConstraintException if it is broken, not supported or too large, or no text matches
     */
    public static CompiledConstraint regex(String pattern, Vocabulary vocabulary) {
        return of(vocabulary, regexes -> {
            Grammar grammar = new Grammar();
            int rule = grammar.rule("the regular expression");
            int last = grammar.state(rule);
            grammar.read(grammar.start(rule), PatternParser.whole(pattern, CharacterCode.utf8(regexes)), last);
            grammar.last(last);
            return grammar;
        });
    }

    /**
     * Compiles a JSON Schema.
     *
     * @param flexible whether there may be whitespace wherever JSON has it, up to 20 characters at one place; else the
     *     text is on one line with a blank after each comma and colon
     * @throws ConstraintException if something in it cannot be kept exactly or takes too much, or no value fits
     */
    public static CompiledConstraint json(JsonElement schema, boolean flexible, Vocabulary vocabulary) {
        return of(vocabulary, regexes -> SchemaCompiler.compile(schema, flexible, regexes));
    }

    /**
     * Compiles a grammar in GBNF, the notation of llama.cpp, whose first rule is {@code root}.
     *
     * @throws ConstraintException if it is broken, not supported or too large, or no text fits
     */
    public static CompiledConstraint grammar(String text, Vocabulary vocabulary) {
        return of(vocabulary, regexes -> GrammarCompiler.compile(text, regexes));
    }

    /**
     * Compiles a constraint of a request.
     *
     * @param constraint a regular expression, a grammar, JSON of a schema: a built one in its one form, a parsed one
     *     with whitespace wherever JSON has it; or free text with values after a trigger
     * @throws ConstraintException if it cannot be kept exactly or takes too much, or no text fits
     */
    public static CompiledConstraint of(OutputConstraint constraint, Vocabulary vocabulary) {
        if (constraint instanceof OutputConstraint.Regex regex) {
            return regex(regex.pattern(), vocabulary);
        } else if (constraint instanceof OutputConstraint.Grammar grammar) {
            return grammar(grammar.text(), vocabulary);
        } else if (constraint instanceof OutputConstraint.Json json) {
            if (json.schema() instanceof JsonSchema.Document document) {
                return json(JsonParser.parseString(document.text()), true, vocabulary);
            }
            return of(vocabulary, regexes -> BuiltSchemas.compile(json.schema(), regexes));
        } else if (constraint instanceof OutputConstraint.Triggered triggered) {
            return of(vocabulary, regexes -> TriggeredText.compile(triggered, regexes));
        }
        throw new IllegalArgumentException("no constraint on bytes: " + constraint);
    }

    /** Begins an answer. */
    public Matcher matcher() {
        synchronized (this) {
            if (engine.automaton.regexes.size() > MANY_STATES) {
                engine = new Engine(vocabulary, source);
            }
            return new Matcher(vocabulary, engine);
        }
    }

    /** An automaton and its masks; its lock is held while they are used. */
    static final class Engine {
        final StackAutomaton automaton;
        final Masks masks;

        Engine(Vocabulary vocabulary, Function<Regexes, Grammar> source) {
            Regexes regexes = new Regexes();
            try {
                Grammar grammar = source.apply(regexes);
                grammar.finish(regexes);
                automaton = new StackAutomaton(grammar, regexes);
            } catch (StackOverflowError e) {
                throw tooDeep();
            }
            masks = new Masks(automaton, vocabulary);
        }

        static ConstraintException tooDeep() {
            return new ConstraintException(
                    "the constraint has too many parts within or after each other; make its expressions shorter");
        }
    }
}

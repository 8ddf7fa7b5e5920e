package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Rendering.Flow;
import dev.llmadapt.prompting.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parser of a template's blocks; an unknown tag is an error. */
final class Parser {
    private static final Expression TRUE = new Expression.Literal(true);

    private final TokenReader tokens;
    private final Names names = new Names();
    private final ExpressionParser expressions;
    private final Includes includes;
    /** The number of loops that a {@code break} here could leave. */
    private int loops;

    private Parser(TokenReader tokens, Includes includes) {
        this.tokens = tokens;
        this.includes = includes;
        this.expressions = new ExpressionParser(tokens, names);
    }

    /**
     * A parsed template.
     *
     * @param body its statements
     * @param refused its constructs that fail once they are reached, in the order of the source
     * @param free the names that it reads and does not assign, with the lines where it first does
     */
    record Parsed(Block body, List<Expression.Refused> refused, Map<String, Integer> free) {}

    /** The templates that a template includes. */
    @FunctionalInterface
    interface Includes {
        /** No templates: {@code include} is an unknown tag. */
        Includes NONE = new Includes() {
            @Override
            public boolean exist() {
                return false;
            }

            @Override
            public Parsed get(String name, int line) {
                throw new TemplateException("unknown tag 'include'", line);
            }
        };

        /** Whether there are any. */
        default boolean exist() {
            return true;
        }

        /** The template of a name that the line asks for. */
        Parsed get(String name, int line);
    }

    static Parsed parse(String source, Limits limits) {
        return parse(source, 1, limits, Includes.NONE);
    }

    /** Parses a source whose first line has this number. */
    static Parsed parse(String source, int firstLine, Limits limits, Includes includes) {
        if (source.length() > limits.sourceCharacters()) {
            throw new TemplateException(
                    "the limit 'sourceCharacters' of " + limits.sourceCharacters() + " is exceeded, the template has "
                            + source.length(),
                    1);
        }
        Parser parser = new Parser(new TokenReader(Lexer.tokenize(source, firstLine), limits.nesting()), includes);
        parser.names.enterFrame();
        Block body = new Block(parser.body(Set.of()), parser.names.leaveFrame());
        return new Parsed(body, parser.expressions.finish(), parser.names.free());
    }

    /**
     * Reads statements up to a tag of one of the names, which stays the current token; without names, up to the end.
     */
    private List<Statement> body(Set<String> ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(Text.literal(token.text())));
                case VARIABLE_BEGIN -> {
                    Expression value = expressions.tuple(true);
                    tokens.expect(Kind.VARIABLE_END, "'}}'");
                    statements.add(new Statement.Output(value, token.line()));
                }
                case BLOCK_BEGIN -> {
                    if (tokens.current().kind() == Kind.NAME
                            && ends.contains(tokens.current().text())) {
                        tokens.leave();
                        return List.copyOf(statements);
                    }
                    statements.add(statement());
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw new TemplateException(
                                "unexpected end of the template, expected " + sorted(ends), token.line());
                    }
                    tokens.leave();
                    return List.copyOf(statements);
                }
            }
        }
    }

    private static String sorted(Set<String> names) {
        return names.stream().sorted().toList().toString();
    }

    /** Reads the body of a block that ends with one tag. */
    private List<Statement> bodyTo(String end) {
        beginBody();
        List<Statement> body = body(Set.of(end));
        tokens.next();
        return body;
    }

    private void beginBody() {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END, "'%}'");
    }

    /** Reads the body of a block that ends with one tag, has its own variables and cannot be left by {@code break}. */
    private Block closedBlockTo(String end, List<Target> assigned) {
        int outer = loops;
        loops = 0;
        names.enterFrame();
        assigned.forEach(this::assign);
        List<Statement> body = bodyTo(end);
        loops = outer;
        return new Block(body, names.leaveFrame());
    }

    private Statement statement() {
        Token tag = tokens.expect(Kind.NAME, "a tag's name");
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> ifBlock(line);
            case "for" -> forBlock(line);
            case "set" -> set(line);
            case "macro" -> macro();
            case "call" -> callBlock(line);
            case "filter" -> {
                Expression filtered = expressions.pipe(expressions.filter(captured()));
                Block body = closedBlockTo("endfilter", List.of());
                yield new Statement.FilterBlock(new Statement.Captured(body, filtered), line);
            }
            case "with" -> with();
            case "generation" -> new Statement.Generation(closedBlockTo("endgeneration", List.of()));
            case "include" -> include(line);
            case "break" -> jump(Flow.BREAK, tag);
            case "continue" -> jump(Flow.CONTINUE, tag);
            default -> throw new TemplateException("unknown tag '" + tag.text() + "'", line);
        };
    }

    private static Expression captured() {
        return new Expression.Name(Statement.Captured.NAME);
    }

    private Statement include(int line) {
        if (!includes.exist()) {
            throw new TemplateException("unknown tag 'include'", line);
        }
        Token name = tokens.expect(Kind.STRING, "the name of a partial in quotes");
        Parsed included = includes.get(name.text(), line);
        // what it reads is what it finds where it stands
        included.free().keySet().forEach(each -> names.read(each, line));
        return new Statement.Include(name.text(), included.body(), line);
    }

    private Statement jump(Flow flow, Token tag) {
        if (loops == 0) {
            throw new TemplateException("'" + tag.text() + "' stands in no loop", tag.line());
        }
        return new Statement.Jump(flow);
    }

    private Statement ifBlock(int firstLine) {
        List<Statement.If.Branch> branches = new ArrayList<>();
        List<Map<String, ?>> uses = new ArrayList<>();
        Map<String, ?> otherwise = null;
        Expression test = expressions.tuple(false);
        int line = firstLine;
        while (true) {
            names.enterBranch();
            beginBody();
            branches.add(new Statement.If.Branch(test, body(Set.of("elif", "else", "endif")), line));
            uses.add(names.leaveBranch());
            Token end = tokens.next();
            line = end.line();
            if (end.isName("elif")) {
                test = expressions.tuple(false);
                continue;
            }
            if (end.isName("else")) {
                names.enterBranch();
                branches.add(new Statement.If.Branch(TRUE, bodyTo("endif"), line));
                otherwise = names.leaveBranch();
            }
            names.joinBranches(uses.get(0), uses.subList(1, uses.size()), otherwise);
            return new Statement.If(List.copyOf(branches));
        }
    }

    private Statement forBlock(int line) {
        Target target = targets(false);
        tokens.expectName("in");
        Expression items = expressions.tuple(false);
        names.enterFrame();
        assign(target);
        Expression test = tokens.skipName("if") ? expressions.expression() : TRUE;
        names.leaveFrame();
        boolean recursive = tokens.skipName("recursive");
        loops++;
        names.enterFrame();
        assign(target);
        beginBody();
        Block body = new Block(body(Set.of("else", "endfor")), names.leaveFrame());
        loops--;
        names.enterFrame();
        List<Statement> otherwise = tokens.next().isName("else") ? bodyTo("endfor") : List.of();
        return new Statement.For(target, items, test, recursive, body, new Block(otherwise, names.leaveFrame()), line);
    }

    private Statement set(int line) {
        Target target = targets(true);
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tuple(true);
            assign(target);
            return new Statement.Assign(target, value, line);
        }
        assign(target);
        names.enterFrame();
        Expression filtered = expressions.pipe(captured());
        names.leaveFrame();
        Block body = closedBlockTo("endset", List.of());
        return new Statement.AssignBlock(target, new Statement.Captured(body, filtered), line);
    }

    private Statement with() {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (tokens.current().kind() != Kind.BLOCK_END) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target(false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        names.enterFrame();
        targets.forEach(this::assign);
        List<Statement> body = bodyTo("endwith");
        return new Statement.With(List.copyOf(targets), List.copyOf(values), new Block(body, names.leaveFrame()));
    }

    private Statement macro() {
        Token name = variable();
        names.assign(name.text());
        return new Statement.MacroBlock(definition(name.text(), parameters(), "endmacro"));
    }

    private Statement callBlock(int line) {
        Parameters parameters = tokens.current().isOperator("(") ? parameters() : Parameters.none();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw new TemplateException("a call block must call a macro", line);
        }
        return new Statement.CallBlock(call, definition("caller", parameters, "endcall"));
    }

    private Macro.Definition definition(String name, Parameters parameters, String end) {
        names.enterMacro();
        List<Target> assigned = new ArrayList<>();
        parameters.names.forEach(parameter -> assigned.add(new Target.Variable(parameter)));
        Block body = closedBlockTo(end, assigned);
        return new Macro.Definition(name, parameters.names, parameters.defaults, body, names.leaveMacro());
    }

    private void assign(Target target) {
        if (target instanceof Target.Variable variable) {
            names.assign(variable.name());
        } else if (target instanceof Target.NamespaceAttribute attribute) {
            names.read(attribute.namespace(), tokens.line());
        } else if (target instanceof Target.Unpacked unpacked) {
            unpacked.targets().forEach(this::assign);
        }
    }

    private record Parameters(List<String> names, List<Expression> defaults) {
        static Parameters none() {
            return new Parameters(List.of(), List.of());
        }
    }

    private Parameters parameters() {
        tokens.expectOperator("(");
        names.enterFrame();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token name = variable();
            if (parameters.contains(name.text())) {
                throw new TemplateException("two parameters are named '" + name.text() + "'", name.line());
            }
            parameters.add(name.text());
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.error("a parameter without a default follows one with a default");
            }
        }
        names.leaveFrame();
        return new Parameters(List.copyOf(parameters), List.copyOf(defaults));
    }

    /** Reads one target, or several with commas between. */
    private Target targets(boolean attributes) {
        List<Target> targets = new ArrayList<>(List.of(target(attributes)));
        if (!tokens.current().isOperator(",")) {
            return targets.get(0);
        }
        while (tokens.skipOperator(",") && !tokens.current().isOperator(")")) {
            targets.add(target(attributes));
        }
        return new Target.Unpacked(List.copyOf(targets));
    }

    private Target target(boolean attributes) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target targets = targets(attributes);
            tokens.expectOperator(")");
            tokens.leave();
            return targets;
        }
        Token name = variable();
        return attributes && tokens.skipOperator(".")
                ? new Target.NamespaceAttribute(
                        name.text(),
                        tokens.expect(Kind.NAME, "an attribute's name").text())
                : new Target.Variable(name.text());
    }

    /** Reads a name to be assigned. */
    private Token variable() {
        Token name = tokens.expect(Kind.NAME, "a name");
        if (OperandParser.isConstant(name.text())) {
            throw new TemplateException("cannot assign to '" + name.text() + "'", name.line());
        }
        return name;
    }
}

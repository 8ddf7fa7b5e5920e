package dev.llmadapt.rag;

import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Role;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that sees passages with each question; {@link Rag} makes it. Thread-safe, for many users at once: the
 * principals belong to each question, and a question without principals is answered from passages that everyone may
 * read. Nothing of a passage is kept from one question to the next, except vectors, by the text that they stand for.
 *
 * <p>{@link #ask} answers with checked citations. As a {@link Model} it adds public passages to each request and
 * returns the text of the model unchanged; {@link #readingAs} uses the passages that someone may read instead.
 */
public final class RagModel extends ModelLayer {
    private final Retriever retriever;
    private final AutoCloseable owned;
    private final RagOptions options;
    private final boolean free;
    private final String rules;
    private final Set<String> principals;
    private final @Nullable RagModel origin;

    RagModel(Model base, Retriever retriever, AutoCloseable owned, RagOptions options, boolean free) {
        super(base);
        this.retriever = Retrievers.observed("rag", retriever, options.listener());
        this.owned = owned;
        this.options = options;
        this.free = free;
        this.rules = SourceText.rules(free, options.refusal());
        this.principals = Set.of();
        this.origin = null;
    }

    private RagModel(RagModel origin, Set<String> principals) {
        super(origin.base());
        this.retriever = origin.retriever;
        this.owned = () -> {};
        this.options = origin.options;
        this.free = origin.free;
        this.rules = origin.rules;
        this.principals = principals;
        this.origin = origin;
    }

    /**
     * Returns this model for one user: all its methods use the passages that the principals may read. The returned
     * model shares everything with this one, costs little enough to make for each request, and need not be closed; it
     * stops working when this one is closed.
     *
     * @param principals the user and the groups that the user is in, none of them blank; none means public passages
     *     only
     */
    public RagModel readingAs(Set<String> principals) {
        requireOpen();
        return new RagModel(this, Query.checkPrincipals(principals));
    }

    /** Answers a question from public passages; see {@link #ask(Request, Set)}. */
    public CitedAnswer ask(String question) {
        return ask(Request.of(question));
    }

    /** Answers a request from public passages; see {@link #ask(Request, Set)}. */
    public CitedAnswer ask(Request request) {
        return ask(request, principals, TokenListener.NONE);
    }

    /**
     * Answers a request from the passages that some principals may read, with the source of each supported statement.
     * The answer is the {@linkplain RagOptions#refusal() refusal}, without asking the model, if no passage is found or
     * the question is below {@link RagOptions#minAnswerable()}. It is the refusal too if no source supports any
     * statement of the model, unless the options {@linkplain RagOptions.Unsupported#KEPT keep} such answers. For a task
     * with labels the answer is a label and is never refused for lack of support.
     *
     * @param principals the user and the groups that the user is in, none of them blank; none means public passages
     *     only
     * @throws IllegalArgumentException if a principal is blank, or there is no user message
     */
    public CitedAnswer ask(Request request, Set<String> principals) {
        return ask(request, principals, TokenListener.NONE);
    }

    /**
     * Answers like {@link #ask(Request)} and streams the answer: token by token if unsupported answers are kept, else
     * as a whole after the check.
     */
    public CitedAnswer ask(Request request, TokenListener listener) {
        return ask(request, principals, listener);
    }

    /**
     * Answers like {@link #ask(Request, Set)} and streams the answer: token by token if unsupported answers are kept,
     * else as a whole after the check.
     */
    public CitedAnswer ask(Request request, Set<String> principals, TokenListener listener) {
        requireUsable();
        String question = searched(request);
        List<Passage> sources = sources(question, Query.checkPrincipals(principals));
        List<String> flagged = sources.stream()
                .filter(SourceText::isSuspicious)
                .map(Passage::id)
                .toList();
        RagOptions.Wording wording =
                free ? options.wording().of(base().info().parameterCount()) : RagOptions.Wording.MODEL;
        if (sources.isEmpty() || isHopeless(question, sources)) {
            return told(
                    refused(Quotation.generation(options.refusal()), wording, sources, List.of(), flagged), listener);
        }
        if (wording == RagOptions.Wording.QUOTED) {
            return told(Quotation.of(options.grounding(), question, sources, options.refusal(), flagged), listener);
        }
        boolean kept = !free || options.unsupported() == RagOptions.Unsupported.KEPT;
        Generation generation = base().stream(shown(request, sources), kept ? listener : TokenListener.NONE);
        CitedAnswer answer;
        if (isRefusal(generation.text())) {
            answer = refused(generation, wording, sources, List.of(), flagged);
        } else {
            CitedAnswer checked = new CitationCheck(options.grounding(), question, sources).of(generation, flagged);
            answer = kept || !checked.citations().isEmpty()
                    ? checked
                    : refused(generation, wording, sources, checked.nearest(), flagged);
        }
        return kept ? answer : told(answer, listener);
    }

    private CitedAnswer refused(
            Generation generation,
            RagOptions.Wording wording,
            List<Passage> sources,
            List<CitedAnswer.Nearest> nearest,
            List<String> flagged) {
        return new CitedAnswer(
                generation, options.refusal(), wording, sources, List.of(), nearest, List.of(), true, flagged);
    }

    private static CitedAnswer told(CitedAnswer answer, TokenListener listener) {
        listener.onToken(new Token(-1, answer.text(), Double.NaN));
        return answer;
    }

    private boolean isHopeless(String question, List<Passage> sources) {
        return options.minAnswerable() > Double.NEGATIVE_INFINITY
                && !question.isBlank()
                && options.grounding().answerable(question, sources) < options.minAnswerable();
    }

    @Override
    protected Request apply(Request request) {
        requireUsable();
        return shown(request, sources(searched(request), principals));
    }

    private void requireUsable() {
        requireOpen();
        if (origin != null) {
            origin.requireUsable();
        }
    }

    @Override
    protected void release() {
        try {
            owned.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IndexException("the index of a model cannot be closed: " + e.getMessage(), e);
        }
    }

    private boolean isRefusal(String answer) {
        return bare(answer).startsWith(bare(options.refusal()));
    }

    private static String bare(String sentence) {
        return sentence.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }

    /** The query of a request. */
    private String searched(Request request) {
        request.requireNoTools("an answer from documents (rag)");
        List<Message> conversation = request.messages().subList(0, request.question() + 1).stream()
                .filter(message -> message.role() == Role.USER || message.role() == Role.ASSISTANT)
                .toList();
        return options.rewriter().rewrite(conversation);
    }

    /**
     * The passages for a question that fit the budget, the best first. Passages that the readers may not see are
     * dropped here too.
     */
    private List<Passage> sources(String question, Set<String> readers) {
        List<Passage> fitting = new ArrayList<>();
        int left = options.contextTokens();
        Query query = new Query(question, options.passages()).withPrincipals(readers);
        for (Passage passage : retriever.retrieve(query)) {
            if (passage.score() < options.minScore() || !query.admits(passage)) {
                continue;
            }
            int count =
                    options.tokens().count(passage.title()) + options.tokens().count(passage.text());
            if (count <= left) {
                fitting.add(passage);
                left -= count;
            } else if (fitting.isEmpty()) { // the best passage alone is too long: its beginning is better than nothing
                Passage cut = cut(passage, left);
                if (!cut.text().isBlank()) {
                    fitting.add(cut);
                    left -= options.tokens().count(cut.title())
                            + options.tokens().count(cut.text());
                }
            }
        }
        return fitting;
    }

    private Passage cut(Passage passage, int maxTokens) {
        int room = maxTokens - options.tokens().count(passage.title());
        List<Tokens.Span> spans = options.tokens().of(passage.text());
        String text = room < 1
                ? ""
                : passage.text()
                        .substring(
                                0, spans.get(Math.min(room, spans.size()) - 1).end());
        return new Passage(passage.id(), passage.title(), text, passage.score(), passage.metadata(), passage.readers());
    }

    private Request shown(Request request, List<Passage> sources) {
        List<Message> messages = new ArrayList<>(request.messages());
        int question = request.question();
        messages.set(
                question,
                Message.user(
                        SourceText.of(sources) + "\n\n" + messages.get(question).content()));
        return request.withMessages(messages).withSystemParagraph(rules);
    }
}

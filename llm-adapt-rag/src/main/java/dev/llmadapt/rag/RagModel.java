package dev.llmadapt.rag;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Role;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.rag.splitting.TextSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model that sees passages with each question; made by {@link Rag}. Thread-safe. */
public final class RagModel extends ModelLayer {
    private static final Pattern CITATION = Pattern.compile("\\[(\\d{1,4}(?:\\s*[,;]\\s*\\d{1,4})*)]");

    private final Retriever retriever;
    private final AutoCloseable owned;
    private final RagOptions options;
    private final String rules;

    RagModel(Model base, Retriever retriever, AutoCloseable owned, RagOptions options, boolean free) {
        super(base);
        this.retriever = retriever;
        this.owned = owned;
        this.options = options;
        this.rules = SourceText.rules(free, options.refusal());
    }

    /** Answers a question; see {@link #ask(Request)}. */
    public CitedAnswer ask(String question) {
        return ask(Request.of(question));
    }

    /**
     * Answers a request, and says which passages were shown and which of them the answer cites. Where no passage is found
     * the answer is the {@linkplain RagOptions#refusal() refusal}, and the model is not asked.
     *
     * @throws IllegalArgumentException as {@link #stream} does, and if there is no user message
     */
    public CitedAnswer ask(Request request) {
        return ask(request, TokenListener.NONE);
    }

    /** As {@link #ask(Request)}, and hands over the answer as it is written. A refusal comes as a whole. */
    public CitedAnswer ask(Request request, TokenListener listener) {
        requireOpen();
        String question = searched(request);
        List<Passage> sources = sources(question);
        Generation generation;
        if (sources.isEmpty() || isHopeless(question, sources)) {
            Token whole = new Token(-1, options.refusal(), Double.NaN);
            listener.onToken(whole);
            generation =
                    new Generation(options.refusal(), List.of(whole), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
        } else {
            generation = base().stream(shown(request, sources), listener);
        }
        String answer = generation.text();
        boolean refused = isRefusal(answer);
        List<CitedAnswer.Citation> citations = new ArrayList<>();
        List<Integer> unresolved = new ArrayList<>();
        for (Matcher matcher = CITATION.matcher(answer); matcher.find(); ) {
            for (String written : matcher.group(1).split("\\D+", -1)) {
                int number = Integer.parseInt(written);
                if (number >= 1 && number <= sources.size()) {
                    citations.add(
                            new CitedAnswer.Citation(matcher.start(), matcher.end(), number, sources.get(number - 1)));
                } else {
                    unresolved.add(number);
                }
            }
        }
        if (!refused) {
            options.grounding()
                    .ifPresent(
                            grounding -> citations.addAll(attributed(grounding, question, answer, sources, citations)));
        }
        List<String> flagged = sources.stream()
                .filter(SourceText::isSuspicious)
                .map(Passage::id)
                .toList();
        return new CitedAnswer(generation, sources, citations, unresolved, refused, flagged);
    }

    private boolean isHopeless(String question, List<Passage> sources) {
        return options.grounding().isPresent()
                && options.leastAnswerable() > Double.NEGATIVE_INFINITY
                && !question.isBlank()
                && options.grounding().get().answerable(question, sources) < options.leastAnswerable();
    }

    /** The best source of each sentence in which the model cites none. */
    private static List<CitedAnswer.Citation> attributed(
            Grounding grounding,
            String question,
            String answer,
            List<Passage> sources,
            List<CitedAnswer.Citation> written) {
        List<CitedAnswer.Citation> found = new ArrayList<>();
        int from = 0;
        for (String sentence : TextSplitter.sentencesOf(answer, Locale.ROOT)) {
            int start = answer.indexOf(sentence, from);
            int end = start + sentence.length();
            from = end;
            if (written.stream().anyMatch(each -> each.start() < end && each.end() > start)
                    || sentence.codePoints().noneMatch(Character::isLetterOrDigit)) {
                continue;
            }
            double[] support = grounding.support(question, sentence, sources);
            int best = 0;
            for (int i = 1; i < support.length; i++) {
                if (support[i] > support[best]) {
                    best = i;
                }
            }
            found.add(new CitedAnswer.Citation(start, end, best + 1, sources.get(best), true));
        }
        return found;
    }

    @Override
    protected Request apply(Request request) {
        return shown(request, sources(searched(request)));
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

    /** What to look for. */
    private String searched(Request request) {
        List<Message> conversation = request.messages().subList(0, question(request) + 1).stream()
                .filter(message -> message.role() == Role.USER || message.role() == Role.ASSISTANT)
                .toList();
        return options.rewriter().rewrite(conversation);
    }

    /** The passages for a question that fit the budget, the best first. */
    private List<Passage> sources(String question) {
        List<Passage> fitting = new ArrayList<>();
        int left = options.contextTokens();
        for (Passage passage :
                retriever.retrieve(new Query(question, options.passages()).withPrincipals(options.principals()))) {
            if (passage.score() < options.leastScore()) {
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

    private Passage cut(Passage passage, int most) {
        int room = most - options.tokens().count(passage.title());
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
        int question = question(request);
        messages.set(
                question,
                Message.user(
                        SourceText.of(sources) + "\n\n" + messages.get(question).content()));
        if (messages.get(0).role() == Role.SYSTEM) {
            messages.set(0, Message.system(rules + "\n\n" + messages.get(0).content()));
        } else {
            messages.add(0, Message.system(rules));
        }
        return request.withMessages(messages);
    }

    private static int question(Request request) {
        List<Message> messages = request.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return i;
            }
        }
        throw new IllegalArgumentException("the request needs a user message, got only "
                + messages.stream().map(message -> message.role().key()).toList());
    }
}

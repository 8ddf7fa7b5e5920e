package dev.llmadapt.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Metric;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.retrieval.Grounding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GroundedAnswerTest {
    private static final Passage CATS = new Passage("cats", "", "Cats sleep all day. Cats purr.", 1);
    private static final Passage CARDS = new Passage("cards", "", "Cards expire yearly. A new card is free.", 0.5);
    private static final Task FREE = new Task("free", "Answer.", List.of(), List.of(), List.of(), Metric.exactMatch());

    private static RagModel model(ScriptedModel base, RagOptions options) {
        return Rag.over(query -> List.of(CATS, CARDS), options).adapt(base, FREE, Progress.NONE);
    }

    @Test
    void ask_sentencesWithoutCitation_getTheirSource() {
        Grounding grounding = Grounding.of(new WordEmbedder(64));
        ScriptedModel base = new ScriptedModel(
                request -> "Cats purr. A new card is free. They expire yearly [2]. Cats bark for 3 hours [1]. ...");
        CitedAnswer answer =
                model(base, RagOptions.defaults().withGrounding(grounding)).ask("What of it?");

        assertThat(answer.text())
                .isEqualTo("Cats purr. A new card is free. They expire yearly [2]. Cats bark for 3 hours. ...");
        assertThat(answer.citations())
                .extracting(each -> answer.text().substring(each.start(), each.end()) + each.number() + each.written())
                .containsExactly("Cats purr.1false", "A new card is free.2false", "They expire yearly [2].2true");
        assertThat(answer.nearest()).singleElement().satisfies(each -> {
            assertThat(each.statement()).startsWith("Cats bark for 3 hours");
            assertThat(each.written()).isTrue();
            assertThat(each.support().reason()).isEqualTo("not there: 3 hours");
        });
    }

    @Test
    void ask_nothingSupported_isRefusedUnlessKept() {
        ScriptedModel base = new ScriptedModel(request -> "The lethal dose is 100 milligrams [1].");
        RagOptions options = RagOptions.defaults().withGrounding(Grounding.of(new WordEmbedder(64)));
        List<String> heard = new ArrayList<>();

        CitedAnswer refused = model(base, options).ask(Request.of("dose?"), token -> heard.add(token.text()));
        assertThat(refused.refused()).isTrue();
        assertThat(refused.text()).isEqualTo(options.refusal());
        assertThat(heard).as("what was made up is not shown").containsExactly(options.refusal());
        assertThat(refused.citations()).isEmpty();
        assertThat(refused.nearest()).hasSize(1);
        CitedAnswer kept = model(base, options.withUnsupported(RagOptions.Unsupported.KEPT))
                .ask("dose?");
        assertThat(kept.refused()).isFalse();
        assertThat(kept.text()).isEqualTo("The lethal dose is 100 milligrams.");
        assertThat(kept.citations()).isEmpty();
    }

    @Test
    void ask_smallModel_quotesTheSources() {
        ScriptedModel base = new ScriptedModel(request -> "made up");
        RagOptions options = RagOptions.defaults().withWording(RagOptions.Wording.QUOTED);

        CitedAnswer quoted = model(base, options).ask("Is a new card free?");
        assertThat(base.asked).isEmpty();
        assertThat(quoted.wording()).isEqualTo(RagOptions.Wording.QUOTED);
        assertThat(quoted.text()).isEqualTo("\"A new card is free.\" [2]");
        assertThat(quoted.citations()).singleElement().satisfies(each -> {
            assertThat(each.passage().id()).isEqualTo("cards");
            assertThat(each.support().isSupported()).isTrue();
        });
        assertThat(RagOptions.Wording.BY_SIZE.of(135_000_000)).isEqualTo(RagOptions.Wording.QUOTED);
        assertThat(RagOptions.Wording.BY_SIZE.of(1_000_000_000)).isEqualTo(RagOptions.Wording.MODEL);
        assertThat(RagOptions.Wording.BY_SIZE.of(0)).isEqualTo(RagOptions.Wording.MODEL);
        assertThat(RagOptions.Wording.MODEL.of(1)).isEqualTo(RagOptions.Wording.MODEL);
    }

    @Test
    void ask_unanswerable_isRefusedWithoutTheModel() {
        ScriptedModel base = new ScriptedModel(request -> "Cats sleep.");
        Grounding grounding = Grounding.of(new WordEmbedder(64));
        RagModel model = model(base, RagOptions.defaults().withGrounding(grounding, 0.6));
        List<String> heard = new ArrayList<>();

        CitedAnswer refused = model.ask(Request.of("quantum chess?"), token -> heard.add(token.text()));
        assertThat(refused.refused()).isTrue();
        assertThat(refused.citations()).isEmpty();
        assertThat(refused.sources()).as("what was found is still shown").hasSize(2);
        assertThat(heard).containsExactly(RagOptions.defaults().refusal());
        assertThat(base.asked).isEmpty();
        assertThat(model.ask("Cats sleep all day.").refused()).isFalse();
    }

    @Test
    void rewriter_conversation_decidesWhatIsLookedFor() {
        List<Message> talk = List.of(
                Message.user("What does a card cost?"), Message.assistant("5 pounds."), Message.user("And in Spain?"));
        ScriptedModel writer = new ScriptedModel(request -> "\n What does a card cost in Spain? \nThat is it.");

        assertThat(QueryRewriter.none().rewrite(talk)).isEqualTo("And in Spain?");
        assertThat(QueryRewriter.recent(2).rewrite(talk)).isEqualTo("What does a card cost?\nAnd in Spain?");
        assertThat(QueryRewriter.byModel(writer).rewrite(talk)).isEqualTo("What does a card cost in Spain?");
        assertThat(writer.asked.get(0).last().content())
                .contains("Assistant: 5 pounds.")
                .endsWith("And in Spain?");
        assertThat(QueryRewriter.byModel(writer).rewrite(talk.subList(0, 1))).isEqualTo("What does a card cost?");
        assertThat(writer.asked).as("a first question stands for itself").hasSize(1);
        assertThat(QueryRewriter.byModel(new ScriptedModel(request -> " ")).rewrite(talk))
                .isEqualTo("And in Spain?");
        assertThatThrownBy(() -> QueryRewriter.recent(0)).hasMessageContaining("questions: 0");
    }

    @Test
    void ask_conversation_isSearchedAsRewritten() {
        List<String> searched = new ArrayList<>();
        RagModel model = Rag.over(
                        query -> {
                            searched.add(query.text());
                            return List.of(CATS);
                        },
                        RagOptions.defaults().withRewriter(QueryRewriter.recent(2)))
                .adapt(new ScriptedModel(request -> "x"), FREE, Progress.NONE);
        Request talk = Request.of(
                Message.system("Be brief."), Message.user("one"), Message.assistant("two"), Message.user("three"));
        model.ask(talk);
        model.prepare(talk);

        assertThat(searched).containsExactly("one\nthree", "one\nthree");
    }
}

package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class MultiQueryTest {
    private static final Model WRITER = new Writer("1. river boats\n- mountain huts\n\n3) river boats\nteapot");

    @Nested
    final class AsRetriever extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.multiQuery(index.lexical(), WRITER, 3, 50);
        }
    }

    @Nested
    final class Routed extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.routed(query -> query.text().length() > 10 ? index.lexical() : index.dense());
        }
    }

    @Test
    void retrieve_wordings_areAskedWithTheSamePrincipals() {
        List<Query> asked = new ArrayList<>();
        Retriever retriever = query -> {
            asked.add(query);
            return List.of(new Passage(query.text(), "", "", 1));
        };
        Query query = new Query("boats", 5).withPrincipals(Set.of("ann"));

        assertThat(Retrievers.multiQuery(retriever, WRITER, 2, 5).retrieve(query))
                .extracting(Passage::id)
                .containsExactly("boats", "mountain huts", "river boats");
        assertThat(asked).extracting(Query::text).containsExactly("boats", "river boats", "mountain huts");
        assertThat(asked).allMatch(each -> each.principals().equals(Set.of("ann")));
    }

    @Test
    void retrieve_uselessModel_findsWhatTheQuestionFinds() {
        Retriever retriever = query -> List.of(new Passage(query.text(), "", "", 1));

        assertThat(Retrievers.multiQuery(retriever, new Writer(" \n"), 2, 5).retrieve(new Query("boats", 5)))
                .extracting(Passage::id)
                .containsExactly("boats");
        assertThatThrownBy(() -> Retrievers.multiQuery(retriever, WRITER, 0, 5)).hasMessageContaining("wordings: 0");
    }

    private record Writer(String text) implements Model {
        @Override
        public Generation stream(Request request, TokenListener listener) {
            return new Generation(text, List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("writer", "none", 0, 1000, 2, "fp32");
        }

        @Override
        public void close() {}
    }
}

package dev.llmadapt.server.openai;

import dev.llmadapt.Generation;
import dev.llmadapt.Token;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;
import java.util.stream.Stream;

/** The texts that a stream has sent, to be compared with the answers: a layer may have changed an answer at its end. */
final class StreamedTexts {
    private final List<StringBuilder> texts;
    private final boolean[] thoughts; // each used by one thread

    StreamedTexts(int choices) {
        this.texts = Stream.generate(StringBuilder::new).limit(choices).toList();
        this.thoughts = new boolean[choices];
    }

    /** Notes a token; used by one thread for each choice. */
    void add(int choice, Token token) {
        texts.get(choice).append(token.text());
        thoughts[choice] |= !token.reasoning().isEmpty();
    }

    /** Whether any of the thought was sent. */
    boolean thought(int choice) {
        return thoughts[choice];
    }

    /**
     * Returns what is left to send of an answer.
     *
     * @throws HttpFailure 500 if something else was sent
     */
    String rest(int choice, Generation answer) {
        String sent = texts.get(choice).toString();
        if (!answer.text().startsWith(sent)) {
            throw HttpFailure.of(
                    500,
                    "stream_differs",
                    "this model changes its answer when it is whole, so it cannot be streamed; ask without stream");
        }
        return answer.text().substring(sent.length());
    }
}

package dev.llmadapt.remote.bridge;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import java.util.List;
import java.util.stream.Collectors;

/** Pieces of an answer's text as tokens, of which no more is told. */
public final class Pieces {
    /** The id of a token that is not told. */
    public static final int UNKNOWN_ID = -1;

    private Pieces() {}

    /** A piece of the answer. */
    public static Token text(String text) {
        return new Token(UNKNOWN_ID, text, Double.NaN);
    }

    /** A piece of the thought before the answer. */
    public static Token thought(String thought) {
        return new Token(UNKNOWN_ID, "", Double.NaN, thought);
    }

    /** The text of pieces. */
    public static String text(List<Token> pieces) {
        return pieces.stream().map(Token::text).collect(Collectors.joining());
    }

    /** The thought of pieces. */
    public static String thought(List<Token> pieces) {
        return pieces.stream().map(Token::reasoning).collect(Collectors.joining());
    }

    /** An answer that was interrupted after some pieces; its tokens are counted by them. */
    public static Generation interrupted(List<Token> pieces, Timings timings) {
        return new Generation(
                text(pieces), pieces, FinishReason.INTERRUPTED, new Usage(0, pieces.size()), timings, thought(pieces));
    }
}

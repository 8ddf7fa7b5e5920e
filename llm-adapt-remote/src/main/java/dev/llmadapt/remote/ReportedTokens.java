package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Token;
import dev.llmadapt.Token.Candidate;
import dev.llmadapt.remote.bridge.Pieces;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The tokens that a server reports with their log-probabilities, in the shapes of chats and of raw text. */
final class ReportedTokens {
    private ReportedTokens() {}

    /**
     * The tokens of a choice or a part of it; none where it reports none.
     *
     * @param candidates how many alternatives to each are wanted
     */
    static List<Token> of(JsonElement choice, int candidates) {
        List<Token> tokens = new ArrayList<>();
        JsonObject reported = Json.object(choice, "logprobs").orElseGet(JsonObject::new);
        if (reported.get("content") instanceof JsonArray content) {
            for (JsonElement each : content) {
                Token token = token(each);
                List<Candidate> likeliest = new ArrayList<>();
                Json.list(each, "top_logprobs").forEach(other -> likeliest.add(candidate(token(other))));
                tokens.add(with(token, first(likeliest, candidates)));
            }
        } else {
            List<JsonElement> texts = Json.list(reported, "tokens");
            List<JsonElement> values = Json.list(reported, "token_logprobs");
            List<JsonElement> tops = Json.list(reported, "top_logprobs");
            for (int i = 0; i < Math.min(texts.size(), values.size()); i++) {
                double value =
                        values.get(i).isJsonNull() ? Double.NaN : values.get(i).getAsDouble();
                List<Candidate> likeliest = new ArrayList<>();
                if (i < tops.size() && tops.get(i) instanceof JsonObject top) { // values by texts
                    top.keySet()
                            .forEach(text -> likeliest.add(new Candidate(
                                    Pieces.UNKNOWN_ID, text, Json.number(top, text, Double.NEGATIVE_INFINITY))));
                }
                tokens.add(with(
                        new Token(Pieces.UNKNOWN_ID, texts.get(i).getAsString(), value), first(likeliest, candidates)));
            }
        }
        List<JsonElement> ids = Json.list(choice, "token_ids");
        return ids.size() == tokens.size() ? named(tokens, ids) : tokens;
    }

    private static Candidate candidate(Token token) {
        return new Candidate(token.id(), token.text(), token.logProbability(), token.bytes());
    }

    /** The likeliest, in their order. */
    private static List<Candidate> first(List<Candidate> all, int count) {
        return all.stream()
                .sorted(Comparator.comparingDouble(each -> -each.logProbability()))
                .limit(count)
                .toList();
    }

    private static Token with(Token token, List<Candidate> candidates) {
        return new Token(
                token.id(), token.text(), token.logProbability(), token.reasoning(), candidates, token.bytes());
    }

    /** A token as chats report it, also among the alternatives; where the server tells no bytes, those of its text. */
    static Token token(JsonElement json) {
        Token token = new Token(
                (int) Json.number(json, "id", Pieces.UNKNOWN_ID),
                Json.text(json, "token"),
                Json.number(json, "logprob", Double.NaN));
        List<Integer> bytes = new ArrayList<>();
        for (JsonElement each : Json.list(json, "bytes")) {
            int value = each instanceof JsonPrimitive number && number.isNumber() ? number.getAsInt() : -1;
            if (value < 0 || value > 255) {
                return token;
            }
            bytes.add(value);
        }
        return bytes.isEmpty() ? token : withBytes(token, bytes);
    }

    private static Token withBytes(Token token, List<Integer> bytes) {
        return new Token(
                token.id(), token.text(), token.logProbability(), token.reasoning(), token.candidates(), bytes);
    }

    private static List<Token> named(List<Token> tokens, List<JsonElement> ids) {
        List<Token> named = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            named.add(new Token(
                    ids.get(i).getAsInt(),
                    token.text(),
                    token.logProbability(),
                    token.reasoning(),
                    token.candidates(),
                    token.bytes()));
        }
        return named;
    }

    /**
     * Tokens whose texts add up to a text: as reported where they do so, else the whole text at the last one, since a
     * token may be a part of a character, or be held back for a stop text.
     */
    static List<Token> spread(List<Token> reported, String text, String reasoning) {
        if (reported.isEmpty()) {
            return text.isEmpty() && reasoning.isEmpty()
                    ? List.of()
                    : List.of(new Token(Pieces.UNKNOWN_ID, text, Double.NaN, reasoning));
        }
        String joined = String.join("", reported.stream().map(Token::text).toList());
        if (reasoning.isEmpty() && joined.equals(text)) {
            return reported;
        }
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < reported.size(); i++) {
            boolean last = i == reported.size() - 1;
            tokens.add(new Token(
                    reported.get(i).id(),
                    last ? text : "",
                    reported.get(i).logProbability(),
                    last ? reasoning : "",
                    reported.get(i).candidates(),
                    reported.get(i).bytes()));
        }
        return tokens;
    }
}

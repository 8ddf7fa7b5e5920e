package dev.llmadapt.rag.factcheck;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers in digits and in words, as values. */
final class Numbers {
    private static final Pattern FRACTION = Pattern.compile("(\\d{1,2})/(\\d{1,2})");
    private static final Pattern TENS_LAST =
            Pattern.compile("(\\p{L}+?)(?:und|en)(\\p{L}+)"); // German, Dutch: einundzwanzig
    private static final Set<String> AND = Set.of("and", "und", "y", "et", "e", "en");
    private static final BigDecimal HALF = new BigDecimal("0.5");

    private Numbers() {}

    /**
     * A parsed number.
     *
     * @param value the value
     * @param end the index of the token after it
     * @param ordinal whether it is an ordinal
     * @param plain whether it has digits only, without a separator
     */
    record Parsed(BigDecimal value, int end, boolean ordinal, boolean plain) {}

    /** Parses the number that begins at a token. */
    static Optional<Parsed> at(Text text, int from) {
        Token token = text.at(from);
        if (!text.isFree(from)) {
            return Optional.empty();
        }
        if (token.is(Token.Kind.NUMBER)) {
            return Optional.of(digits(text, from));
        }
        if (token.is(Token.Kind.CODE)) {
            return fraction(token).map(value -> new Parsed(value, from + 1, false, false));
        }
        if (!token.isWord()) {
            return Optional.empty();
        }
        if (Lexicon.has("ordinal", token.fold())) {
            boolean discourse = token.first() && text.at(from + 1).fold().equals(",");
            BigDecimal place =
                    new BigDecimal(Lexicon.at("ordinal", List.of(token), 0).meaning());
            return discourse ? Optional.empty() : Optional.of(new Parsed(place, from + 1, true, false));
        }
        return words(text, from);
    }

    private static Parsed digits(Text text, int from) {
        Token token = text.at(from);
        BigDecimal value = value(token.text(), text.decimalComma());
        int end = from + 1;
        Optional<BigDecimal> part = fraction(text.at(end));
        if (part.isPresent() && text.isFree(end)) { // 2 1/2
            value = value.add(part.get());
            end++;
        } else if (AND.contains(text.at(end).fold()) && text.at(end + 1).fold().equals("a") && isHalf(text, end + 2)) {
            value = value.add(HALF); // 2 and a half
            end += 3;
        }
        boolean ordinal = text.at(end).close()
                && Set.of("st", "nd", "rd", "th").contains(text.at(end).fold());
        if (ordinal) {
            return new Parsed(value, end + 1, true, false);
        }
        Optional<BigDecimal> scale = scale(text, end);
        if (scale.isPresent()) {
            return new Parsed(value.multiply(scale.get()), end + 1, false, false);
        }
        return new Parsed(value, end, false, token.text().chars().allMatch(Character::isDigit));
    }

    private static boolean isHalf(Text text, int at) {
        return Lexicon.meanings("number", text.at(at).fold()).contains("0.5");
    }

    private static Optional<BigDecimal> scale(Text text, int at) {
        Token token = text.at(at);
        boolean loose = Lexicon.meanings("loose", token.fold()).contains("number");
        if (!text.isFree(at) || (loose && !text.decimalComma())) {
            return Optional.empty();
        }
        if (token.close() && token.fold().equals("m") && text.at(at - 2).text().matches("\\p{Sc}|US\\$")) {
            return Optional.of(new BigDecimal(1_000_000)); // $5m
        }
        return Lexicon.meanings("scale", token.fold()).stream().findFirst().map(BigDecimal::new);
    }

    private static Optional<BigDecimal> fraction(Token token) {
        Matcher matcher = FRACTION.matcher(token.text());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int over = Integer.parseInt(matcher.group(1));
        int under = Integer.parseInt(matcher.group(2));
        return over > 0 && over < under && under <= 16
                ? Optional.of(new BigDecimal(over)
                        .divide(new BigDecimal(under), 6, java.math.RoundingMode.HALF_UP)
                        .stripTrailingZeros())
                : Optional.empty();
    }

    /** Returns the value of digits with separators, by the convention of their text. */
    static BigDecimal value(String digits, boolean decimalComma) {
        String bare = digits.replace("'", "");
        int comma = bare.lastIndexOf(',');
        int point = bare.lastIndexOf('.');
        char decimal;
        if (comma >= 0 && point >= 0) {
            decimal = comma > point ? ',' : '.';
        } else {
            char only = comma >= 0 ? ',' : '.';
            boolean thousands = bare.matches("\\d{1,3}(?:[.,]\\d{3})+");
            boolean several = bare.indexOf(only) != bare.lastIndexOf(only);
            boolean usual = only == (decimalComma ? ',' : '.');
            decimal = several || (thousands && !usual) ? 'x' : only;
        }
        StringBuilder number = new StringBuilder();
        int last = bare.lastIndexOf(decimal);
        for (int i = 0; i < bare.length(); i++) {
            if (Character.isDigit(bare.charAt(i))) {
                number.append(bare.charAt(i));
            } else if (i == last) {
                number.append('.');
            }
        }
        return normal(new BigDecimal(number.toString()));
    }

    static BigDecimal normal(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    private static Optional<Parsed> words(Text text, int from) {
        BigDecimal total = BigDecimal.ZERO;
        BigDecimal group = null; // below the scale that is read next
        int at = from;
        int end = from;
        while (text.isFree(at) && text.at(at).isWord()) {
            Optional<BigDecimal> word = word(text, at);
            Optional<BigDecimal> scale = scale(text, at);
            if (word.isPresent() && fits(group, word.get())) {
                group = group == null ? word.get() : group.add(word.get());
            } else if (scale.isPresent() && (group != null || isArticle(text, at - 1))) {
                BigDecimal scaled = (group == null ? BigDecimal.ONE : group).multiply(scale.get());
                if (scale.get().compareTo(new BigDecimal(100)) <= 0) {
                    group = scaled;
                } else {
                    total = total.add(scaled);
                    group = BigDecimal.ZERO;
                }
            } else if (group != null && AND.contains(text.at(at).fold())) {
                boolean half = text.at(at + 1).fold().equals("a") && isHalf(text, at + 2);
                if (half) {
                    group = group.add(HALF);
                    end = at + 3;
                    break;
                }
                Optional<BigDecimal> next = word(text, at + 1);
                if (next.isEmpty()
                        || !fits(group.add(total), next.get())
                        || (group.compareTo(new BigDecimal(20)) < 0 && total.signum() == 0)) {
                    break;
                }
                at++;
                continue;
            } else {
                break;
            }
            at++;
            end = at;
        }
        if (group != null && group.compareTo(HALF) == 0 && isArticle(text, end)) { // half an hour
            end++;
        }
        return end == from || group == null
                ? Optional.empty()
                : Optional.of(new Parsed(normal(total.add(group)), end, false, false));
    }

    private static boolean isArticle(Text text, int at) {
        return Set.of("a", "an", "ein", "un", "una").contains(text.at(at).fold());
    }

    /** Whether a number word continues a number: four after twenty, twenty after hundred, nothing after four. */
    private static boolean fits(@org.jspecify.annotations.Nullable BigDecimal group, BigDecimal word) {
        if (group == null) {
            return true;
        }
        if (word.scale() > 0) {
            return false;
        }
        int below = group.signum() == 0 ? Integer.MAX_VALUE : 0;
        long value = group.longValue();
        if (value % 100 == 0 && value > 0) {
            below = 100;
        } else if (value % 10 == 0 && value % 100 >= 20) {
            below = 10;
        }
        return word.longValue() < below;
    }

    private static Optional<BigDecimal> word(Text text, int at) {
        String fold = text.at(at).fold();
        if (!text.isFree(at) || (Lexicon.meanings("loose", fold).contains("number") && !text.decimalComma())) {
            return Optional.empty();
        }
        Set<String> meanings = Lexicon.meanings("number", fold);
        if (!meanings.isEmpty()) {
            return Optional.of(new BigDecimal(meanings.iterator().next()));
        }
        Matcher compound = TENS_LAST.matcher(fold);
        if (compound.matches()) {
            String ones = compound.group(1).equals("ein") ? "eins" : compound.group(1);
            Set<String> one = Lexicon.meanings("number", ones);
            Set<String> ten = Lexicon.meanings("number", compound.group(2));
            if (!one.isEmpty() && !ten.isEmpty()) {
                return Optional.of(new BigDecimal(one.iterator().next())
                        .add(new BigDecimal(ten.iterator().next())));
            }
        }
        return Optional.empty();
    }
}

package dev.llmadapt.cli;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Needs.KnowledgeChange;
import dev.llmadapt.pilot.recommendation.Prices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/** A dialogue that asks for needs; an empty line keeps what stands in brackets, a wrong one is asked again. */
final class Questionnaire {
    private final BufferedReader in;
    private final PrintStream out;

    private Questionnaire(InputStream in, PrintStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
    }

    /**
     * Asks for each need.
     *
     * @param given what empty answers keep
     * @throws InvalidInput if the input ends before all is answered
     */
    static Needs ask(Needs given, InputStream in, PrintStream out) {
        Questionnaire form = new Questionnaire(in, out);
        Needs needs = given;
        needs = needs.withDataMayLeave(form.read(
                "May questions be sent to a hosted model (yes/no)?", given.dataMayLeave(), Questionnaire::yes));
        needs = needs.withKnowledge(form.read(
                "How often does what must be known change (never/monthly/weekly/daily)?",
                given.knowledge(),
                text -> KnowledgeChange.valueOf(text.toUpperCase(Locale.ROOT))));
        needs = needs.withConsistent(form.read(
                "Must the same question in other words get the same answer (yes/no)?",
                given.consistent(),
                Questionnaire::yes));
        Needs soFar = needs;
        needs = form.read(
                "What is the least quality of use (0 to 1, 0 for any)?",
                soFar.minimumQuality(),
                text -> soFar.withMinimumQuality(Double.parseDouble(text)).minimumQuality(),
                soFar::withMinimumQuality);
        Needs withQuality = needs;
        needs = withQuality.withLatency(form.read(
                "How long may 95 of 100 answers take (such as 800ms, 0 for any)?",
                withQuality.latency(),
                text -> Durations.parse("the time", text)));
        needs = needs.withMemoryBytes(form.read(
                        "How many MB of memory may serving take (0 for any)?",
                        given.memoryBytes() >> 20,
                        Questionnaire::count)
                << 20);
        needs = needs.withRequestsPerMonth(form.read(
                "How many requests come in a month?", given.requestsPerMonth(), text -> Math.max(1, count(text))));
        needs = needs.withTrainingBudget(form.read(
                "How long may one training take (such as 2h, 0 for none)?",
                given.trainingBudget(),
                text -> Durations.parse("the time", text)));
        Prices prices = given.prices();
        double hour = form.read("What does an hour of this machine cost?", prices.computeHour(), Questionnaire::price);
        double read = form.read(
                "And a million tokens read by a hosted model (0 if none is used)?",
                prices.promptMillion(),
                Questionnaire::price);
        double written =
                form.read("And a million tokens written by it?", prices.completionMillion(), Questionnaire::price);
        return needs.withPrices(new Prices(hour, read, written));
    }

    private <T> Needs read(String question, T given, Function<String, T> parse, Function<T, Needs> with) {
        return with.apply(read(question, given, parse));
    }

    private <T> T read(String question, T given, Function<String, T> parse) {
        while (true) {
            out.print(question + " [" + shown(given) + "] ");
            out.flush();
            String line;
            try {
                line = in.readLine();
            } catch (IOException e) {
                throw new InvalidInput("the answers cannot be read: " + e.getMessage(), e);
            }
            if (line == null) {
                throw new InvalidInput("the input ended before all questions were answered");
            }
            String text = line.strip();
            if (text.isEmpty()) {
                return given;
            }
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException | InvalidInput e) {
                out.println("'" + text + "' is not an answer to this question");
            }
        }
    }

    private static String shown(Object given) {
        if (given instanceof Boolean yes) {
            return yes ? "yes" : "no";
        }
        if (given instanceof Duration duration) {
            return duration.isZero()
                    ? "0"
                    : duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
        }
        return given.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean yes(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "y", "yes", "true" -> true;
            case "n", "no", "false" -> false;
            default -> throw new IllegalArgumentException("expected yes or no");
        };
    }

    private static long count(String text) {
        long count = Long.parseLong(text);
        if (count < 0 || count > 1_000_000_000_000L) {
            throw new IllegalArgumentException("out of range");
        }
        return count;
    }

    private static double price(String text) {
        return new Prices(Double.parseDouble(text), 0, 0).computeHour();
    }
}

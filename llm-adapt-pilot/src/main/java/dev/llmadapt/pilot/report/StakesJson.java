package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.json.JsonFields.array;
import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.list;
import static dev.llmadapt.pilot.json.JsonFields.member;
import static dev.llmadapt.pilot.json.JsonFields.number;
import static dev.llmadapt.pilot.json.JsonFields.text;

import com.google.gson.JsonObject;
import dev.llmadapt.pilot.recommendation.Abstention;
import dev.llmadapt.pilot.recommendation.BreakEven;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.task.LabelPair;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The part of a report's JSON about what errors, labels and people cost, and what goes to them. */
final class StakesJson {
    private StakesJson() {}

    static JsonObject stakes(Stakes stakes) {
        JsonObject json = new JsonObject();
        stakes.error().ifPresent(price -> json.addProperty("error", price));
        List<Map.Entry<LabelPair, Double>> errors = stakes.errors().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<LabelPair, Double> entry) ->
                                entry.getKey().right())
                        .thenComparing(entry -> entry.getKey().given()))
                .toList();
        json.add("errors", array(errors, entry -> {
            JsonObject inner = new JsonObject();
            inner.addProperty("right", entry.getKey().right());
            inner.addProperty("given", entry.getKey().given());
            inner.addProperty("price", entry.getValue());
            return inner;
        }));
        json.addProperty("label", stakes.label());
        json.addProperty("person", stakes.person());
        json.addProperty("horizonMonths", stakes.horizonMonths());
        json.addProperty("precision", stakes.precision());
        json.addProperty("currency", stakes.currency());
        return json;
    }

    static Stakes readStakes(JsonObject json) {
        record Priced(LabelPair pair, double price) {}
        List<Priced> errors = list(
                member(json, "errors").getAsJsonArray(),
                inner -> new Priced(new LabelPair(text(inner, "right"), text(inner, "given")), number(inner, "price")));
        return new Stakes(
                json.has("error") ? OptionalDouble.of(number(json, "error")) : OptionalDouble.empty(),
                errors.stream().collect(Collectors.toMap(Priced::pair, Priced::price)),
                number(json, "label"),
                number(json, "person"),
                integer(json, "horizonMonths"),
                number(json, "precision"),
                text(json, "currency"));
    }

    /** The total costs of a month, the break-even points, and the abstention where answers have confidences. */
    static JsonObject total(Measured row, PilotReport report) {
        Needs needs = report.needs();
        TotalCosts own = TotalCosts.of(row, needs);
        JsonObject json = costs(own);
        JsonObject requests = new JsonObject();
        JsonObject prices = new JsonObject();
        for (Measured other : report.measured()) {
            if (!other.strategy().equals(row.strategy()) && !other.outcomes().isEmpty()) {
                TotalCosts against = TotalCosts.of(other, needs);
                requests.add(other.strategy(), breakEven(own.requestsAgainst(against)));
                prices.add(other.strategy(), breakEven(own.errorPriceAgainst(against)));
            }
        }
        json.add("cheaperAtRequestsPerMonth", requests);
        json.add("cheaperAtErrorPrice", prices);
        if (needs.stakes().person() > 0) {
            TotalCosts people = TotalCosts.ofPeople(needs);
            JsonObject inner = new JsonObject();
            inner.addProperty("month", people.month());
            inner.add("cheaperAtRequestsPerMonth", breakEven(own.requestsAgainst(people)));
            inner.add("cheaperAtErrorPrice", breakEven(own.errorPriceAgainst(people)));
            json.add("againstPerson", inner);
        }
        Abstention abstention = Abstention.of(row.outcomes(), needs.stakes().precisionOrExample());
        if (!abstention.curve().isEmpty()) {
            JsonObject inner = new JsonObject();
            inner.addProperty("precision", abstention.wanted());
            abstention.chosen().ifPresent(point -> inner.add("chosen", point(point, row, needs)));
            inner.add("curve", array(abstention.curve(), point -> point(point, row, needs)));
            json.add("abstention", inner);
        }
        return json;
    }

    private static JsonObject costs(TotalCosts costs) {
        JsonObject json = new JsonObject();
        json.addProperty("month", costs.month());
        json.addProperty("low", costs.range().low());
        json.addProperty("high", costs.range().high());
        json.addProperty("machine", costs.machine());
        json.addProperty("errors", costs.errors());
        json.addProperty("person", costs.person());
        json.addProperty("adaptation", costs.adaptation());
        json.addProperty("labels", costs.labels());
        json.addProperty("refresh", costs.refresh());
        return json;
    }

    private static JsonObject point(Abstention.Point point, Measured row, Needs needs) {
        JsonObject json = new JsonObject();
        json.addProperty("above", point.above());
        json.addProperty("answered", point.answered());
        json.addProperty("right", point.right());
        json.addProperty("share", point.share());
        json.addProperty("precisionLowerBound", point.lowerBound());
        json.add("costs", costs(TotalCosts.of(row, needs, point)));
        return json;
    }

    private static JsonObject breakEven(BreakEven even) {
        JsonObject json = new JsonObject();
        json.addProperty("when", even.kind().name().toLowerCase(Locale.ROOT));
        if (even.kind() == BreakEven.Kind.ABOVE || even.kind() == BreakEven.Kind.BELOW) {
            json.addProperty("at", even.at());
        }
        return json;
    }
}

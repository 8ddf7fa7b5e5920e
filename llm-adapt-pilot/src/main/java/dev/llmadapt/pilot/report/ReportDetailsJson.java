package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.json.JsonFields.array;
import static dev.llmadapt.pilot.json.JsonFields.duration;
import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.list;
import static dev.llmadapt.pilot.json.JsonFields.member;
import static dev.llmadapt.pilot.json.JsonFields.millis;
import static dev.llmadapt.pilot.json.JsonFields.number;
import static dev.llmadapt.pilot.json.JsonFields.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.json.JudgeJson;
import dev.llmadapt.pilot.json.RiskJson;
import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.recommendation.Recommendation;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.MeasurementDetails.Omitted;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.SentPrompt;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.results.Stability;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The parts of a report's JSON that are not the plain measurements: needs, details, costs, the recommendation. */
final class ReportDetailsJson {
    private ReportDetailsJson() {}

    static JsonObject needs(Needs needs) {
        JsonObject json = new JsonObject();
        json.addProperty("dataMayLeave", needs.dataMayLeave());
        json.addProperty("knowledge", needs.knowledge().name());
        json.addProperty("consistent", needs.consistent());
        json.addProperty("minimumQuality", needs.minimumQuality());
        json.addProperty("tolerance", needs.tolerance());
        json.addProperty("latencyMs", millis(needs.latency()));
        json.addProperty("memoryBytes", needs.memoryBytes());
        json.addProperty("requestsPerMonth", needs.requestsPerMonth());
        json.addProperty("trainingBudgetMs", millis(needs.trainingBudget()));
        json.addProperty("computeHour", needs.prices().computeHour());
        json.addProperty("promptMillion", needs.prices().promptMillion());
        json.addProperty("completionMillion", needs.prices().completionMillion());
        json.add("stakes", StakesJson.stakes(needs.stakes()));
        return json;
    }

    static Needs readNeeds(JsonObject json) {
        return new Needs(
                member(json, "dataMayLeave").getAsBoolean(),
                Needs.KnowledgeChange.valueOf(text(json, "knowledge")),
                member(json, "consistent").getAsBoolean(),
                number(json, "minimumQuality"),
                number(json, "tolerance"),
                duration(json, "latencyMs"),
                member(json, "memoryBytes").getAsLong(),
                member(json, "requestsPerMonth").getAsLong(),
                duration(json, "trainingBudgetMs"),
                new Prices(
                        number(json, "computeHour"), number(json, "promptMillion"), number(json, "completionMillion")),
                json.has("stakes")
                        ? StakesJson.readStakes(member(json, "stakes").getAsJsonObject())
                        : Stakes.none());
    }

    static JsonObject costs(Measured row, PilotReport report) {
        Costs own = Costs.of(row, report.needs());
        JsonObject json = new JsonObject();
        json.addProperty("perThousand", own.perThousand());
        json.addProperty("adaptation", own.adaptation());
        JsonObject breakEven = new JsonObject();
        for (Measured other : report.measured()) {
            if (!other.strategy().equals(row.strategy())) {
                own.breakEven(Costs.of(other, report.needs()))
                        .ifPresent(requests -> breakEven.addProperty(other.strategy(), requests));
            }
        }
        json.add("cheaperFromRequests", breakEven);
        if (!row.outcomes().isEmpty()) {
            json.add("total", StakesJson.total(row, report));
        }
        return json;
    }

    static JsonObject calibration(Calibration calibration) {
        JsonObject json = new JsonObject();
        json.addProperty("brier", calibration.brier());
        json.addProperty("expectedError", calibration.expectedError());
        json.addProperty("answerable", calibration.answerable());
        json.addProperty("answers", calibration.answers());
        return json;
    }

    static JsonObject details(MeasurementDetails details) {
        JsonObject json = new JsonObject();
        json.addProperty("family", details.family().name());
        json.addProperty("trainExamples", details.trainExamples());
        json.addProperty("throughput", details.throughput());
        json.addProperty("artifactBytes", details.artifactBytes());
        json.addProperty("memoryBytes", details.memoryBytes());
        json.add("curve", array(details.curve(), ReportDetailsJson::point));
        json.add("paraphrase", share(details.stability().paraphrase()));
        json.add("seed", share(details.stability().seed()));
        json.add("rewording", share(details.stability().rewording()));
        JsonObject freshness = new JsonObject();
        freshness.addProperty("before", details.freshness().before());
        freshness.addProperty("after", details.freshness().after());
        freshness.addProperty("questions", details.freshness().questions());
        json.add("freshness", freshness);
        json.add("prompts", array(details.prompts(), ReportDetailsJson::prompt));
        json.add("risks", RiskJson.write(details.risks()));
        details.judged().ifPresent(grade -> json.add("judge", JudgeJson.write(grade)));
        json.addProperty("hosted", details.hosted());
        json.add("omitted", texts(details.omitted().stream().map(Omitted::name).toList()));
        details.teacher().ifPresent(report -> json.add("teacher", JsonParser.parseString(report.json())));
        return json;
    }

    static MeasurementDetails readDetails(JsonObject json) {
        JsonObject freshness = member(json, "freshness").getAsJsonObject();
        return new MeasurementDetails(
                StrategyFamily.valueOf(text(json, "family")),
                integer(json, "trainExamples"),
                number(json, "throughput"),
                member(json, "artifactBytes").getAsLong(),
                member(json, "memoryBytes").getAsLong(),
                list(member(json, "curve").getAsJsonArray(), ReportDetailsJson::readPoint),
                new Stability(readShare(json, "paraphrase"), readShare(json, "seed"), readShare(json, "rewording")),
                new Freshness(number(freshness, "before"), number(freshness, "after"), integer(freshness, "questions")),
                list(member(json, "prompts").getAsJsonArray(), ReportDetailsJson::readPrompt),
                Optional.ofNullable(json.get("teacher")).map(report -> DistillationReport.read(report.toString())),
                json.has("risks") ? RiskJson.read(json.getAsJsonObject("risks")) : RiskProfile.NONE,
                json.has("judge") ? Optional.of(JudgeJson.read(json.getAsJsonObject("judge"))) : Optional.empty(),
                json.has("hosted") && json.get("hosted").getAsBoolean(),
                json.has("omitted") ? omitted(json.getAsJsonArray("omitted")) : Set.of());
    }

    private static Set<Omitted> omitted(JsonArray names) {
        Set<Omitted> omitted = EnumSet.noneOf(Omitted.class);
        names.forEach(name -> omitted.add(Omitted.valueOf(name.getAsString())));
        return omitted;
    }

    private static JsonObject point(CurvePoint point) {
        JsonObject json = new JsonObject();
        json.addProperty("trainExamples", point.trainExamples());
        json.addProperty("testExamples", point.testExamples());
        json.addProperty("quality", point.quality());
        json.addProperty("low", point.interval().low());
        json.addProperty("high", point.interval().high());
        json.addProperty("adaptMs", millis(point.adaptTime()));
        return json;
    }

    private static CurvePoint readPoint(JsonObject json) {
        return new CurvePoint(
                integer(json, "trainExamples"),
                integer(json, "testExamples"),
                number(json, "quality"),
                new Interval(number(json, "low"), number(json, "high")),
                duration(json, "adaptMs"));
    }

    private static JsonObject share(Share share) {
        JsonObject json = new JsonObject();
        json.addProperty("same", share.same());
        json.addProperty("of", share.of());
        return json;
    }

    private static Share readShare(JsonObject json, String key) {
        JsonObject share = member(json, key).getAsJsonObject();
        return new Share(integer(share, "same"), integer(share, "of"));
    }

    private static JsonObject prompt(SentPrompt prompt) {
        JsonObject json = new JsonObject();
        json.addProperty("example", prompt.example());
        json.add("messages", array(prompt.messages(), message -> {
            JsonObject one = new JsonObject();
            one.addProperty("role", message.role().name());
            one.addProperty("content", message.content());
            return one;
        }));
        return json;
    }

    private static SentPrompt readPrompt(JsonObject json) {
        return new SentPrompt(
                text(json, "example"),
                list(
                        member(json, "messages").getAsJsonArray(),
                        one -> new Message(Role.valueOf(text(one, "role")), text(one, "content"))));
    }

    static JsonObject recommendation(Recommendation recommendation) {
        JsonObject json = new JsonObject();
        json.addProperty("verdict", recommendation.verdict().name());
        recommendation.choice().ifPresent(choice -> json.addProperty("choice", choice));
        recommendation.runnerUp().ifPresent(name -> json.addProperty("runnerUp", name));
        json.add("reasons", texts(recommendation.reasons()));
        json.add("wouldChange", texts(recommendation.wouldChange()));
        recommendation.examplesNeeded().ifPresent(examples -> json.addProperty("examplesNeeded", examples));
        json.addProperty("moreTime", recommendation.moreTime());
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}

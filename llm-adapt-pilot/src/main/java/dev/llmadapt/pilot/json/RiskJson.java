package dev.llmadapt.pilot.json;

import static dev.llmadapt.pilot.json.JsonFields.array;
import static dev.llmadapt.pilot.json.JsonFields.integer;
import static dev.llmadapt.pilot.json.JsonFields.list;
import static dev.llmadapt.pilot.json.JsonFields.member;
import static dev.llmadapt.pilot.json.JsonFields.number;
import static dev.llmadapt.pilot.json.JsonFields.text;

import com.google.gson.JsonObject;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.PersonalData;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.Optional;

/** The JSON of a risk profile, as reports hold it, and of its parts, as journals do. */
public final class RiskJson {
    private RiskJson() {}

    /** A profile as an object; what was not measured is left out. */
    public static JsonObject write(RiskProfile risks) {
        JsonObject json = new JsonObject();
        if (!risks.noise().isEmpty()) {
            json.add("noise", array(risks.noise(), RiskJson::noise));
        }
        if (risks.inputInjection().measured()) {
            json.add("inputInjection", injection(risks.inputInjection()));
        }
        if (risks.passageInjection().measured()) {
            json.add("passageInjection", injection(risks.passageInjection()));
        }
        if (risks.outOfScope().measured()) {
            json.add("outOfScope", outOfScope(risks.outOfScope()));
        }
        if (risks.personalData().measured()) {
            json.add("personalData", write(risks.personalData()));
        }
        return json;
    }

    /** Reads what {@link #write(RiskProfile)} wrote. */
    public static RiskProfile read(JsonObject json) {
        return new RiskProfile(
                json.has("noise") ? list(json.getAsJsonArray("noise"), RiskJson::readNoise) : RiskProfile.NONE.noise(),
                part(json, "inputInjection").map(RiskJson::readInjection).orElse(InjectionShare.NONE),
                part(json, "passageInjection").map(RiskJson::readInjection).orElse(InjectionShare.NONE),
                part(json, "outOfScope").map(RiskJson::readOutOfScope).orElse(OutOfScope.NONE),
                part(json, "personalData").map(RiskJson::readPersonalData).orElse(PersonalDataSent.NONE));
    }

    private static Optional<JsonObject> part(JsonObject json, String key) {
        return json.has(key) ? Optional.of(json.getAsJsonObject(key)) : Optional.empty();
    }

    private static JsonObject noise(NoisyQuality quality) {
        JsonObject json = new JsonObject();
        json.addProperty("noise", quality.noise());
        json.addProperty("examples", quality.examples());
        json.addProperty("original", quality.original());
        json.addProperty("noisy", quality.noisy());
        json.addProperty("low", quality.difference().low());
        json.addProperty("high", quality.difference().high());
        return json;
    }

    private static NoisyQuality readNoise(JsonObject json) {
        return new NoisyQuality(
                text(json, "noise"),
                integer(json, "examples"),
                number(json, "original"),
                number(json, "noisy"),
                new Interval(number(json, "low"), number(json, "high")));
    }

    private static JsonObject injection(InjectionShare share) {
        JsonObject json = new JsonObject();
        json.addProperty("obeyed", share.obeyed());
        json.addProperty("anyway", share.anyway());
        json.addProperty("of", share.of());
        return json;
    }

    private static InjectionShare readInjection(JsonObject json) {
        return new InjectionShare(integer(json, "obeyed"), integer(json, "anyway"), integer(json, "of"));
    }

    private static JsonObject outOfScope(OutOfScope scope) {
        JsonObject json = new JsonObject();
        json.addProperty("messages", scope.messages());
        json.addProperty("answered", scope.answered());
        scope.separation().ifPresent(separation -> {
            json.addProperty("inScope", separation.inScope());
            json.addProperty("threshold", separation.threshold());
            json.addProperty("confident", separation.confident());
            json.addProperty("auroc", separation.auroc());
        });
        return json;
    }

    private static OutOfScope readOutOfScope(JsonObject json) {
        return new OutOfScope(
                integer(json, "messages"),
                integer(json, "answered"),
                json.has("auroc")
                        ? Optional.of(new OutOfScope.Separation(
                                integer(json, "inScope"),
                                number(json, "threshold"),
                                integer(json, "confident"),
                                number(json, "auroc")))
                        : Optional.empty());
    }

    /** What prompts hold of people as an object. */
    public static JsonObject write(PersonalDataSent sent) {
        JsonObject json = new JsonObject();
        json.addProperty("prompts", sent.prompts());
        json.addProperty("affected", sent.affected());
        json.add("inMessages", count(sent.inMessages()));
        json.add("added", count(sent.added()));
        return json;
    }

    /** Reads what {@link #write(PersonalDataSent)} wrote. */
    public static PersonalDataSent readPersonalData(JsonObject json) {
        return new PersonalDataSent(
                integer(json, "prompts"),
                integer(json, "affected"),
                readCount(member(json, "inMessages").getAsJsonObject()),
                readCount(member(json, "added").getAsJsonObject()));
    }

    private static JsonObject count(PersonalData data) {
        JsonObject json = new JsonObject();
        json.addProperty("emails", data.emails());
        json.addProperty("phones", data.phones());
        json.addProperty("ibans", data.ibans());
        json.addProperty("cards", data.cards());
        return json;
    }

    private static PersonalData readCount(JsonObject json) {
        return new PersonalData(
                integer(json, "emails"), integer(json, "phones"), integer(json, "ibans"), integer(json, "cards"));
    }
}

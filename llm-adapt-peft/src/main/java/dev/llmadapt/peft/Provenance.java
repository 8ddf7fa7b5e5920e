package dev.llmadapt.peft;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * How something was trained: the JSON that is kept beside it, and the key by which a checkpoint knows its training.
 *
 * <p>Folders and checkpoints hold these texts, so a field keeps its name, its place and its form. A field that is added
 * later is written at the end, and only where it is not what trainings from before did: then their checkpoints go on.
 */
final class Provenance {
    private Provenance() {}

    /**
     * What was learned from.
     *
     * @param learned how many texts or preferences were learned
     * @param measured how many were held back and measured
     * @param leftOut how many could not be learned
     * @param sha256 of all that is learned and measured
     */
    record Data(int learned, int measured, int leftOut, String sha256) {
        static Data of(Lessons lessons) {
            return new Data(lessons.texts().size(), lessons.validation().size(), lessons.leftOut(), lessons.sha256());
        }
    }

    /** Gives the method, the options, how many texts were learned and measured, and their SHA-256. */
    static String json(String method, TrainingOptions options, Lessons lessons) {
        return json(method, options, Data.of(lessons)).toString();
    }

    static JsonObject json(String method, TrainingOptions options, Data data) {
        JsonObject json = new JsonObject();
        json.addProperty("method", method);
        json.add("options", options(options));
        json.addProperty("texts", data.learned());
        json.addProperty("validation_texts", data.measured());
        if (data.leftOut() > 0) {
            json.addProperty("left_out", data.leftOut());
        }
        json.addProperty("data_sha256", data.sha256());
        return json;
    }

    /**
     * The key of a training: the SHA-256 of what its result depends on.
     *
     * @param identity of what learns, with its settings
     */
    static String key(String identity, TrainingOptions options, Lessons lessons) {
        return key(identity, options, lessons.sha256());
    }

    static String key(String identity, TrainingOptions options, String sha256) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(identity.getBytes(StandardCharsets.UTF_8));
        digest.update(new Gson().toJson(options(options)).getBytes(StandardCharsets.UTF_8));
        digest.update(sha256.getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest);
    }

    /** The options that a result depends on: all but where and how often its state is written. */
    static JsonObject options(TrainingOptions options) {
        TrainingOptions.Learning learning = options.learning();
        TrainingOptions.Optimization optimization = options.optimization();
        TrainingOptions.Validation validation = options.validation();
        TrainingOptions.Machine machine = options.machine();
        JsonObject json = new JsonObject();
        json.addProperty("epochs", learning.epochs());
        json.addProperty("batchSize", learning.batchSize());
        json.addProperty("microBatchSize", machine.microBatchSize());
        json.addProperty("learningRate", optimization.learningRate());
        json.addProperty("schedule", optimization.schedule().name());
        json.addProperty("warmUp", optimization.warmUp());
        json.addProperty("optimizer", optimization.optimizer().identity());
        json.addProperty("maxGradientNorm", optimization.maxGradientNorm());
        json.addProperty("maxLength", learning.maxLength());
        json.addProperty("packing", machine.packing());
        json.addProperty("learn", learning.lossOn().name());
        json.addProperty("validationShare", validation.share());
        json.addProperty("evaluations", validation.evaluations());
        json.addProperty("patience", validation.patience());
        json.addProperty("select", validation.select().name());
        json.addProperty("seed", learning.seed());
        json.addProperty("precision", machine.precision().name());
        json.addProperty("recompute", machine.gradientCheckpointing());
        json.addProperty("threads", machine.threads());
        // 0 is how trainings counted before there were these two
        addUnlessZero(json, "minSteps", learning.minSteps());
        addUnlessZero(json, "maxSteps", learning.maxSteps());
        if (learning.lossOver() != TrainingOptions.LossOver.VOCABULARY) {
            json.addProperty("lossOver", learning.lossOver().name());
        }
        return json;
    }

    private static void addUnlessZero(JsonObject json, String name, int value) {
        if (value != 0) {
            json.addProperty(name, value);
        }
    }
}

package dev.llmadapt.heads;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import java.util.List;

/**
 * A learned head: features, classifier and calibration.
 *
 * @param <T> what the features read of a request
 * @param labels the labels, in the order of the classifier's
 * @param leftOut the task's other labels, which had no example
 * @param regularization the C with which it was learned
 * @param trials how that was chosen
 */
record Head<T>(
        Features<T> features,
        Features.Projection<T> projection,
        LinearClassifier classifier,
        Calibration calibration,
        List<String> labels,
        List<String> leftOut,
        double regularization,
        CrossValidation trials) {

    /** The log-probabilities of the labels for each request. */
    List<double[]> logProbabilities(List<Request> requests) {
        return values(requests).stream().map(calibration::logProbabilities).toList();
    }

    /** The decision values of the labels for each request. */
    List<double[]> values(List<Request> requests) {
        return features.read(requests).stream()
                .map(projection::row)
                .map(classifier::values)
                .toList();
    }

    /** A description of a model with this head. */
    ModelInfo info(String task) {
        return new ModelInfo(
                features.name() + " of " + task + (leftOut.isEmpty() ? "" : ", without " + leftOut),
                "linear-head",
                (long) labels.size() * (projection.dimension() + 1),
                HeadRequests.MAX_WORDS,
                labels.size(),
                "fp32");
    }
}

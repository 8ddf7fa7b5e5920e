package dev.llmadapt.heads;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/** What a stored head of several labels says of them, in {@code head.json}. */
final class StoredLabelSets {
    private StoredLabelSets() {}

    static JsonObject describe(MultiLabelModel.Learned<?> learned) {
        JsonObject json = new JsonObject();
        json.addProperty("property", learned.sets().property());
        json.addProperty("most", learned.sets().most());
        json.add("labels", HeadFolder.texts(learned.sets().labels()));
        JsonArray thresholds = new JsonArray();
        Arrays.stream(learned.thresholds()).forEach(thresholds::add);
        json.add("thresholds", thresholds);
        return json;
    }

    /** Adds what stands in a file to its head. */
    static MultiLabelModel.Learned<?> read(Head<?> head, HeadJson json) {
        List<String> labels = json.texts("labels");
        List<String> known = new ArrayList<>(head.labels());
        known.addAll(head.leftOut());
        if (labels.size() != known.size() || !new LinkedHashSet<>(labels).containsAll(known)) {
            throw json.broken("labels", "those of the head, " + known);
        }
        List<Double> thresholds = json.numbers("thresholds");
        if (thresholds.size() != head.labels().size()
                || thresholds.stream().anyMatch(threshold -> !(threshold >= 0 && threshold <= 1))) {
            throw json.broken("thresholds", "a probability for each of the labels " + head.labels());
        }
        return new MultiLabelModel.Learned<>(
                head,
                new LabelSets(json.text("property"), labels, (int) json.whole("most", 1, Integer.MAX_VALUE)),
                thresholds.stream().mapToDouble(Double::doubleValue).toArray());
    }
}

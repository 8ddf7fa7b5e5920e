package dev.llmadapt.heads;

import dev.llmadapt.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The words and the runs of characters of the text, weighted by TF-IDF as scikit-learn does: {@code 1 + ln(count)}
 * times {@code ln((1 + texts) / (1 + texts with the term)) + 1}, words and runs each scaled to length 1.
 */
record WordFeatures() implements Features<Terms> {
    @Override
    public String name() {
        return "words";
    }

    @Override
    public Loss loss() {
        return Loss.SQUARED_HINGE;
    }

    @Override
    public List<Terms> read(List<Request> requests) {
        return requests.stream()
                .map(request -> Terms.of(Features.text(request)))
                .toList();
    }

    @Override
    public Vocabulary project(List<Terms> readings) {
        Map<String, Integer> words = textsWith(readings, Terms::words);
        Map<String, Integer> characters = textsWith(readings, Terms::characters);
        double[] idf = new double[words.size() + characters.size()];
        int term = 0;
        for (Map<String, Integer> texts : List.of(words, characters)) {
            for (int count : texts.values()) {
                idf[term++] = Math.log((1.0 + readings.size()) / (1.0 + count)) + 1;
            }
        }
        return new Vocabulary(List.copyOf(words.keySet()), List.copyOf(characters.keySet()), idf);
    }

    /** Counts the texts in which each term stands; the terms are sorted. */
    private static Map<String, Integer> textsWith(List<Terms> readings, Function<Terms, Map<String, Integer>> kind) {
        Map<String, Integer> texts = new TreeMap<>();
        readings.forEach(reading -> kind.apply(reading).keySet().forEach(term -> texts.merge(term, 1, Integer::sum)));
        return texts;
    }

    /** The known terms with their weights: words first, then runs of characters. Others are passed over. */
    static final class Vocabulary implements Projection<Terms> {
        private final List<String> words;
        private final List<String> characters;
        private final double[] idf;
        private final Map<String, Integer> wordPlaces;
        private final Map<String, Integer> characterPlaces;

        Vocabulary(List<String> words, List<String> characters, double[] idf) {
            this.words = words;
            this.characters = characters;
            this.idf = idf;
            this.wordPlaces = places(words, 0);
            this.characterPlaces = places(characters, words.size());
        }

        List<String> words() {
            return words;
        }

        List<String> characters() {
            return characters;
        }

        double[] idf() {
            return idf;
        }

        @Override
        public int dimension() {
            return idf.length;
        }

        @Override
        public Row row(Terms reading) {
            TreeMap<Integer, Double> values = new TreeMap<>();
            addTo(values, reading.words(), wordPlaces);
            addTo(values, reading.characters(), characterPlaces);
            return new Row(
                    values.keySet().stream().mapToInt(Integer::intValue).toArray(),
                    values.values().stream().mapToDouble(Double::doubleValue).toArray());
        }

        /** Adds the weights of one kind of terms, scaled to length 1. */
        private void addTo(Map<Integer, Double> values, Map<String, Integer> counts, Map<String, Integer> places) {
            Map<Integer, Double> known = new TreeMap<>(); // sorted, so that sums do not depend on the order of a hash
            counts.forEach((term, count) -> {
                Integer place = places.get(term);
                if (place != null) {
                    known.put(place, (1 + Math.log(count)) * idf[place]);
                }
            });
            double length = Math.sqrt(
                    known.values().stream().mapToDouble(value -> value * value).sum());
            known.forEach((place, value) -> values.put(place, value / length));
        }

        private static Map<String, Integer> places(List<String> terms, int first) {
            Map<String, Integer> places = new HashMap<>();
            for (String term : terms) {
                places.put(term, first + places.size());
            }
            return places;
        }
    }
}

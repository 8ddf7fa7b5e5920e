package dev.llmadapt.pilot.task;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two labels of one example.
 *
 * @param right the right label
 * @param given the label that was answered
 */
public record LabelPair(String right, String given) {
    private static final List<String> COLUMNS = List.of("right", "given", "price");

    /**
     * Reads a price a pair from a CSV file with the columns right, given and price, in the file's order.
     *
     * @throws dev.llmadapt.LlmAdaptException if it is no such file, a price is no number of 0 or more, or a pair comes
     *     twice; it names the line
     */
    public static Map<LabelPair, Double> readPrices(Path file) {
        Table table = Table.read(file);
        List<Integer> places = COLUMNS.stream().map(table::indexOf).toList();
        if (places.contains(-1)) {
            throw new TaskFileException(
                    file, "expected the columns " + String.join(", ", COLUMNS) + ", found columns " + table.columns());
        }
        Map<LabelPair, Double> prices = new LinkedHashMap<>();
        for (Table.Row row : table.rows()) {
            LabelPair pair = new LabelPair(
                    row.cells().get(places.get(0)).strip(),
                    row.cells().get(places.get(1)).strip());
            String text = row.cells().get(places.get(2)).strip();
            double price = price(text);
            if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
                throw new TaskFileException(
                        file, row.line(), "a price must be a number of 0 or more such as 2.50, got '" + text + "'");
            }
            if (prices.put(pair, price) != null) {
                throw new TaskFileException(
                        file,
                        row.line(),
                        "the pair right '" + pair.right + "', given '" + pair.given + "' comes twice; keep one");
            }
        }
        return prices;
    }

    private static double price(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}

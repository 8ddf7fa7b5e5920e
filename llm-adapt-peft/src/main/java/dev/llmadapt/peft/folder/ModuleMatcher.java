package dev.llmadapt.peft.folder;

import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Chooses modules by their paths as PEFT does ({@code check_target_module_exists}, {@code get_pattern_key}). */
final class ModuleMatcher {
    /** Every linear layer but the output head. */
    static final String ALL_LINEAR = "all-linear";
    /** A few hundred modules by as many patterns take less than a hundredth of it; it is spent in a second or two. */
    private static final long BUDGET = 200_000_000;

    private final PythonPattern.Budget budget = new PythonPattern.Budget(BUDGET);
    private final Map<String, PythonPattern> compiled = new LinkedHashMap<>();

    /** Whether {@code targets} choose the module; {@code plainLinear} says that {@code all-linear} includes it. */
    boolean chooses(Targets targets, String path, boolean plainLinear) {
        if (targets.excluded().isPresent() && isNamed(targets.excluded().get(), path)) {
            return false;
        }
        if (targets.pattern().isPresent()) {
            String pattern = targets.pattern().get();
            return pattern.equals(ALL_LINEAR) ? plainLinear : matches(pattern, path);
        }
        if (targets.names().contains(path)) {
            return true; // a full path also when its layer is not one of the layers
        }
        return isNamed(targets, path) && (targets.layers().isEmpty() || inLayers(targets, path));
    }

    /** Whether the module is one that IA3 scales the input of: there, a name may end anywhere, not only after a dot. */
    boolean isFeedforward(Targets feedforward, String path) {
        return feedforward.pattern().isPresent()
                ? matches(feedforward.pattern().get(), path)
                : feedforward.names().stream().anyMatch(path::endsWith);
    }

    /** The value of the first key that matches the end of the path. */
    <T> Optional<T> first(Map<String, T> patterns, String path) {
        for (Map.Entry<String, T> entry : patterns.entrySet()) {
            if (matches(suffix(entry.getKey()), path)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /**
     * The pattern of a key of {@code rank_pattern} or {@code alpha_pattern}: it names the end of a path after a dot.
     */
    static String suffix(String key) {
        return "(.*\\.)?(" + key + ")$";
    }

    private boolean isNamed(Targets targets, String path) {
        if (targets.pattern().isPresent()) {
            return matches(targets.pattern().get(), path);
        }
        return targets.names().stream().anyMatch(name -> path.equals(name) || path.endsWith("." + name));
    }

    private boolean matches(String pattern, String path) {
        return compiled.computeIfAbsent(pattern, PythonPattern::compile).matches(path, budget);
    }

    /** The layer is the first number after the name of the list of layers, or else the first after two other names. */
    private boolean inLayers(Targets targets, String path) {
        if (targets.layersPattern().isEmpty()) {
            return targets.layers().contains(layer(Optional.empty(), path));
        }
        return targets.layersPattern().stream()
                .map(pattern -> layer(Optional.of(pattern), path))
                .filter(layer -> layer >= 0)
                .findFirst()
                .filter(targets.layers()::contains)
                .isPresent();
    }

    /** A number in a path and where it stands. */
    private record Numbered(int layer, int index, int end) {}

    /**
     * The number in a path that stands after the pattern, or -1; after the longest text that matches, as Python's
     * repetitions take as much as they can.
     */
    private int layer(Optional<String> pattern, String path) {
        String[] names = path.split("\\.", -1);
        List<Integer> starts = new ArrayList<>();
        List<Numbered> numbers = new ArrayList<>();
        int start = 0;
        for (int i = 0; i + 1 < names.length; i++) {
            if (i > 0 && names[i].matches("[0-9]{1,9}")) {
                numbers.add(new Numbered(Integer.parseInt(names[i]), i, start - 1));
            }
            starts.add(start);
            start += names[i].length() + 1;
        }
        if (pattern.isEmpty()) {
            return numbers.stream()
                    .filter(number -> number.index >= 2)
                    .mapToInt(Numbered::layer)
                    .findFirst()
                    .orElse(-1);
        }
        for (int from : starts) {
            for (int i = numbers.size() - 1; i >= 0; i--) {
                Numbered number = numbers.get(i);
                if (from < number.end && matches(pattern.get(), path.substring(from, number.end))) {
                    return number.layer;
                }
            }
        }
        return -1;
    }
}

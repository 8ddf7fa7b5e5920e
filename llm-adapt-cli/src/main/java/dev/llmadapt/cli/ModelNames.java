package dev.llmadapt.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Short names of models for tables, from their sources: of {@code /models/Qwen2.5-0.5B-Instruct-Q4_K_M.gguf} it is
 * {@code qwen2.5-0.5b}, as long as the others of the list have other names.
 */
final class ModelNames {
    private static final String TYPE = "[-._](q[2-8](_[0-9a-z]+)*|iq[1-4]_[a-z]+|f16|f32|fp16|bf16)$";

    private ModelNames() {}

    /** A name for each source, all different: as short as that allows. */
    static List<String> of(List<String> sources) {
        if (sources.stream().map(KnownModel::sourceOf).distinct().count() < sources.size()) {
            throw new InvalidInput("--model names one model twice, got " + String.join(", ", sources));
        }
        List<UnaryOperator<String>> ways = List.of(ModelNames::shortest, ModelNames::last, ModelNames::whole);
        for (UnaryOperator<String> way : ways) {
            List<String> names = sources.stream().map(way).toList();
            Set<String> different = new HashSet<>(names);
            if (different.size() == sources.size()) {
                return names;
            }
        }
        throw new InvalidInput("two models of --model have one name, got " + String.join(", ", sources));
    }

    private static String shortest(String source) {
        return last(source).replaceAll("-(gguf|onnx)$", "").replaceAll(TYPE, "").replaceAll("-(instruct|chat|it)$", "");
    }

    /** The last part of a source in lower case, without its ending. */
    private static String last(String source) {
        if (KnownModel.isDefault(source)) {
            return KnownModel.all().get(0).id();
        }
        if (RemoteSource.is(source)) {
            RemoteSource remote = RemoteSource.parse(source);
            return remote.model().isEmpty()
                    ? whole(remote.baseUrl().replaceAll("^https?://|/.*", ""))
                    : whole(last(remote.model()));
        }
        String path =
                source.replaceAll("#sha256=.*", "").replaceAll("@[^@/]*$", "").replaceAll("[/\\\\]+$", "");
        return whole(path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\.(gguf|onnx)$", ""));
    }

    private static String whole(String source) {
        String name = source.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
        return name.isEmpty() ? "model" : name;
    }
}

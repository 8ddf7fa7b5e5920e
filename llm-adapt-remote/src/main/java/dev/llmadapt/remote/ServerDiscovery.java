package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Scoring;
import dev.llmadapt.remote.ServerFeatures.Ability;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says of itself, asked once: the list of its models, whose field {@code owned_by} tells most kinds of
 * servers, and its version. Requests of users are never tried for it.
 *
 * @param model the name of the model
 * @param features what the server can do
 * @param info the description of the model
 */
record ServerDiscovery(String model, ServerFeatures features, ModelInfo info) {
    private static final Set<String> OPENAI = Set.of("openai", "openai-internal", "system");
    private static final Pattern VERSION =
            Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?.*", Pattern.DOTALL);

    /**
     * Asks a server.
     *
     * @throws IllegalArgumentException if it does not have the model
     * @throws RemoteException if it does not answer
     */
    static ServerDiscovery of(Service service, RemoteOptions options) throws InterruptedException {
        if (options.features().isPresent() && !options.model().isEmpty()) {
            return made(options.model(), options.features().get(), new JsonObject(), 0, options);
        }
        Optional<ServedModels> served = ServedModels.ask(service, "/models");
        if (served.isEmpty() && ServedModels.ask(service, "/v1/models").isPresent()) {
            throw new IllegalArgumentException(
                    "the server at " + service.where() + " has its models below /v1: use " + service.where() + "/v1");
        }
        if (served.isEmpty() && options.model().isEmpty()) {
            throw new IllegalArgumentException("the server at " + service.where()
                    + " has no list of models at /models; name the model with RemoteOptions.withModel, and check that"
                    + " the base URL ends as the server's does, such as in /v1");
        }
        Optional<ServedModels.Entry> entry = served.map(all -> all.choose(options.model(), service.where()));
        String model = entry.map(ServedModels.Entry::id).orElse(options.model());
        JsonObject json = entry.map(ServedModels.Entry::json).orElseGet(JsonObject::new);
        if (options.features().isPresent()) {
            return made(model, options.features().get(), json, 0, options);
        }
        String owner = entry.map(ServedModels.Entry::ownedBy).orElse("");
        boolean known =
                owner.equals("vllm") || owner.equals("llamacpp") || owner.equals("library") || OPENAI.contains(owner);
        if (owner.equals("llm-adapt")) {
            // a saved strategy or a layer has no context of its own, and is not scored
            ServerFeatures features = ServerFeatures.llmAdapt();
            boolean local = Json.count(json, "max_model_len") > 0;
            return made(model, local ? features : features.withScoring(Scoring.NONE), json, 0, options);
        }
        if (OPENAI.contains(owner)) {
            return made(model, ServerFeatures.openAi(), json, 0, options);
        }
        if (owner.equals("library") || !known) {
            Optional<JsonObject> ollama = service.probe(service.beside("/api/version"));
            if (ollama.isPresent()) {
                boolean logProbabilities = atLeast(Json.text(ollama.get(), "version"), 0, 12, 11);
                return made(model, ServerFeatures.ollama(logProbabilities), json, 0, options);
            }
        }
        if (owner.equals("llamacpp") || !known) {
            Optional<JsonObject> props = service.probe(service.beside("/props"));
            if (owner.equals("llamacpp")
                    || props.flatMap(all -> Json.object(all, "default_generation_settings"))
                            .isPresent()) {
                int context = props.flatMap(all -> Json.object(all, "default_generation_settings"))
                        .map(settings -> Json.count(settings, "n_ctx"))
                        .orElse(0);
                return made(model, ServerFeatures.llamaCpp(), json, context, options);
            }
        }
        if (owner.equals("vllm")) {
            Optional<JsonObject> version = service.probe(service.beside("/version"));
            boolean structured = version.isEmpty() || atLeast(Json.text(version.get(), "version"), 0, 11, 0);
            ServerFeatures features = structured
                    ? ServerFeatures.vllm()
                    : ServerFeatures.vllm().without(Ability.CHOICES, Ability.REGEX, Ability.GRAMMAR);
            return made(model, features, json, 0, options);
        }
        return made(model, ServerFeatures.plain(), json, 0, options);
    }

    private static ServerDiscovery made(
            String model, ServerFeatures features, JsonObject entry, int context, RemoteOptions options) {
        JsonObject meta = Json.object(entry, "meta").orElseGet(JsonObject::new);
        int length = options.contextLength();
        if (length == 0) {
            length = context > 0 ? context : Json.count(entry, "max_model_len");
        }
        if (length == 0 && features.dialect() == Dialect.LLAMA_CPP) {
            length = Json.count(meta, "n_ctx_train");
        }
        ModelInfo info = new ModelInfo(
                model,
                "remote, " + features.dialect(),
                (long) Json.number(meta, "n_params", 0),
                length,
                Json.count(meta, "n_vocab"),
                "remote",
                features.scoring());
        return new ServerDiscovery(model, features, info);
    }

    /** Whether a version is that one or later; also where it cannot be read, such as of a build of one's own. */
    static boolean atLeast(String version, int... least) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return true;
        }
        for (int i = 0; i < least.length; i++) {
            int part = parts.group(i + 1) == null ? 0 : Integer.parseInt(parts.group(i + 1));
            if (part != least[i]) {
                return part > least[i];
            }
        }
        return true;
    }
}

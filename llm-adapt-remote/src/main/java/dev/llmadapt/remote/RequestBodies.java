package dev.llmadapt.remote;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.remote.ServerFeatures.Ability;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import java.util.stream.Collectors;

/** The bodies of requests, and the refusals of what the server cannot do. Immutable. */
final class RequestBodies {
    /** Tokens that JSON around a choice may take. */
    private static final int AROUND_CHOICE = 32;

    private static final long SEEDS = 0xFFFF_FFFFL; // of llama.cpp, where the next number means any seed

    private final String where;
    private final ServerFeatures features;
    private final ConstraintJson constraints;
    private final JsonObject extra;

    RequestBodies(String where, ServerFeatures features, JsonObject extra) {
        this.where = where;
        this.features = features;
        this.constraints = new ConstraintJson(where, features);
        this.extra = extra;
    }

    /** Whether the answer is known only when it is whole: a choice in JSON, or JSON in the one form of a schema. */
    boolean isWhole(Request request) {
        return constraints.isChoiceInJson(request.constraint())
                || (request.constraint() instanceof OutputConstraint.Json json
                        && !(json.schema() instanceof dev.llmadapt.JsonSchema.Document));
    }

    /** Whether the choices of a request are asked for in JSON. */
    boolean isChoiceInJson(Request request) {
        return constraints.isChoiceInJson(request.constraint());
    }

    /** The path of requests like this one, below the base URL. */
    static String path(Request request) {
        return request.raw() ? "/completions" : "/chat/completions";
    }

    /**
     * The body that asks for an answer as a stream.
     *
     * @param model the name of the model or adapter
     * @throws IllegalArgumentException if the server cannot do what the request asks for
     */
    JsonObject answer(Request request, String model) {
        JsonObject body = prompt(request, model);
        JsonObject usage = new JsonObject();
        usage.addProperty("include_usage", true);
        body.addProperty("stream", true);
        body.add("stream_options", usage);
        addOptions(body, request);
        if (request.callsTools()) {
            requireTools(request.toolChoice());
            body.add("tools", MessageJson.tools(request.tools()));
            MessageJson.addChoice(body, request.toolChoice());
        }
        if (isWhole(request) && request.options().logProbabilities()) {
            throw new IllegalArgumentException(
                    "an answer constrained to " + request.constraint().kind()
                            + " is put into its own form when it is whole, and its tokens' log-probabilities would not be"
                            + " those of that text; leave logProbabilities out");
        }
        constraints.add(body, request.constraint());
        extra.entrySet().forEach(field -> body.add(field.getKey(), field.getValue()));
        return body;
    }

    /**
     * The body that asks for the most probable first tokens of an answer.
     *
     * @param most how many
     */
    JsonObject firstToken(Request request, String model, int most) {
        JsonObject body = prompt(request, model);
        body.addProperty("stream", false);
        body.addProperty("temperature", 0);
        body.addProperty(features.dialect() == Dialect.OPENAI ? "max_completion_tokens" : "max_tokens", 1);
        if (request.raw()) {
            body.addProperty("logprobs", most);
        } else {
            body.addProperty("logprobs", true);
            body.addProperty("top_logprobs", most);
        }
        extra.entrySet().forEach(field -> body.add(field.getKey(), field.getValue()));
        return body;
    }

    /** The prompt: messages, or text as it is, with the arguments of the chat template. */
    JsonObject prompt(Request request, String model) {
        JsonObject body = new JsonObject();
        body.addProperty("model", model);
        if (request.raw()) {
            require(Ability.RAW_TEXT, "text without a chat template");
            body.addProperty(
                    "prompt", request.messages().stream().map(Message::content).collect(Collectors.joining("\n\n")));
            return body;
        }
        body.add("messages", MessageJson.messages(request.messages(), features.dialect()));
        if (request.last().role() == Role.ASSISTANT) {
            require(Ability.CONTINUATION, "conversations that end with an assistant's message, to go on with it");
            if (features.dialect() == Dialect.VLLM) {
                body.addProperty("add_generation_prompt", false);
                body.addProperty("continue_final_message", true);
            }
        }
        if (!request.templateArguments().isEmpty()) {
            require(
                    Ability.TEMPLATE_ARGUMENTS,
                    "arguments of the chat template such as "
                            + request.templateArguments().keySet());
            body.add("chat_template_kwargs", new Gson().toJsonTree(request.templateArguments()));
        }
        return body;
    }

    /** Sends every option, also where it has its default, since servers have defaults of their own. */
    private void addOptions(JsonObject body, Request request) {
        GenerationOptions options = request.options();
        boolean sampled = options.temperature() > 0;
        int most = options.maxTokens();
        if (isChoiceInJson(request)) {
            most = (int) Math.min(Integer.MAX_VALUE, (long) most + AROUND_CHOICE);
        }
        body.addProperty(features.dialect() == Dialect.OPENAI ? "max_completion_tokens" : "max_tokens", most);
        body.addProperty("temperature", options.temperature());
        if (sampled) {
            body.addProperty("top_p", options.topP());
            boolean llama = features.dialect() == Dialect.LLAMA_CPP;
            body.addProperty("seed", llama ? Math.floorMod(options.seed(), SEEDS) : options.seed());
        }
        if (!options.stop().isEmpty()) {
            JsonArray stop = new JsonArray();
            options.stop().forEach(stop::add);
            body.add("stop", stop);
        }
        addFilters(body, options, sampled);
        if (options.logProbabilities()) {
            require(Ability.LOG_PROBABILITIES, "the option logProbabilities");
            int reported = Math.max(1, options.candidates()); // none are more than some servers report no token for
            if (options.candidates() > features.topTokens()) {
                throw new IllegalArgumentException("the server at " + where + " (" + features.dialect()
                        + ") reports at most " + features.topTokens() + " candidates beside a token, candidates: "
                        + options.candidates());
            }
            if (request.raw()) {
                body.addProperty("logprobs", reported);
            } else {
                body.addProperty("logprobs", true);
                body.addProperty("top_logprobs", reported);
            }
            if (features.dialect() == Dialect.VLLM) {
                body.addProperty("return_token_ids", true);
            }
        }
    }

    private void addFilters(JsonObject body, GenerationOptions options, boolean sampled) {
        if (!features.can(Ability.SAMPLING_FILTERS)) {
            refuse(options.topK() != 0 && sampled, "topK");
            refuse(options.minP() != 0 && sampled, "minP");
            refuse(options.repetitionPenalty() != 1, "repetitionPenalty");
            return;
        }
        boolean llama = features.dialect() == Dialect.LLAMA_CPP;
        if (sampled) {
            body.addProperty("top_k", options.topK() == 0 && !llama ? -1 : options.topK());
            body.addProperty("min_p", options.minP());
        }
        body.addProperty(llama ? "repeat_penalty" : "repetition_penalty", options.repetitionPenalty());
        if (llama) {
            body.addProperty("repeat_last_n", -1); // of the whole context
        }
    }

    private void refuse(boolean asked, String option) {
        if (asked) {
            require(Ability.SAMPLING_FILTERS, "the option " + option);
        }
    }

    private void requireTools(ToolChoice choice) {
        require(Ability.TOOLS, "tools");
        if (choice.mode() == ToolChoice.Mode.REQUIRED) {
            require(Ability.REQUIRED_TOOL, "requests that must call a tool");
        } else if (choice.mode() == ToolChoice.Mode.NAMED) {
            require(Ability.NAMED_TOOL, "requests that must call the tool they name");
        }
    }

    private void require(Ability ability, String what) {
        if (!features.can(ability)) {
            throw new IllegalArgumentException(
                    "the server at " + where + " (" + features.dialect() + ") takes no " + what
                            + "; leave it out, use another server, or say with RemoteOptions.withFeatures that it has the ability "
                            + ability);
        }
    }
}

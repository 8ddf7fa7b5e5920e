package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;

/**
 * A strategy that gives the model a persona: a text at the beginning of the system message.
 *
 * @param role the persona in whole sentences, such as {@code "You are a support agent of a bank."}; not blank
 */
public record RolePrompt(String role) implements Strategy {
    /** Refuses a blank text. */
    public RolePrompt {
        if (role.isBlank()) {
            throw new IllegalArgumentException("role must say who the model is, role: '" + role + "'");
        }
    }

    @Override
    public String name() {
        return "role";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return request.withSystemParagraph(role);
            }
        };
    }
}

package dev.llmadapt.prompting.tool;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint.Triggered;
import dev.llmadapt.OutputConstraint.Triggered.Notation;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.ArrayList;
import java.util.List;

/** The constraint of an answer that may call tools. */
final class ToolConstraint {
    private ToolConstraint() {}

    static Triggered of(ToolFormat format, List<ToolSpec> tools, ToolChoice choice) {
        List<ToolSpec> callable = tools.stream()
                .filter(tool ->
                        choice.mode() != ToolChoice.Mode.NAMED || tool.name().equals(choice.tool()))
                .toList();
        List<Triggered.Tag> tags = new ArrayList<>();
        for (ToolSpec tool : callable) {
            if (format.notation == Notation.PYTHON_ARGUMENTS && !PythonLiterals.isName(tool.name())) {
                throw new IllegalArgumentException("tool '" + tool.name() + "' cannot be called in the format "
                        + format.key() + ", which writes calls in Python; rename it to letters, digits and '_'");
            }
            tags.add(new Triggered.Tag(format.begin(tool.name()), parameters(tool), format.end, format.notation));
        }
        boolean required = choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.NAMED;
        boolean repeated = choice.parallel() && format.separator.isPresent();
        return new Triggered(
                format.triggers(tools),
                format.atStart,
                required,
                format.opens,
                tags,
                format.separator.orElse(""),
                repeated,
                format.close);
    }

    /** The schema of a tool's arguments, without properties that it does not list unless it says that there may be. */
    static JsonSchema parameters(ToolSpec tool) {
        return JsonSchema.parse(ClosedSchema.of(tool));
    }
}

package dev.llmadapt.prompting.file;

import dev.llmadapt.Role;
import dev.llmadapt.prompting.template.StrictTemplate;
import dev.llmadapt.prompting.template.TemplateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message of a prompt file: its role, and the template of its content. */
record MessageTemplate(Role role, StrictTemplate template) {
    private static final List<Role> ROLES = List.of(Role.SYSTEM, Role.USER, Role.ASSISTANT);
    /** What others write for the beginning of a message. */
    private static final Pattern LIKE_A_ROLE = Pattern.compile(
            "\\s*#*\\s*(system|user|assistant|developer|tool|function|model)\\s*(\\[.*])?\\s*:\\s*",
            Pattern.CASE_INSENSITIVE);

    /** Reads the body of a file; without a line that names a role it is one message of the user. */
    static List<MessageTemplate> read(String file, List<String> lines, int firstLine, UnaryOperator<String> partials) {
        List<MessageTemplate> messages = new ArrayList<>();
        Role role = null;
        int from = 0;
        for (int i = 0; i <= lines.size(); i++) {
            Role next = i < lines.size() ? role(file, lines.get(i), firstLine + i) : null;
            if (next == null && i < lines.size()) {
                continue;
            }
            List<String> content = lines.subList(from, i);
            if (role == null && i < lines.size()) {
                requireBlank(file, content, firstLine + from);
            } else {
                messages.add(of(file, role == null ? Role.USER : role, content, firstLine + from, partials));
            }
            role = next;
            from = i + 1;
        }
        return List.copyOf(messages);
    }

    private static void requireBlank(String file, List<String> content, int firstLine) {
        for (int i = 0; i < content.size(); i++) {
            if (!content.get(i).isBlank()) {
                throw new PromptFileException(file + " line " + (firstLine + i)
                        + " has text before the first role; begin the text by a line 'system:' or 'user:'");
            }
        }
    }

    private static @Nullable Role role(String file, String line, int number) {
        for (Role role : ROLES) {
            if (line.equals(role.key() + ":")) {
                return role;
            }
        }
        if (LIKE_A_ROLE.matcher(line).matches()) {
            throw new PromptFileException(file + " line " + number + " is like the beginning of a message, got '" + line
                    + "', expected one of "
                    + ROLES.stream().map(each -> each.key() + ":").toList()
                    + "; a line of text is written {{ \"" + line.strip().replace("\"", "\\\"") + "\" }}");
        }
        return null;
    }

    private static MessageTemplate of(
            String file, Role role, List<String> content, int firstLine, UnaryOperator<String> partials) {
        int from = 0;
        int to = content.size();
        while (from < to && content.get(from).isBlank()) {
            from++;
        }
        while (from < to && content.get(to - 1).isBlank()) {
            to--;
        }
        if (from == to) {
            throw new PromptFileException(
                    file + " line " + Math.max(1, firstLine - 1) + ": the " + role.key() + " message is empty");
        }
        String source = String.join("\n", content.subList(from, to));
        try {
            return new MessageTemplate(role, StrictTemplate.parse(source, firstLine + from, partials));
        } catch (TemplateException e) {
            throw new PromptFileException(file + ": " + e.getMessage(), e);
        }
    }

    /** The lines of a text. */
    static List<String> lines(String text) {
        return Arrays.asList(text.split("\n", -1));
    }
}

package dev.llmadapt.cli.prompts;

import com.google.gson.JsonElement;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.cli.prompts.PromptSuite.Prompt;
import dev.llmadapt.cli.prompts.PromptSuite.Template;
import dev.llmadapt.prompting.file.PromptFile;
import dev.llmadapt.prompting.file.PromptFileException;
import dev.llmadapt.prompting.template.StrictTemplate;
import dev.llmadapt.prompting.template.TemplateException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the prompts of a test file: texts, chat messages, and files of these. */
final class PromptReader {
    private static final List<String> TEXTS = List.of(".txt", ".md", ".j2");
    private static final List<String> CHATS = List.of(".json", ".yaml", ".yml");
    private static final int MOST_LABEL = 40;

    private final Path folder;
    /** The files of the prompts that are called by them. */
    private final IdentityHashMap<Prompt, String> files = new IdentityHashMap<>();

    PromptReader(Path folder) {
        this.folder = folder;
    }

    List<Prompt> read(YamlNode node) {
        List<Prompt> prompts = new ArrayList<>();
        if (node.isScalar()) {
            add(node, null, prompts);
        } else {
            for (YamlNode each : node.list("prompts")) {
                if (each.isScalar()) {
                    add(each, null, prompts);
                } else {
                    Map<String, YamlNode> parts = each.map("a prompt", List.of("id", "label", "raw"));
                    YamlNode content = parts.containsKey("raw") ? parts.get("raw") : parts.get("id");
                    YamlNode label = parts.getOrDefault("label", parts.containsKey("raw") ? parts.get("id") : null);
                    if (content == null) {
                        throw each.error("a prompt needs 'raw', its text, or 'id', its file");
                    }
                    add(content, label == null ? null : label.text("the label"), prompts);
                }
            }
        }
        if (prompts.isEmpty()) {
            throw node.error("there is no prompt");
        }
        callByFolders(prompts);
        Set<String> labels = new HashSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            if (!labels.add(prompt.label())) {
                prompts.set(i, new Prompt(prompt.label() + " (" + (i + 1) + ")", prompt.template()));
            }
        }
        return prompts;
    }

    /** Calls prompts of one name from different folders by as many of these as tell them apart. */
    private void callByFolders(List<Prompt> prompts) {
        Map<String, Set<String>> same = new HashMap<>();
        for (Prompt prompt : prompts) {
            String file = files.getOrDefault(prompt, "");
            if (!file.isEmpty()) {
                same.computeIfAbsent(prompt.label(), label -> new LinkedHashSet<>())
                        .add(file);
            }
        }
        prompts.replaceAll(prompt -> {
            String file = files.getOrDefault(prompt, "");
            List<String> others = List.copyOf(same.getOrDefault(prompt.label(), Set.of()));
            if (file.isEmpty() || others.size() < 2) {
                return prompt;
            }
            String name = ShortNames.of(others).get(others.indexOf(file));
            return new Prompt(name.substring(0, name.lastIndexOf('/') + 1) + prompt.label(), prompt.template());
        });
    }

    private void add(YamlNode node, @Nullable String label, List<Prompt> prompts) {
        String text = node.text("a prompt");
        boolean file = FileLink.is(text)
                || (text.matches(
                                "\\S+\\.(txt|md|j2|json|yaml|yml|prompty|js|cjs|mjs|ts|py|csv|rb|sh|go|exe|bat)(:\\w+)?")
                        && !text.contains("{{"));
        if (!file) {
            prompts.add(new Prompt(label == null ? shortened(text) : label, text(node.place(), text)));
        } else if (text.contains("*")) {
            matching(node).forEach(each -> file(node, each, label, prompts));
        } else {
            List<String> endings = new ArrayList<>(TEXTS);
            endings.addAll(CHATS);
            endings.add(PromptFile.ENDING);
            file(node, FileLink.path(node, folder, endings), label, prompts);
        }
    }

    /** The files that a name with stars in its last part means, by name. */
    private Set<Path> matching(YamlNode node) {
        String name = node.text().substring(FileLink.is(node.text()) ? FileLink.PREFIX.length() : 0);
        int slash = name.lastIndexOf('/');
        Path in = folder.resolve(slash < 0 ? "" : name.substring(0, slash));
        Set<Path> files = new TreeSet<>();
        if (name.substring(0, slash + 1).contains("*") || !Files.isDirectory(in)) {
            throw node.error("'" + node.text() + "' names no folder; stars may stand in the name of the file alone");
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(in, name.substring(slash + 1))) {
            all.forEach(files::add);
        } catch (IOException e) {
            throw new SuiteException(node.place() + ": " + in + " cannot be read: " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw node.error("no file is named as '" + node.text() + "'");
        }
        return files;
    }

    private void file(YamlNode node, Path file, @Nullable String label, List<Prompt> prompts) {
        int before = prompts.size();
        read(node, file, label, prompts);
        if (label == null) {
            prompts.subList(before, prompts.size()).forEach(each -> files.put(each, file.toString()));
        }
    }

    private void read(YamlNode node, Path file, @Nullable String label, List<Prompt> prompts) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(PromptFile.ENDING)) {
            PromptFile prompt = PromptFile.read(file);
            prompts.add(new Prompt(
                    label == null ? prompt.name() : label,
                    new Template(prompt.inputs().keySet(), variables -> ours(prompt, variables))));
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            prompts.add(new Prompt(label == null ? name : label, chat(YamlFile.read(file))));
        } else if (name.endsWith(".json")) {
            prompts.add(new Prompt(label == null ? name : label, text(file.toString(), YamlFile.text(file))));
        } else if (TEXTS.stream().anyMatch(name::endsWith)) {
            String text = YamlFile.text(file).replace("\r\n", "\n");
            String[] several = text.split("(?m)^---\\s*$", -1);
            int count = 0;
            for (String each : several) {
                if (!each.isBlank()) {
                    count++;
                    String called = (label == null ? name : label) + (several.length > 1 ? " " + count : "");
                    prompts.add(new Prompt(called, text(file.toString(), each.strip())));
                }
            }
            if (count == 0) {
                throw node.error("the prompt " + file + " is empty");
            }
        } else {
            throw node.error("the prompt " + file + " is not supported, expected a file that ends in "
                    + String.join(", ", TEXTS) + ", " + String.join(", ", CHATS) + " or " + PromptFile.ENDING);
        }
    }

    private static List<Message> ours(PromptFile prompt, Map<String, Object> variables) {
        Map<String, Object> declared = new LinkedHashMap<>(variables);
        declared.keySet().retainAll(prompt.inputs().keySet());
        try {
            return prompt.render(declared);
        } catch (IllegalArgumentException | PromptFileException e) {
            throw new SuiteException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A text: chat messages where it is a JSON list of them, before or after its variables are filled in; else one
     * message of the user.
     */
    private static Template text(String place, String text) {
        if (text.isBlank()) {
            throw new SuiteException(place + ": the prompt is empty");
        }
        Optional<JsonElement> json = text.strip().startsWith("[") ? JsonAnswers.whole(text) : Optional.empty();
        if (json.isPresent()) {
            return chat(YamlFile.read(place, text));
        }
        StrictTemplate template = parse(place, text);
        boolean list = text.strip().matches("(?s)\\[\\s*(\\{|\\{%.*%}).*]");
        return new Template(template.variables().keySet(), variables -> {
            String rendered = render(place, template, variables);
            return list ? messages(YamlFile.read(place + ", as rendered", rendered)) : List.of(Message.user(rendered));
        });
    }

    /** Chat messages whose contents are templates. */
    private static Template chat(YamlNode node) {
        List<Role> roles = new ArrayList<>();
        List<StrictTemplate> contents = new ArrayList<>();
        for (Message message : messages(node)) {
            roles.add(message.role());
            contents.add(parse(node.place(), message.content()));
        }
        Set<String> names = new HashSet<>();
        contents.forEach(content -> names.addAll(content.variables().keySet()));
        return new Template(names, variables -> {
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < roles.size(); i++) {
                messages.add(new Message(roles.get(i), render(node.place(), contents.get(i), variables)));
            }
            return messages;
        });
    }

    private static List<Message> messages(YamlNode node) {
        List<Message> messages = new ArrayList<>();
        for (YamlNode each : node.list("a chat")) {
            Map<String, YamlNode> parts = each.map("a message", List.of("role", "content"));
            YamlNode role = parts.get("role");
            YamlNode content = parts.get("content");
            if (role == null || content == null) {
                throw each.error("a message needs 'role' and 'content'");
            }
            Role known = List.of(Role.SYSTEM, Role.USER, Role.ASSISTANT).stream()
                    .filter(one -> one.key().equals(role.text("the role")))
                    .findFirst()
                    .orElseThrow(() -> role.error(
                            "the role '" + role.text() + "' is not supported, expected system, user or assistant"));
            messages.add(new Message(known, content.text("the content of a message")));
        }
        if (messages.isEmpty()) {
            throw node.error("a chat needs a message");
        }
        return messages;
    }

    private static StrictTemplate parse(String place, String text) {
        try {
            return StrictTemplate.parse(text, 1, name -> {
                throw new IllegalArgumentException(
                        "'include' is for prompts in files " + PromptFile.ENDING + ", got '" + name + "'");
            });
        } catch (TemplateException e) {
            throw new SuiteException(place + ": the prompt cannot be read, " + e.getMessage(), e);
        }
    }

    private static String render(String place, StrictTemplate template, Map<String, Object> variables) {
        for (String name : template.variables().keySet()) {
            if (!variables.containsKey(name)) {
                throw new SuiteException("no value for the variable '" + name + "' of the prompt at " + place
                        + ", the test has " + variables.keySet());
            }
        }
        try {
            return template.render(variables);
        } catch (TemplateException e) {
            throw new SuiteException("the prompt at " + place + ": " + e.getMessage(), e);
        }
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MOST_LABEL ? line : line.substring(0, MOST_LABEL - 3) + "...";
    }
}

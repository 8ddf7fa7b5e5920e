package dev.llmadapt.cli.prompts;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** A file in YAML 1.2, of which JSON is a part; the one place that knows the parser. */
final class YamlFile {
    private static final int MOST_CHARACTERS = 1 << 22;
    private static final int MOST_NODES = 500_000;
    private static final int DEEPEST = 64;

    private final String file;
    private int nodes;

    private YamlFile(String file) {
        this.file = file;
    }

    /** The text of a file in UTF-8. */
    static String text(Path file) {
        try {
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (MalformedInputException e) {
            throw new SuiteException(file + " is not text in UTF-8", e);
        } catch (IOException e) {
            throw new SuiteException(
                    file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "not there"), e);
        }
    }

    static YamlNode read(Path file) {
        return read(file.toString(), text(file));
    }

    static YamlNode read(String file, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MOST_CHARACTERS)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw new SuiteException(file + " is empty");
            }
            return new YamlFile(file).node(root.get(), 0);
        } catch (MarkedYamlEngineException e) {
            String place = e.getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1))
                    .orElse("");
            throw new SuiteException(file + place + " is not YAML: " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new SuiteException(file + " is not YAML: " + e.getMessage(), e);
        }
    }

    private YamlNode node(Node node, int depth) {
        int line = node.getStartMark().map(Mark::getLine).orElse(0) + 1;
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
            throw new SuiteException(file + " line " + line + " is nested too deeply, or refers to too much");
        }
        if (node instanceof MappingNode mapping) {
            Map<String, YamlNode> map = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                YamlNode key = node(tuple.getKeyNode(), depth + 1);
                String name = key.text("a key");
                if (map.put(name, node(tuple.getValueNode(), depth + 1)) != null) {
                    throw key.error("the key '" + name + "' stands twice");
                }
            }
            return new YamlNode(file, line, map, "");
        } else if (node instanceof SequenceNode sequence) {
            List<YamlNode> list = new ArrayList<>();
            sequence.getValue().forEach(each -> list.add(node(each, depth + 1)));
            return new YamlNode(file, line, list, "");
        } else if (node instanceof ScalarNode scalar) {
            return new YamlNode(file, line, value(scalar, line), scalar.getValue());
        }
        throw new SuiteException(file + " line " + line + " has what is neither a value, a list nor a mapping");
    }

    private @Nullable Object value(ScalarNode scalar, int line) {
        Tag tag = scalar.getTag();
        String text = scalar.getValue();
        try {
            if (tag.equals(Tag.STR)) {
                return text;
            } else if (tag.equals(Tag.NULL)) {
                return null;
            } else if (tag.equals(Tag.BOOL)) {
                return Boolean.valueOf(text);
            } else if (tag.equals(Tag.INT)) {
                return text.startsWith("0x")
                        ? Long.valueOf(text.substring(2), 16)
                        : text.startsWith("0o") ? Long.valueOf(text.substring(2), 8) : Long.valueOf(text);
            } else if (tag.equals(Tag.FLOAT)) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            throw new SuiteException(file + " line " + line + ": the number '" + text + "' is not supported", e);
        }
        throw new SuiteException(file + " line " + line + ": the tag " + tag.getValue() + " is not supported");
    }
}

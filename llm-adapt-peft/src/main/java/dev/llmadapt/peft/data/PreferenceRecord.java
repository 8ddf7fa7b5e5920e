package dev.llmadapt.peft.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.text.BrokenRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The prompt and the answers of one record of preferences, in TRL's forms. */
final class PreferenceRecord {
    /** The fields of the forms. */
    static final Set<String> FIELDS = Set.of("prompt", "chosen", "rejected", "completion", "label");

    private final Fields record;
    private final FieldNotes notes = new FieldNotes();

    private PreferenceRecord(Fields record) {
        this.record = record;
    }

    /** The forms. */
    enum Kind {
        PAIR("pairs (chosen, rejected)"),
        JUDGED("judged answers (completion, label)");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** The form of a record, by its keys. */
    static Kind kind(JsonObject object) throws BrokenRecord {
        Set<String> keys = object.keySet();
        boolean pair = keys.contains("chosen") || keys.contains("rejected");
        boolean judged = keys.contains("completion");
        if (pair == judged) {
            throw new BrokenRecord("expected prompt, chosen and rejected, or prompt, completion and label, found "
                    + BrokenRecord.brief(keys.toString()));
        }
        return pair ? Kind.PAIR : Kind.JUDGED;
    }

    /**
     * The example that a record holds.
     *
     * @param ignored canonical names of fields that are passed over
     * @param notes get what the record's fields were taken as
     * @throws BrokenRecord if it holds none
     */
    static PreferenceExample example(
            Kind kind, String id, long line, JsonObject object, Set<String> ignored, FieldNotes notes)
            throws BrokenRecord {
        Set<String> own = kind == Kind.PAIR ? Set.of("prompt", "chosen", "rejected") : Set.of("prompt", "completion");
        PreferenceRecord reading = new PreferenceRecord(new Fields(object, own, ignored));
        try {
            PreferenceExample example = kind == Kind.PAIR ? reading.pair(id, line) : reading.judged(id, line);
            reading.record.finish(reading.notes);
            notes.add(reading.notes);
            return example;
        } catch (IllegalArgumentException e) {
            throw new BrokenRecord(String.valueOf(e.getMessage()));
        }
    }

    private PreferenceExample judged(String id, long line) throws BrokenRecord {
        JsonElement mark = record.get("label");
        boolean label = Mark.of(mark).orElseThrow(() -> record.wrong("label", "true or false", mark));
        List<Message> prompt = prompt();
        notes.taken("answer", "completion");
        return new PreferenceExample.Judged(id, prompt, answer("completion"), label, line);
    }

    private PreferenceExample pair(String id, long line) throws BrokenRecord {
        boolean lists = record.get("chosen").isJsonArray();
        if (record.get("rejected").isJsonArray() != lists) {
            throw new BrokenRecord("chosen and rejected must both be texts or both lists of messages");
        }
        notes.taken("better answer", "chosen");
        notes.taken("worse answer", "rejected");
        if (!lists) {
            if (!record.has("prompt")) {
                throw new BrokenRecord("'prompt' is missing; it may be where chosen and rejected are lists of messages,"
                        + " as texts do not say where the answer begins");
            }
            List<Message> prompt = prompt();
            return new PreferenceExample.Pair(id, prompt, answer("chosen"), answer("rejected"), line);
        }
        List<Message> chosen = Conversation.messages(record, "chosen", notes);
        List<Message> rejected = Conversation.messages(record, "rejected", notes);
        List<Message> prompt = new ArrayList<>();
        boolean whole = !record.has("prompt") || (!record.get("prompt").isJsonArray() && chosen.size() > 1);
        int shared = 0;
        if (whole) { // the prompt is what both begin with
            int most = Math.min(chosen.size(), rejected.size()) - 1;
            while (shared < most && chosen.get(shared).equals(rejected.get(shared))) {
                shared++;
            }
            prompt.addAll(chosen.subList(0, shared));
            system(prompt);
            if (record.has("prompt")) {
                requireAsked(prompt, record.filled("prompt"));
            }
        } else {
            prompt.addAll(prompt());
        }
        return new PreferenceExample.Pair(
                id, prompt, only("chosen", chosen, shared), only("rejected", rejected, shared), line);
    }

    /** A prompt beside whole conversations, as UltraFeedback has it, repeats what the user asks in these. */
    private static void requireAsked(List<Message> prompt, String asked) throws BrokenRecord {
        boolean there = prompt.stream()
                .anyMatch(message ->
                        message.role() == Role.USER && message.content().strip().equals(asked.strip()));
        if (!there) {
            throw new BrokenRecord("'prompt' is none of the user's messages that chosen and rejected begin with");
        }
    }

    private List<Message> prompt() throws BrokenRecord {
        notes.taken("prompt", "prompt");
        List<Message> prompt = new ArrayList<>();
        if (record.get("prompt").isJsonArray()) {
            prompt.addAll(Conversation.messages(record, "prompt", notes));
        } else {
            prompt.add(Message.user(record.filled("prompt")));
        }
        system(prompt);
        return prompt;
    }

    /** A system message that stands in a field of its own. */
    private void system(List<Message> prompt) throws BrokenRecord {
        for (String field : record.unread(FieldKind.SYSTEM)) {
            notes.taken("system message", field);
            Message system = new Message(Role.SYSTEM, record.filled(field));
            Optional<Message> first = prompt.stream().findFirst();
            if (first.isPresent() && first.get().role() == Role.SYSTEM) {
                if (!first.get().content().strip().equals(system.content().strip())) {
                    throw new BrokenRecord("two different system messages, expected one");
                }
            } else {
                prompt.add(0, system);
            }
        }
    }

    private String answer(String field) throws BrokenRecord {
        if (!record.get(field).isJsonArray()) {
            return record.filled(field);
        }
        return only(field, Conversation.messages(record, field, notes), 0);
    }

    /** The one answer after a prompt. */
    private static String only(String field, List<Message> messages, int prompt) throws BrokenRecord {
        if (messages.size() != prompt + 1 || messages.get(prompt).role() != Role.ASSISTANT) {
            throw new BrokenRecord("'" + field + "': expected one message of the assistant after the prompt, got "
                    + messages.stream()
                            .skip(prompt)
                            .map(message -> message.role().key())
                            .toList());
        }
        return messages.get(prompt).content();
    }
}

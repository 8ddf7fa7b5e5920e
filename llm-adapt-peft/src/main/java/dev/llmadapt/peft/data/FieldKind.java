package dev.llmadapt.peft.data;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The meaning of a field that stands beside those of a record's form, by its name. The names are those of the training
 * files of TRL, axolotl, LLaMA-Factory, ms-swift, torchtune, Unsloth and OpenAI's fine-tuning, and of well-known public
 * data sets; case, underscores, hyphens and blanks of a name do not matter.
 */
enum FieldKind {
    /** A system message. */
    SYSTEM(
            "is not read here; write it as a message of the role system",
            "system",
            "system_prompt",
            "system_message",
            "system_instruction",
            "sys_prompt"),

    /** The instruction, before the prompt. */
    INSTRUCTION("is not read here; write it into a message", "instruction", "instructions"),

    /** The context of the question, after the prompt. */
    CONTEXT(
            "is not read here; write it into a message",
            "input",
            "context",
            "passage",
            "paragraph",
            "article",
            "story",
            "document",
            "background"),

    /** Earlier turns, as pairs of what the user said and the answer. */
    HISTORY("is not read here; write the turns as messages", "history"),

    /** Whether the answer is to be learned. */
    LEARNED(
            "is not read here",
            "train",
            "training",
            "trainable",
            "learn",
            "loss",
            "loss_weight",
            "loss_scale",
            "weight",
            "sample_weight",
            "example_weight",
            "kto_tag",
            "kto_label",
            "desirable",
            "is_desirable",
            "accepted",
            "approved"),

    /** Whether the answer is not to be learned. */
    NOT_LEARNED(
            "is not read here",
            "mask",
            "masked",
            "mask_loss",
            "ignore",
            "ignored",
            "ignore_loss",
            "skip",
            "exclude",
            "excluded",
            "no_train",
            "undesirable"),

    /** KTO's mark where it is true or false, else perhaps a class. */
    LABEL("is not read here", "label"),

    /** The better answer, or whether the answer is the better one. */
    CHOSEN(
            "is one of a preference pair, which are learned from as preferences (PreferenceData, train --preferences); here"
                    + " name the better answer as the completion",
            "chosen"),

    /** The worse answer, or whether the answer is the worse one. */
    REJECTED(
            "is one of a preference pair, which are learned from as preferences (PreferenceData, train --preferences); here"
                    + " name the better answer as the completion",
            "rejected",
            "rejected_response",
            "rejected_responses",
            "rejected_message",
            "rejected_messages",
            "non_preferred_output",
            "preferred_output"),

    /** Marks of parts of an answer, and texts that are tokens already. */
    TOKEN_MARKS(
            "marks parts of a text or is tokens, which is not read",
            "train_detail",
            "training_detail",
            "input_ids",
            "labels",
            "attention_mask",
            "completion_mask",
            "assistant_mask",
            "assistant_masks",
            "loss_mask"),

    /** Calls and definitions of tools. */
    TOOLS(
            "calls of tools are not read here; write tools beside the messages, and tool_calls in an assistant's message",
            "tools",
            "tool_calls",
            "tool_call",
            "functions",
            "function_call",
            "function_calls"),

    /** Thoughts before an answer. */
    REASONING(
            "is not read: the answer would be learned without it; write it into the answer as the model itself does",
            "reasoning",
            "reasoning_content",
            "reasoning_details",
            "thinking",
            "thinking_content",
            "thought",
            "thoughts",
            "cot",
            "chain_of_thought",
            "complex_cot",
            "rationale"),

    /** Pictures, sound and films. */
    MEDIA(
            "pictures, sound and films are not read",
            "image",
            "images",
            "image_url",
            "image_path",
            "audio",
            "audios",
            "input_audio",
            "video",
            "videos",
            "objects",
            "attachments"),

    /** Texts that the conversation is about, as a list. */
    DOCUMENTS("is not read; write it into the prompt", "documents", "docs", "passages", "contexts"),

    /** The possible answers. */
    CHOICES("is not read; write what can be chosen into the prompt", "choices", "options", "answer_choices"),

    /** An answer that declines, beside the content. */
    REFUSAL("is not read; write it as the content", "refusal"),

    /** Fields that say nothing about the conversation. */
    HARMLESS(
            "",
            "id",
            "ids",
            "idx",
            "index",
            "uid",
            "uuid",
            "guid",
            "key",
            "name",
            "source",
            "dataset",
            "origin",
            "url",
            "link",
            "category",
            "subcategory",
            "topic",
            "tag",
            "tags",
            "domain",
            "subject",
            "difficulty",
            "level",
            "lang",
            "language",
            "locale",
            "timestamp",
            "time",
            "date",
            "created",
            "created_at",
            "updated_at",
            "author",
            "user_id",
            "conversation_id",
            "session_id",
            "prompt_id",
            "message_id",
            "request_id",
            "license",
            "licence",
            "split",
            "version",
            "model",
            "model_name",
            "provider",
            "usage",
            "meta",
            "metadata"),

    /** No name of this table. */
    UNKNOWN("");

    private static final Map<String, FieldKind> BY_NAME = new HashMap<>();

    static {
        for (FieldKind kind : values()) {
            for (String name : kind.names) {
                BY_NAME.put(canonical(name), kind);
            }
        }
    }

    private final String trouble;
    private final String[] names;

    FieldKind(String trouble, String... names) {
        this.trouble = trouble;
        this.names = names;
    }

    /** The meaning of a field of this name. */
    static FieldKind of(String field) {
        return BY_NAME.getOrDefault(canonical(field), UNKNOWN);
    }

    /** A name without what does not matter in it. */
    static String canonical(String field) {
        return field.strip().toLowerCase(Locale.ROOT).replaceAll("[_\\- ]", "");
    }

    /** Whether a field that nobody read may stay unread: it is listed, and no error. */
    boolean mayStayUnread() {
        return this == HARMLESS || this == UNKNOWN;
    }

    /** Whether it is a mark that says what is learned. */
    boolean isMark() {
        return this == LEARNED || this == NOT_LEARNED || this == LABEL || this == CHOSEN || this == REJECTED;
    }

    /** The reason why a field that says something cannot stay unread. */
    String trouble() {
        return trouble;
    }
}

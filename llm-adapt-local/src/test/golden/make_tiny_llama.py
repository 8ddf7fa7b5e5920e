"""Makes the tiny random Llama checkpoints of the tests and what Hugging Face transformers computes with them.

    pip install torch transformers
    python make_tiny_llama.py ../resources/dev/llmadapt/local/golden

Three checkpoints, the first two with golden.json (prompts and logits):
  tiny-llama   float32, tied embeddings, one file
  tiny-llama3  bfloat16 in two shards, rope scaling of Llama 3, own output head, biases
  tiny-ascii   as tiny-llama, but every token is one ASCII character: whatever it writes is text, and the text reads back
               as the tokens it was made of
"""

import json
import pathlib
import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
WORDS = (
    "the card was lost and the bank sent another card to the address of the customer who had asked for it "
    "please tell me where my money is and when the transfer will arrive thank you for the help with the account"
)


def tokenizer(merges):
    alphabet = pre_tokenizers.ByteLevel.alphabet() if merges else [chr(c) for c in range(33, 127)] + ["Ġ", "Ċ"]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320 if merges else 3 + len(alphabet),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    bpe.train_from_iterator([WORDS], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        unk_token="<|endoftext|>",
        pad_token="<|im_end|>",
        chat_template=CHAT_TEMPLATE,
    )


def make(folder, dtype, shard, merges=True, golden=True, **settings):
    torch.manual_seed(7)
    words = tokenizer(merges)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=256,
        initializer_range=0.2,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
        **settings,
    )
    model = LlamaForCausalLM(config).to(dtype)
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight") or name.endswith("bias"):
            parameter.data = (parameter.data + torch.randn_like(parameter) * 0.1).to(dtype)
    model.save_pretrained(folder, max_shard_size=shard)
    words.save_pretrained(folder)

    if not golden:
        return
    # the stored numbers, computed in single precision; read anew, since `to` would have rounded the rotary frequencies
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(11)
    prompts = [
        torch.randint(3, len(words), (length,), generator=generator).tolist() for length in (1, 2, 7, 23, 64)
    ]
    cases = []
    with torch.no_grad():
        for prompt in prompts:
            logits = model(torch.tensor([prompt])).logits[0]
            greedy = model.generate(
                torch.tensor([prompt]), max_new_tokens=12, do_sample=False, eos_token_id=None, pad_token_id=2
            )[0, len(prompt):].tolist()
            keep = range(len(prompt)) if len(prompt) < 10 else [0, len(prompt) // 2, len(prompt) - 1]
            cases.append(
                {
                    "prompt": prompt,
                    "greedy": greedy,
                    "logits": {str(i): [round(x, 6) for x in logits[i].tolist()] for i in keep},
                }
            )
    (folder / "golden.json").write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    make(root / "tiny-llama", torch.float32, "1GB", tie_word_embeddings=True, rope_theta=10000.0)
    make(root / "tiny-ascii", torch.float32, "1GB", merges=False, golden=False, rope_theta=10000.0)
    make(
        root / "tiny-llama3",
        torch.bfloat16,
        "40KB",
        tie_word_embeddings=False,
        attention_bias=True,
        mlp_bias=True,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 10000.0,
            "factor": 4.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32,
        },
    )

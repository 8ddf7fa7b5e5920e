"""A small Llama with random weights as a Hugging Face folder, in the sizes that vLLM's kernels take: to compare engines with.

    pip install torch transformers
    python random_llama.py FOLDER TOKENIZER

TOKENIZER is the folder llm-adapt-local/src/test/resources/dev/llmadapt/local/golden/tiny-llama, or another with such tokens.
4 blocks, width 256, 4 heads of 64 with 2 for keys and values; what the model says means nothing.
"""

import pathlib
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

folder, source = sys.argv[1:3]
torch.manual_seed(7)
tokenizer = PreTrainedTokenizerFast(  # not by its settings, whose class older versions do not know
    tokenizer_file=source + "/tokenizer.json",
    bos_token="<|im_start|>",
    eos_token="<|im_end|>",
    unk_token="<|endoftext|>",
    pad_token="<|im_end|>",
    chat_template=pathlib.Path(source, "chat_template.jinja").read_text(),
)
config = LlamaConfig(
    vocab_size=len(tokenizer),
    hidden_size=256,
    intermediate_size=512,
    num_hidden_layers=4,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=64,
    max_position_embeddings=1024,
    initializer_range=0.1,
    tie_word_embeddings=False,
    bos_token_id=tokenizer.bos_token_id,
    eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id,
)
LlamaForCausalLM(config).save_pretrained(folder)
tokenizer.save_pretrained(folder)

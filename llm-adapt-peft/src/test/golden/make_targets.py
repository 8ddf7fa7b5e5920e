"""Records how Python's `re` and Hugging Face PEFT choose modules, for the tests of the adapter package.

    pip install peft
    python make_targets.py ../resources/dev/llmadapt/peft/folder/targets.json

patterns: regular expressions, and which of the texts they match in full (the indices), or null where `re` refuses them.
settings: LoRA settings, the modules they choose among the paths, and rank_pattern's value for each of these.
"""

import json
import pathlib
import random
import re
import sys
import warnings

from peft import LoraConfig
from peft.tuners.tuners_utils import check_target_module_exists
from peft.utils.other import get_pattern_key

PATHS = ["model.embed_tokens", "lm_head"] + [
    f"model.layers.{layer}.{name}"
    for layer in (0, 1, 11)
    for name in ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj", "mlp.experts.1.up_proj")
]
TEXTS = ["", "a", "b", "ab", "ba", "aab", "a.b", "b1.a", "abab", "a1", ".", "a\n", "]", "-", "a_b", "A"] + PATHS[:6]
WRITTEN = [
    r".*\.(q_proj|v_proj)", r".*layers\.(0|1)\..*", r"^model\..*_proj$", r"(?!.*mlp).*_proj", r".*(?<!q)_proj",
    r".*(?<=v)_proj", r"model\.layers\.\d+\.self_attn\.[qkv]_proj", r"(?P<a>model|lm)[._].*", r"[^.]+\.[^.]+",
    r".*\bmlp\b.*", r".*\Bed_.*", r"\Amodel.*\Z", r"[]a]", r"[a-]", r"[\]\-]", r"[^\W\d]+", r"a{,2}b", r"a{1,}b?",
    r"a{2}b", r"a{", r"a{x}", r"{a", r"a{1,2", r"[a", r"(a", r"a)", r"*a", r"a**", r"a{2}{3}", r"a+?b", r"(a|b)*?",
    r"(|a)b", r"()*a", r"(a*)*", r"(?:a|ab)(?:c|b)", r"\.", r"\w+", r"\s", r"a$", r"^^a", r"$a", r"a\Z", r"[b-a]",
    r"\q", r"a|", r"|", r"", r"(?=a)..", r"(?!a)..", r"(?:(?=a).)*", r"(?<=a)b", r"(?<!a)b", r"a(?<=a)b", r".", r"\S+",
    r"[\d.]+", r"[\w.]+", r"\D+", r"[^\n]*", r"[a\-c]", r"a{0}b", r"(a{0,2}b){1,2}", r"x*a?x*", r"\x", r"a(?#c)",
]


def random_pattern(r, depth=0):
    kind = r.randrange(12 if depth < 4 else 4)
    if kind < 4:
        return r.choice(["a", "b", ".", r"\.", "1", "[ab]", "[^a]", r"\w", r"\d", "a", "b", "_"])
    if kind < 7:
        return random_pattern(r, depth + 1) + random_pattern(r, depth + 1)
    if kind == 7:
        return f"({random_pattern(r, depth + 1)}|{random_pattern(r, depth + 1)})"
    if kind == 8:
        return f"(?{r.choice(['=', '!'])}{random_pattern(r, depth + 1)})"
    if kind == 9:
        return r.choice(["^", "$", r"\b", r"(?<=a)", r"(?<!b)"]) + random_pattern(r, depth + 1)
    return f"(?:{random_pattern(r, depth + 1)})" + r.choice(["*", "+", "?", "{2}", "{1,2}", "{,2}", "*?", "{2,}"])


def patterns():
    r = random.Random(5)
    for pattern in WRITTEN + [random_pattern(r) for _ in range(300)]:
        try:
            yield {"pattern": pattern, "texts": [i for i, t in enumerate(TEXTS) if re.fullmatch(pattern, t)]}
        except re.error:
            yield {"pattern": pattern, "texts": None}


def settings():
    for given in [
        dict(target_modules=["q_proj", "v_proj"]),
        dict(target_modules=["proj"]),
        dict(target_modules=["model.layers.1.mlp.down_proj", "embed_tokens", "lm_head"]),
        dict(target_modules=["q_proj"], exclude_modules=["layers.0.self_attn.q_proj"]),
        dict(target_modules=["q_proj", "v_proj"], exclude_modules=r".*\.1\..*"),
        dict(target_modules=r".*\.11\..*", exclude_modules=["up_proj"]),
        dict(target_modules=["up_proj", "down_proj"], layers_to_transform=[1]),
        dict(target_modules=["up_proj", "down_proj"], layers_to_transform=1),
        dict(target_modules=["up_proj"], layers_to_transform=[1], layers_pattern="experts"),
        dict(target_modules=["up_proj"], layers_to_transform=[1, 11], layers_pattern=["blocks", "layers"]),
        dict(target_modules=["up_proj"], layers_to_transform=[0], layers_pattern="lay.*"),
        dict(target_modules=["up_proj"], layers_to_transform=[0], layers_pattern="model.layers"),
        dict(target_modules=["up_proj"], layers_to_transform=[0], layers_pattern="blocks"),
        dict(target_modules=["model.layers.0.self_attn.q_proj", "v_proj"], layers_to_transform=[11]),
        dict(target_modules=["q_proj"], layers_to_transform=[]),
        dict(target_modules=["embed_tokens", "q_proj"], layers_to_transform=[0]),
        dict(target_modules=r".*_proj", rank_pattern={"q_proj": 2, r"layers\.1\..*": 3, "mlp.*|v_proj": 4}),
        dict(target_modules=r".*_proj", rank_pattern={"proj": 2, "^model.layers.0.*": 3, "up_proj": 4}),
        dict(target_modules=r".*_proj", rank_pattern={"model.layers.0.self_attn.q_proj": 2, ".*": 5}),
    ]:
        config = LoraConfig(**given)
        chosen = [path for path in PATHS if check_target_module_exists(config, path)]
        ranks = config.rank_pattern
        yield {"config": given, "chosen": chosen,
               "ranks": [ranks.get(get_pattern_key(ranks.keys(), path), 8) for path in chosen]}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rows = ",\n".join(json.dumps(row) for row in patterns())
    more = ",\n".join(json.dumps(row) for row in settings())
    pathlib.Path(sys.argv[1]).write_text(
        f'{{"texts": {json.dumps(TEXTS)},\n"paths": {json.dumps(PATHS)},\n'
        f'"patterns": [\n{rows}\n],\n"settings": [\n{more}\n]}}\n'
    )

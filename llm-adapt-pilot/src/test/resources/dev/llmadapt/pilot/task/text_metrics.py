"""Writes text-metrics.json: ROUGE and chrF of pairs of texts, for TextMetricsTest.

Made with rouge-score 0.1.2 and sacrebleu 2.6.0. Call: python text_metrics.py > text-metrics.json
"""

import json

from rouge_score import rouge_scorer
from sacrebleu.metrics import CHRF

# The first pair is the example of rouge-score's README.
PAIRS = [
    ("The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log."),
    ("The cat sat on the mat.", "The cat sat on the mat."),
    ("The cat sat on the mat.", "the CAT sat, on the mat"),
    ("The cat sat on the mat.", "On the mat sat the cat."),
    ("a b b c", "b b b c d"),
    ("a a a a", "a a"),
    ("yes", "no"),
    ("yes", "yes"),
    ("ab", "a"),
    ("", ""),
    ("something", ""),
    ("", "something"),
    ("...", "..."),
    ("one word", "word"),
    ("Der Zug fährt um 7:45 Uhr ab.", "Um 7.45 fährt der Zug ab"),
    ("Das Café in der Straße", "das Cafe in der Strasse"),
    ("Москва — столица России", "столица России Москва"),
    ("東京は日本の首都です", "日本の首都は東京"),
    ("𝒜𝒷𝒸 😀 ok", "😀 𝒜𝒷 ok"),
    ("tabs\tand\u00a0no-break\u2003spaces\u0085here", "tabs and no-break spaces here"),
    ("İstanbul KELVIN \u212a", "istanbul kelvin k"),
    ("It costs $1,250.50 in 2024.", "In 2024 it cost 1250.50 dollars."),
    ("snake_case and kebab-case", "snake case and kebab case"),
    ("Your card was sent on Monday and arrives within five working days.",
     "We sent the card on Monday; it should arrive in five days or less, working days only."),
    ("word " * 50, "word " * 30 + "other " * 10),
]

rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
chrf = CHRF()
rows = []
for expected, actual in PAIRS:
    scores = rouge.score(expected, actual)
    rows.append({
        "expected": expected,
        "actual": actual,
        "rouge-1": scores["rouge1"].fmeasure,
        "rouge-2": scores["rouge2"].fmeasure,
        "rouge-l": scores["rougeL"].fmeasure,
        "chrf": chrf.sentence_score(actual, [expected]).score / 100,
    })
print(json.dumps(rows, indent=1))

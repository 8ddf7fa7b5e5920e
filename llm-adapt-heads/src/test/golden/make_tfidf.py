#!/usr/bin/env python3
"""Writes tfidf.json: TF-IDF rows of scikit-learn for texts with letters, numbers, marks and spaces of many kinds.

Made with Python 3.11, scikit-learn 1.9.1. Call: make_tfidf.py ../resources/dev/llmadapt/heads/tfidf.json
"""
import json
import sys

from sklearn.feature_extraction.text import TfidfVectorizer

LEARNED = [
    "I am still waiting on my card?",
    "My card still hasn't arrived after 2 weeks, 2 WEEKS!!",
    "the the the the card card",
    "¿Dónde está mi tarjeta? Está en ningún sitio…",
    "Ça coûte 38.64€ — c'est trop; déjà-vu",
    "STRASSE straße ΟΔΟΣ İstanbul ıI",
    "naïve cafe\u0301 (with a combining mark) co\u0302te",
    "tabs\tand\nnew lines\u00a0no-break\u2003em space\u0085next line",
    "x y z a b",
    "snake_case __init__ 3rd ½ cup x² ①② Ⅳ",
    "日本語のテキスト と 한국어 텍스트",
    "emoji 👍🏽 family 👨\u200d👩\u200d👧 flags 🇮🇪🇪🇸",
    "हिन्दी में लिखा हुआ",
    "\u0660\u0661\u0662 arabic digits مرحبا بالعالم",
]
ASKED = LEARNED + ["where is my card, nobody knows", "zzz", "!!", "a", "card card card card ½ 👍🏽"]

words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)).fit(LEARNED)
characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit(LEARNED)


def rows(vectorizer):
    names = vectorizer.get_feature_names_out()
    matrix = vectorizer.transform(ASKED).tocsr()
    return [{str(names[i]): float(v) for i, v in zip(row.indices, row.data)} for row in matrix]


with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"learned": LEARNED, "asked": ASKED, "words": rows(words), "characters": rows(characters)}, file,
              ensure_ascii=True, indent=1, sort_keys=True)
    file.write("\n")

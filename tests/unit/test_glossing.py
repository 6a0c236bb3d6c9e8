"""Questions put word by word into English, for training."""

from __future__ import annotations

import gzip
import json
import random
from typing import TYPE_CHECKING

import pytest

from index.training.cases import Case
from index.training.examples import glossed
from index.training.glossing import Glosses

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = [
    {"simp": "图书馆", "pinyin": "tu2 shu1 guan3", "en": ["library"]},
    {"simp": "什么时候", "pinyin": "shen2 me5 shi2 hou5", "en": ["when?"]},
    {"simp": "开放", "pinyin": "kai1 fang4", "en": ["to open; to lift a ban", "CL:次[ci4]"]},
    {"simp": "他", "pinyin": "ta1", "en": ["he"]},
    {"simp": "绕口令", "pinyin": "rao4 kou3 ling4", "en": ["a phrase that is hard to say quickly"]},
]


@pytest.fixture
def glosses(tmp_path: Path) -> Glosses:
    path = tmp_path / "dictionary.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in ENTRIES)
    return Glosses.read(path)


def test_known_words_become_their_short_glosses_and_the_rest_stays(glosses: Glosses) -> None:
    asked = glosses.of("他的圖書館什麼時候開放?", random.Random(1))
    assert asked == "他 的 library when open?"


def test_a_gloss_that_describes_is_not_used(glosses: Glosses) -> None:
    assert glosses.of("绕口令", random.Random(1)) == "绕 口 令"


def test_only_chinese_questions_about_chinese_passages_are_glossed(glosses: Glosses) -> None:
    chinese = "图书馆每天上午九点开放。" * 6
    cases = [
        Case("图书馆什么时候开放？", chinese, "九点", ""),
        Case("When does the library open?", chinese, "九点", ""),
        Case("图书馆什么时候开放？", "The library opens at nine.", "nine", ""),
    ]
    found = [case.question for case in glossed(cases, glosses, share=1.0, seed=1)]
    assert found == ["library when open?", cases[1].question, cases[2].question]
    assert glossed(cases, glosses, share=0.0, seed=1) == cases

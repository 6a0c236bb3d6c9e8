"""The dev sets as folders of articles and files of questions, for `articlebot index` and `articlebot eval`.

    python -m index.training.devset DATA/dev OUT [--most 300] [--answerable] [--others] [--whole] [--names]
    articlebot --library OUT/zh/library index OUT/zh/articles
    articlebot --library OUT/zh/library eval OUT/zh/en-asks-zh.jsonl --hide --report en-asks-zh.html

Passages in one language are one library, as in the model card's table: all of DRCD, CMRC 2018
and the cross-language set's Chinese side in `zh`, its English side in `en`. Each passage is an
article in a file of its own, with an address by which its questions name it. Of a passage that was
translated twice the second translation is left out with its questions: with the first left out by
`--hide`, it would rightly answer. A question whose answer is there, but not word for word in its
passage, cannot be scored and is left out.
`--others` also writes `SET-others.jsonl`: the set's questions about somebody else, which nothing answers
(`index/training/renaming.py`, which needs the extra `train`).
`--answerable` also leaves out those of the cross-language set that no passage answers: they
are made to look as if theirs did, and are nearly half of it.
`--names` also writes `names.jsonl`: who the people are whom titles name, asked in English ("Who is Zhu
Shijie?"); the right passage is the title's first one that has the name. It needs the extra `train`, too.
`--whole` makes one article of all passages under one title, as they were in the encyclopaedia. So `--hide`
leaves the whole article out, not one paragraph of a library that keeps the rest of what was written about its
subject.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.lexicon import bundled_lexicon
from index.text import fold
from index.training.asking import pairs
from index.training.cases import Case, read, title_of, whole_articles
from index.training.renaming import is_chinese_person, renamed

_CROSS = "qa_cross.jsonl.gz"
_SEED = 7
_TITLES_END = re.compile(r"[(（]")


def sets(folder: Path) -> dict[str, dict[str, list[Case]]]:
    """The questions of each library ("zh", "en"), by the name of their set."""
    cross = {name: translated_once(cases) for name, cases in pairs(folder / _CROSS).items()}
    return {
        "zh": {
            "en-asks-zh": cross["en asks zh"],
            "zh-asks-zh": cross["zh asks zh"],
            "drcd": read(folder / "drcd_dev.jsonl.gz"),
            "cmrc": read(folder / "cmrc2018_dev.jsonl.gz"),
        },
        "en": {"zh-asks-en": cross["zh asks en"], "en-asks-en": cross["en asks en"]},
    }


def translated_once(cases: Sequence[Case]) -> list[Case]:
    """The cases without those about a second translation of a passage."""
    first: dict[frozenset[str], str] = {}
    return [
        case
        for case in cases
        if first.setdefault(frozenset((case.context, *case.others)), case.context) == case.context
    ]


def write(
    groups: Mapping[str, Sequence[Case]],
    folder: Path,
    *,
    most: int | None = None,
    answerable: bool = False,
    others: bool = False,
    names: bool = False,
    whole: bool = False,
) -> None:
    """Write all passages of some sets into `articles`, and at most `most` questions of each set.

    With `answerable`, only those that have an answer; with `others`, those about somebody else as well;
    with `names`, who the people in titles are; with `whole`, the passages under one title as one article.
    """
    articles = folder / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    if whole:
        passages = [case for cases in groups.values() for case in cases]
        groups = {name: whole_articles(cases, passages) for name, cases in groups.items()}
    for case in (case for cases in groups.values() for case in cases):
        (articles / f"{case.article}.txt").write_text(article(case), encoding="utf-8")
    for name, cases in groups.items():
        asked = [case for case in scorable(cases) if case.answer or not answerable]
        chosen = spread(asked, most)
        _write_questions(folder / f"{name}.jsonl", chosen)
        if others:
            about = [replace(case, question=other, answer="") for case, other in renamed(chosen, _SEED)]
            _write_questions(folder / f"{name}-others.jsonl", about)
    if names:
        _write_questions(folder / "names.jsonl", people(groups))


def people(groups: Mapping[str, Sequence[Case]]) -> list[Case]:
    """Who each of the Chinese people is whom titles name, spelt as English spells them."""
    made: dict[str, Case] = {}
    for case in (case for cases in groups.values() for case in cases):
        name = fold(_TITLES_END.split(case.title)[0].strip()).text
        if name in made or name not in fold(case.context).text or not is_chinese_person(name):
            continue
        if spelt := bundled_lexicon().spelt(name):
            made[name] = replace(case, question=f"Who is {spelt}?", answer=name)
    return list(made.values())


def _write_questions(file: Path, cases: Sequence[Case]) -> None:
    lines = [json.dumps(question(case), ensure_ascii=False) for case in cases]
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(f"{file}: {len(lines)} questions")


def article(case: Case) -> str:
    """A passage as the text of a file: title, address, and the passage."""
    return f"Title: {title_of(case)}\nURL: {address(case)}\n\n{case.context}\n"


def address(case: Case) -> str:
    """An address that no other passage has, and that leads nowhere."""
    return f"https://dev.example/{case.article}"


def question(case: Case) -> dict[str, object]:
    """A case as `articlebot eval` reads it."""
    answers = [case.answer] if case.answer else []
    return {"question": case.question, "answers": answers, "article": address(case)}


def scorable(cases: Iterable[Case]) -> list[Case]:
    """The cases whose answer stands in their passage, and those that have none."""
    return [case for case in cases if case.answer in case.context]


def spread(cases: Sequence[Case], most: int | None) -> list[Case]:
    """At most so many cases, evenly spaced."""
    count = len(cases) if most is None else min(most, len(cases))
    return [cases[at * len(cases) // count] for at in range(count)]


def main() -> None:
    """Write both libraries' articles and questions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder of the development questions")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--most", type=int, help="questions of each set, evenly spaced; all if not given")
    parser.add_argument("--answerable", action="store_true", help="only questions that have an answer")
    parser.add_argument("--others", action="store_true", help="also the questions about somebody else")
    parser.add_argument("--names", action="store_true", help="also who the people are whom titles name")
    parser.add_argument("--whole", action="store_true", help="one article of all passages under one title")
    arguments = parser.parse_args()
    for name, groups in sets(arguments.data).items():
        write(
            groups,
            arguments.out / name,
            most=arguments.most,
            answerable=arguments.answerable,
            others=arguments.others,
            names=arguments.names,
            whole=arguments.whole,
        )


if __name__ == "__main__":
    main()

"""Traditional against Simplified: the same questions and passages in both, asked of the same program."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from index import Case, Catalogue, Library, evaluate
from index.training import cases as data
from index.training.asking import pairs
from index.training.devset import address, article
from tests.bench.figures import Row
from tests.bench.gold import spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.bench import Bench

_MOST = 1.0  # points that both scripts may be apart
_MEASURES = {
    "passage_recall_5": "passage R@5",
    "first_quote": "first quote",
    "three_quotes": "three quotes",
}
_OTHER = {"t2s": "Traditional to Simplified", "s2t": "Simplified to Traditional"}


def scripts(bench: Bench) -> list[Row]:
    """Sets as they are, with their questions in the other script, and with their passages in it, too."""
    dev = bench.plan.dev
    if dev is None:
        return []
    sets = {
        "DRCD": (data.read(dev / "drcd_dev.jsonl.gz"), "t2s"),
        "CMRC 2018": (data.read(dev / "cmrc2018_dev.jsonl.gz"), "s2t"),
        "ChineseSquad": (pairs(dev / "qa_cross.jsonl.gz")["zh asks zh"], "s2t"),
    }
    return [row for name, (cases, way) in sets.items() for row in _compared(bench, name, cases, way)]


def _compared(bench: Bench, name: str, cases: Sequence[data.Case], way: str) -> list[Row]:
    bench.tell(f"{name}: {_OTHER[way]}")
    asked = spread(data.without(cases, answered=True), bench.plan.gold_limit)
    questions = [replace(case, question=converted(case.question, way)) for case in asked]
    folder = bench.folder / f"scripts-{name.partition(' ')[0]}"
    shares = [
        *_measured(folder / "as-it-is", cases, [asked, questions]),
        *_measured(
            folder / "converted",
            [in_other_script(case, way) for case in cases],
            [[in_other_script(case, way) for case in asked]],
        ),
    ]
    return [
        difference(f"{name}, {_OTHER[way]}: {about}", [each[measure] for each in shares], len(asked))
        for measure, about in _MEASURES.items()
    ]


def difference(name: str, shares: Sequence[float], count: int) -> Row:
    """How many points the scripts are apart at most: as it is, questions converted, passages as well."""
    as_it_is, questions, both = (share * 100 for share in shares)
    apart = round(max(abs(questions - as_it_is), abs(both - as_it_is)), 6)  # 1 point is not more than 1
    told = f"{as_it_is:.1f}; questions converted {questions:.1f}; passages too {both:.1f}; {count} questions"
    return Row(f"{name}, apart", apart, "points", _MOST, note=told)


def in_other_script(case: data.Case, way: str) -> data.Case:
    """A case converted, but for its answer, which is looked for in whatever script."""
    return replace(
        case,
        question=converted(case.question, way),
        context=converted(case.context, way),
        title=converted(case.title, way),
    )


def converted(text: str, way: str) -> str:
    """A text in the other script: "t2s" makes it Simplified, "s2t" Traditional."""
    made: str = _converter(way).convert(text)
    return made


@cache
def _converter(way: str) -> Any:  # noqa: ANN401 - the library's type stays here
    from opencc import OpenCC  # type: ignore[import-untyped] # noqa: PLC0415 - only the extra `bench` has it

    return OpenCC(way)


def _measured(
    folder: Path, passages: Sequence[data.Case], groups: Sequence[Sequence[data.Case]]
) -> list[dict[str, float]]:
    """The shares of each group of cases, asked of a library of all passages."""
    articles = folder / "articles"
    articles.mkdir(parents=True)
    for case in passages:
        (articles / f"{case.article}.txt").write_text(article(case), encoding="utf-8")
    with Library.open(folder / "library", create=True) as library:
        library.build([articles])
        catalogue = Catalogue(library.articles())
        return [_shares(library, catalogue, cases) for cases in groups]


def _shares(library: Library, catalogue: Catalogue, cases: Sequence[data.Case]) -> dict[str, float]:
    asked = [
        Case(f"{at}", case.question, (case.answer,), catalogue.find(address(case)))
        for at, case in enumerate(cases)
    ]
    measures = evaluate(library, asked).groups[0].by_name
    return {name: measures[name].value or 0.0 for name in _MEASURES}

"""`articlebot eval`: a file of questions with known answers, and how well the library does on them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.commands.session import open_library, style_of_stdout
from bot.figures import figure, interval
from bot.jsonlines import json_line, json_object, lines_of
from bot.mistakes import mistake_records, mistakes_text
from bot.progress import progress_on
from bot.terminal import Style
from index import ArticleNotFound, Case, Catalogue, QuestionError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from config import Settings
    from index import Evaluation, Group

_EXPECTED = 'write one object {"question": "...", "answers": ["..."], "article": "..."} on each line'
_POINTS = 100  # of a curve for other tools
_TOLD = 10  # bad lines: who sees so many knows what is wrong
_BY_LANGUAGE = {
    "passage_recall_5": "first 5 passages",
    "first_quote": "first quote",
    "three_quotes": "three quotes",
    "answerable_refused": "wrongly refused",
    "unanswerable_refused": "refused: no answer",
    "hidden_refused": "refused: left out",
}


class About(TypedDict):
    """What was evaluated: shown above the figures."""

    file: str
    library: str
    model: str | None
    articles: int
    passages: int
    left_out: bool
    day: str


def evaluate_file(
    settings: Settings, file: str, *, report: Path | None, hide: bool, as_json: bool, worst: int = 0
) -> int:
    """Ask every question of a file and print what came of them; 0, however good or bad that is.

    With `worst`, so many of the worst answers, too. Raises QuestionError if a line cannot be
    asked; then none is.
    """
    if report is not None and not report.absolute().parent.is_dir():
        raise FileNotFoundError(
            2, "no such folder for the report; make it, or name another", str(report.parent)
        )
    with lines_of(file) as lines, open_library(settings) as library:
        cases = read_cases(lines, Catalogue(library.articles()), file)
        _warn_of_misfits(cases)
        with progress_on(sys.stderr) as progress:
            evaluation = evaluate(library, cases, hide=hide, progress=progress)
        status = library.status()
    about = About(
        file=file,
        library=str(settings.library.path),
        model=status.model,
        articles=status.articles,
        passages=status.passages,
        left_out=hide,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
    )
    _print(evaluation, about, worst, as_json)
    if report is not None:
        _write(report, evaluation, about)
    return 0


# --- the questions --------------------------------------------------------------------------


def read_cases(lines: BinaryIO, catalogue: Catalogue, file: str) -> list[Case]:
    """Read every line as a case; QuestionError names all lines that are wrong, and why."""
    cases, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json_object(line, _EXPECTED), catalogue, number))
        except (ValueError, QuestionError, ArticleNotFound) as error:
            problems.append(f"line {number}: {error}")
    if problems:
        more = [f"and {len(problems) - _TOLD} more"] if len(problems) > _TOLD else []
        told = "\n  ".join([*problems[:_TOLD], *more])
        raise QuestionError(f"nothing was asked, because of {file}\n  {told}")
    if not cases:
        raise QuestionError(f"{file} holds no questions; {_EXPECTED}")
    return cases


def _case(row: dict[str, object], catalogue: Catalogue, number: int) -> Case:
    question, article, own = row.get("question"), row.get("article"), row.get("id")
    if not isinstance(question, str):
        raise QuestionError(f'no text under "question" but {json_line(question)}; give it a text')
    if not isinstance(article, str | None):
        raise QuestionError(
            f'"article" is {json_line(article)}; give an id, title or address, or leave it out'
        )
    return Case(
        f"line {number}" if own is None else str(own),
        question,
        _answers(row),
        catalogue.find(article) if article is not None else None,
    )


def _answers(row: dict[str, object]) -> tuple[str, ...]:
    answers, answerable = row.get("answers"), row.get("answerable")
    if answerable is False:
        return ()
    if not isinstance(answers, list) or not all(isinstance(each, str) for each in answers):
        raise QuestionError(
            f'"answers" is {json_line(answers)}; give a list of texts, ["..."], '
            "of which a right quote holds one, or [] if the library does not answer it"
        )
    if answerable and not answers:
        raise QuestionError('"answers" is empty, and "answerable" true; give an answer, or make it false')
    return tuple(answers)


def _warn_of_misfits(cases: Sequence[Case]) -> None:
    misfits = [
        case.id for case in cases if case.answers and case.article and not case.holds(case.article.text)
    ]
    if misfits:
        some = ", ".join(misfits[:_TOLD]) + (", ..." if len(misfits) > _TOLD else "")
        some = Style(screen=sys.stderr.isatty()).one_line(some)
        print(
            f"articlebot: {len(misfits)} of {len(cases)} questions name an article that holds none of their "
            f"answers, and will count as wrong ({some}); write answers in the article's own words",
            file=sys.stderr,
        )


# --- what came of them ----------------------------------------------------------------------


def _print(evaluation: Evaluation, about: About, worst: int, as_json: bool) -> None:
    if as_json:
        mistakes = {"worst": mistake_records(evaluation, worst)} if worst else {}
        print(json_line({**evaluation_record(evaluation, about), **mistakes}))
        return
    console = Console(file=sys.stdout, highlight=False, soft_wrap=False)
    console.print(_table(evaluation.groups[0], about))
    if len(evaluation.groups) > 1:
        console.print()
        console.print(_language_table(evaluation.groups[1:]))
    if worst:
        print(f"\n{mistakes_text(evaluation, worst, style_of_stdout())}")


def evaluation_record(evaluation: Evaluation, about: About) -> dict[str, object]:
    """Return the figures as other tools read them: shares are 0 to 1."""
    return {
        **about,
        "groups": [
            {
                "languages": group.languages,
                "questions": group.questions,
                "measures": {
                    name: {
                        "about": each.about,
                        "unit": each.unit,
                        "value": each.value,
                        "low": each.low,
                        "high": each.high,
                        "questions": each.count,
                    }
                    for name, each in group.by_name.items()
                },
            }
            for group in evaluation.groups
        ],
        "curves": _curves(evaluation),
    }


def _curves(evaluation: Evaluation) -> dict[str, object]:
    """What the report draws; risk against coverage at a hundred coverages at most."""
    coverage, risk = evaluation.risk_coverage()
    at = np.linspace(0, len(risk) - 1, min(len(risk), _POINTS)).round().astype(int)
    thresholds, answerable, others = evaluation.refusals()
    return {
        "reliability": [
            {"confidence": each.confidence, "right": each.right, "questions": each.count}
            for each in evaluation.reliability()
        ],
        "risk_coverage": {"coverage": coverage[at].tolist(), "risk": risk[at].tolist()},
        "refusals": {
            "thresholds": thresholds.tolist(),
            "answerable": answerable.tolist(),
            "others": others.tolist(),
        },
    }


def _table(group: Group, about: About) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", title_style="")
    table.title = f"{group.questions:,} questions, {about['articles']:,} articles, {about['day']}\n"
    table.add_column("")
    for heading in ("", "95% interval", "questions"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in group.measures:
        if each.count:
            table.add_row(each.about, figure(each), interval(each), f"{each.count:,}")
    return table


def _language_table(groups: Sequence[Group]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("question → article", vertical="bottom")
    table.add_column("questions", justify="right", vertical="bottom")
    for heading in _BY_LANGUAGE.values():
        table.add_column(heading, justify="right")
    for group in groups:
        of = group.by_name
        table.add_row(group.languages, f"{group.questions:,}", *(figure(of[name]) for name in _BY_LANGUAGE))
    return table


def _write(report: Path, evaluation: Evaluation, about: About) -> None:
    from bot.report import page  # noqa: PLC0415 - drawing takes a second to import, and most runs draw nothing

    report.write_text(page(evaluation, about), encoding="utf-8")
    print(f"articlebot: the report is {report}", file=sys.stderr)

"""The worst answers of an evaluation, to be read one after the other and sorted into kinds; pure.

The report shows the same on a page; this is for a terminal, `grep` and other tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.figures import percent
from bot.terminal import citation

if TYPE_CHECKING:
    from bot.terminal import Style
    from index import Evaluation, Fault, Outcome


def mistakes_text(evaluation: Evaluation, count: int, style: Style) -> str:
    """List the `count` worst answers: question, gold answers, the quotes, the sentence that was wanted."""
    worst = evaluation.worst(count)
    if not worst:
        return "No answer was wrong."
    blocks = [_mistake(number, fault, outcome, style) for number, (fault, outcome) in enumerate(worst, 1)]
    return "\n\n".join(blocks)


def _mistake(number: int, fault: Fault, outcome: Outcome, style: Style) -> str:
    case = outcome.case
    lines = [
        f"{number}. {fault.value} · {style.one_line(case.id)} · {case.languages}",
        f"   Q    {style.one_line(case.question)}",
        f"   A    {style.one_line(_answers(outcome))}",
        *(_quote(outcome, at, style) for at in range(len(outcome.quotes))),
    ]
    if case.answerable:
        lines.append(f"   gold {_gold(outcome, style)}")
    return "\n".join(lines)


def _answers(outcome: Outcome) -> str:
    if outcome.case.hidden:
        return "none: the article that answers was left out"
    return " | ".join(outcome.case.answers) or "none: the articles do not say it"


def _quote(outcome: Outcome, at: int, style: Style) -> str:
    quote = outcome.quotes[at]
    right = "right" if outcome.right[at] else "wrong"
    told = "" if outcome.shown[at] else ", not shown"
    where = citation(quote.article, style)
    return f"   {at + 1}    {percent(quote.score)} {right}{told}: {style.one_line(quote.text)}  [{where}]"


def _gold(outcome: Outcome, style: Style) -> str:
    """Where the answer stands among the passages found, and its sentence, where that is known."""
    if not outcome.rank:
        return "in none of the twenty passages found"
    sentence = outcome.case.sentence()
    told = f": {style.one_line(sentence)}" if sentence else ""
    return f"in passage {outcome.rank} of twenty{told}"


def mistake_records(evaluation: Evaluation, count: int) -> list[dict[str, object]]:
    """Return the same as other tools read it; `rank` 0 means that no passage found holds the answer."""
    return [
        {
            "fault": fault.value,
            "id": outcome.case.id,
            "question": outcome.case.question,
            "answers": outcome.case.answers,
            "left_out": outcome.case.hidden,
            "rank": outcome.rank,
            "sentence": outcome.case.sentence() if outcome.rank else None,
            "quotes": [
                {"text": quote.text, "score": quote.score, "shown": shown, "right": right}
                for quote, shown, right in zip(outcome.quotes, outcome.shown, outcome.right, strict=True)
            ],
        }
        for fault, outcome in evaluation.worst(count)
    ]

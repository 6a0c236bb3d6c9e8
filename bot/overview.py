"""What admins are told of the library, of the questions and of a backup, in words; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.state import Day, Gap, Opinions, Percentiles
    from bot.texts import Texts
    from index import Backup, Status

LANGUAGES: Final = {
    "en": "overview.english",
    "zh-Hant": "overview.traditional",
    "zh-Hans": "overview.simplified",
}
_AGES: Final = ((86_400, "overview.days"), (3600, "overview.hours"), (60, "overview.minutes"))
_MEGABYTE: Final = 1_000_000


def status_lines(status: Status, memory: int | None, now: float, texts: Texts) -> list[str]:
    """What the library holds, how old its index is, and what it takes of the machine."""
    lines = [_holds(status.articles, status.languages, texts)]
    lines.append(texts.say("overview.passages", count=status.passages))
    if status.built is None:
        lines.append(texts.say("overview.no_index"))
    else:
        model = (
            texts.say("overview.bundled")
            if status.model == "bundled"
            else texts.say("overview.model", name=status.model or "")
        )
        lines.append(texts.say("overview.index", age=age(now - status.built, texts), model=model))
    if memory is not None:
        lines.append(texts.say("overview.memory", megabytes=round(memory / _MEGABYTE)))
    return lines


def questions_lines(
    days: Sequence[Day], times: Percentiles | None, opinions: Opinions, texts: Texts
) -> list[str]:
    """The questions of today, the last of the days, how long they took, and all days together."""
    today = days[-1]
    lines = [
        texts.say("overview.today", count=today.questions, answered=today.answered, refused=today.not_found)
    ]
    if times is not None:
        half, most = (round(seconds * 1000) for seconds in (times.half, times.most))
        lines.append(texts.say("overview.times", half=half, most=most))
    answered, refused = sum(day.answered for day in days), sum(day.not_found for day in days)
    share = f"{refused / (answered + refused):.0%}" if answered + refused else "–"
    everything = sum(day.questions for day in days)
    lines.append(texts.say("overview.all_days", days=len(days), count=everything, share=share))
    if opinions.good or opinions.bad:
        lines.append(texts.say("overview.opinions", good=opinions.good, bad=opinions.bad))
    return lines


def gaps_lines(gaps: Sequence[Gap], days: int, texts: Texts) -> list[str]:
    """The commonest questions without an answer."""
    if not gaps:
        return [texts.say("overview.no_gaps", days=days)]
    listed = [
        texts.say("overview.gap", count=gap.times, question=gap.question, last=texts.date(gap.last))
        for gap in gaps
    ]
    return [texts.say("overview.gaps", days=days), "", *listed]


def backup_lines(backup: Backup, here: int, texts: Texts) -> list[str]:
    """What a backup holds, and what the library that it would go into does."""
    lines = [_holds(backup.articles, backup.languages, texts)]
    if backup.first and backup.last:
        first, last = texts.date(backup.first), texts.date(backup.last)
        lines.append(texts.say("transfer.dates", first=first, last=last))
    made = texts.date(datetime.fromtimestamp(backup.made, UTC).astimezone().date())
    lines.append(texts.say("transfer.made", day=made, version=backup.program))
    lines.append(texts.say("transfer.vectors" if backup.vectors else "transfer.no_vectors"))
    return [*lines, "", texts.say("transfer.here", count=here)]


def age(seconds: float, texts: Texts) -> str:
    """How long ago something was, in its largest unit."""
    for length, key in _AGES:
        if seconds >= length:
            return texts.say(key, count=int(seconds // length))
    return texts.say("overview.now")


def _holds(articles: int, languages: Iterable[tuple[str, int]], texts: Texts) -> str:
    parts = [
        texts.say("overview.of_language", language=texts.say(_language_key(language)), count=count)
        for language, count in languages
    ]
    if not parts:
        return texts.say("overview.no_articles")
    return texts.say("overview.articles", count=articles, languages=texts.say("overview.and").join(parts))


def _language_key(language: str) -> str:
    return LANGUAGES.get(language, "overview.other")

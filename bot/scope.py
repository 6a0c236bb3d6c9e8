"""What a question was kept within, in a line: shown back, a misunderstanding is seen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.cutting import trim

if TYPE_CHECKING:
    from bot.texts import Texts
    from index import Within

OUTLETS_LIMIT: Final = 120
TITLE_LIMIT: Final = 90


def scope_line(within: Within, texts: Texts, title: str | None = None) -> str:
    """The line: "Only articles from 1 November 2025 to 30 November 2025, in Harbour Gazette".

    `title` is that of the one article that was chosen; a line of its own names it.
    """
    parts = [_days(within, texts)] if within.since or within.until else []
    if within.outlets is not None:
        names = texts.say("answer.next").join(within.outlets)
        parts.append(texts.say("scope.outlets", outlets=trim(names, OUTLETS_LIMIT)))
    if within.articles is not None and title is None:
        parts.append(texts.say("scope.articles", count=len(within.articles)))
    lines = [texts.say("within.one", title=trim(title, TITLE_LIMIT))] if title is not None else []
    if parts:
        lines.append(texts.say("scope.only", what=texts.say("scope.and").join(parts)))
    return "\n".join(lines)


def _days(within: Within, texts: Texts) -> str:
    since = texts.date(within.since) if within.since else ""
    until = texts.date(within.until) if within.until else ""
    if since == until:
        return texts.say("scope.day", day=since)
    if since and until:
        return texts.say("scope.days", since=since, until=until)
    return texts.say("scope.since", since=since) if since else texts.say("scope.until", until=until)

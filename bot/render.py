"""Records -> Telegram messages. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from telegram import MessageEntity

from bot.cutting import shorten, trim, units
from bot.outgoing import LIMIT, Draft, Outgoing, lines_message
from index import Answer, Article, BuildReport, Failure, NotFound, Progress, Quote, Span, display_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts

CUT: Final = "[…]"
LONG_QUOTE: Final = 480  # columns, a Chinese character taking two: about a dozen lines on a phone
TITLE_LIMIT: Final = 150
OUTLET_LIMIT: Final = 60
URL_LIMIT: Final = 2000
LISTED_TITLE_LIMIT: Final = 90
LISTED_OUTLET_LIMIT: Final = 40
PLACE_LIMIT: Final = 80
REASON_LIMIT: Final = 250
UNDERSTOOD_LIMIT: Final = 300
AIDS: Final = 6
AID_LIMIT: Final = 60  # for the words, and again for what they say
ALSO: Final = 3
NEWEST: Final = 20
STAGES: Final = {
    "read": "reindex.read",
    "encode": "reindex.encode",
    "check": "reindex.check",
}


def answer_messages(answer: Answer, texts: Texts) -> tuple[Outgoing, ...]:
    """The quotes of an answer, each with its citation: one message, or more if one is too small.

    What has to be known of all of them stands at the top of the first.
    """
    top = [_understood(answer.understood, texts)] if answer.understood else []
    if answer.disagree:
        top.append(texts.say("answer.disagree"))
    head = "\n".join(top)
    room = LIMIT - units(head) - units("\n\n") if head else LIMIT
    blocks = [Draft(head)] if head else []
    if answer.prose:
        blocks.append(Draft(answer.prose[: shorten(answer.prose, room)]))
    blocks += [_quote_block(quote, texts, room, dated=answer.disagree) for quote in answer.quotes]
    return tuple(draft.finished() for draft in _packed(blocks))


def not_found_message(result: NotFound, texts: Texts) -> Outgoing:
    """That the articles do not say it; then the nearest titles, plain, so that none looks like a source."""
    lines = [_understood(result.understood, texts)] if result.understood else []
    lines.append(texts.say("answer.not_found"))
    if result.nearest:
        lines += ["", texts.say("answer.nearest")]
        lines += [f"• {trim(_name(article), TITLE_LIMIT)}" for article in result.nearest]
    return lines_message(lines)


def _understood(question: str, texts: Texts) -> str:
    return texts.say("answer.understood", question=trim(question, UNDERSTOOD_LIMIT))


def articles_message(articles: Sequence[Article], texts: Texts) -> Outgoing:
    """How many articles there are, and the newest of them (they come newest first)."""
    if not articles:
        return lines_message([texts.say("library.empty"), texts.say("library.add")])
    newest = articles[:NEWEST]
    draft = Draft()
    key = "articles.all" if len(newest) == len(articles) else "articles.newest"
    draft.add(texts.say(key, count=len(newest), total=len(articles)) + "\n")
    for number, article in enumerate(newest, start=1):
        draft.join(_listed(number, article, texts))
    return draft.finished()


def progress_line(progress: Progress, texts: Texts) -> str:
    """How far a build has come, in one line."""
    key = STAGES.get(progress.stage, "reindex.other")
    return texts.say(key, done=progress.done, total=progress.total)


def report_message(report: BuildReport, texts: Texts) -> Outgoing:
    """What a build did, with the reason for each file that failed, as far as they fit."""
    untouched = not (report.added or report.changed or report.removed)
    headline = "reindex.nothing_new" if untouched else "reindex.finished"
    counts = {
        "reindex.added": len(report.added),
        "reindex.changed": len(report.changed),
        "reindex.removed": len(report.removed),
        "reindex.unchanged": report.unchanged,
        "reindex.duplicates": len(report.duplicates),
        "reindex.failed": len(report.failed),
    }
    lines = [texts.say(headline, seconds=f"{report.seconds:.1f}"), ""]
    lines += [texts.say(key, count=count) for key, count in counts.items()]
    return lines_message([*lines, *_failures(report.failed, texts, LIMIT - units("\n".join(lines)))])


def _quote_block(quote: Quote, texts: Texts, room: int, *, dated: bool) -> Draft:
    """A quote as a blockquote with the answer's own words bold; under it what helps and where it stands.

    `dated` says that an unknown date is to be named as such.
    """
    below = _citation(quote.article, texts, dated=dated)
    _add_others(below, quote.also, texts)
    shown = _window(quote, room - units(f"\n{_aids_line(quote, quote.span)}\n{below.text}{CUT} {CUT} "))
    draft = Draft()
    _add_quote(draft, quote, shown)
    draft.add("\n")
    if line := _aids_line(quote, shown):
        draft.add(f"{line}\n")
    draft.join(below)
    return draft


def _add_quote(draft: Draft, quote: Quote, shown: Span) -> None:
    if shown.start > quote.span.start:
        draft.add(f"{CUT} ")
    for words, bold in _pieces(quote, shown):
        draft.add(words, MessageEntity.BOLD if bold and words.strip() else None)
    if shown.end < quote.span.end:
        draft.add(f" {CUT}")
    long = display_width(draft.text) > LONG_QUOTE
    draft.mark(0, MessageEntity.EXPANDABLE_BLOCKQUOTE if long else MessageEntity.BLOCKQUOTE)


def _aids_line(quote: Quote, shown: Span) -> str:
    """What the figures say that are shown: "2000億元 = 200 billion yuan · 12月1日 = 1 December"."""
    aids = [aid for aid in quote.aids if shown.contains(aid.span)][:AIDS]
    words = [trim(aid.span.of(quote.article.text), AID_LIMIT) for aid in aids]
    return " · ".join(f"{each} = {trim(aid.text, AID_LIMIT)}" for each, aid in zip(words, aids, strict=True))


def _window(quote: Quote, limit: int) -> Span:
    """The stretch of a quote that is shown: all of it, or its beginning.

    Where the answer's own words stand too far on for that, it begins at the last end of a
    clause from which they fit.
    """
    text, wanted = quote.article.text, quote.highlight
    start, end = quote.span.start, quote.span.start + shorten(quote.text, limit)
    while wanted and wanted.end > end and start < wanted.start:
        # At most half of what fits is passed over at a time, so that what led up to the words stays.
        start += shorten(text[start : wanted.start], limit // 2)
        start += _indent(text[start : wanted.start])
        end = start + shorten(text[start : quote.span.end], limit)
    return Span(start, end)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _pieces(quote: Quote, shown: Span) -> tuple[tuple[str, bool], ...]:
    """The shown words in order, cut where the highlight begins and ends; whether each is in it."""
    text, bold = quote.article.text, quote.highlight or Span(shown.end, shown.end)
    first = min(max(bold.start, shown.start), shown.end)
    last = min(max(bold.end, first), shown.end)
    return (
        (text[shown.start : first], False),
        (text[first:last], True),
        (text[last : shown.end], False),
    )


def _citation(article: Article, texts: Texts, *, dated: bool) -> Draft:
    draft = Draft()
    _add_title(draft, article, TITLE_LIMIT)
    where = _outlet_and_date(article, texts, OUTLET_LIMIT)
    if dated and article.published is None:
        where = " · ".join(filter(None, (where, texts.say("answer.undated"))))
    if where:
        draft.add(f"\n{where}")
    return draft


def _add_others(draft: Draft, also: Sequence[Article], texts: Texts) -> None:
    """Other outlets with the same story, each linked: "Also in: Harbour Daily (4 March 2025), ..."."""
    for number, article in enumerate(also[:ALSO]):
        draft.add(texts.say("answer.next") if number else f"\n{texts.say('answer.also')}")
        url = _link(article.url)
        name = trim(article.source or "", LISTED_OUTLET_LIMIT) or trim(_name(article), LISTED_TITLE_LIMIT)
        draft.add(name, MessageEntity.TEXT_LINK if url else None, url)
        if article.published:
            draft.add(texts.say("answer.dated", date=texts.date(article.published)))
    if len(also) > ALSO:
        draft.add(texts.say("answer.more", count=len(also) - ALSO))


def _add_title(draft: Draft, article: Article, limit: int) -> None:
    url = _link(article.url)
    draft.add(trim(_name(article), limit), MessageEntity.TEXT_LINK if url else None, url)


def _name(article: Article) -> str:
    return article.title.strip() or article.source or article.id


def _outlet_and_date(article: Article, texts: Texts, limit: int) -> str:
    outlet = trim(article.source or "", limit)
    day = texts.date(article.published) if isinstance(article.published, date) else ""
    return " · ".join(part for part in (outlet, day) if part)


def _listed(number: int, article: Article, texts: Texts) -> Draft:
    draft = Draft()
    draft.add(f"\n{number}. ")
    _add_title(draft, article, LISTED_TITLE_LIMIT)
    if where := _outlet_and_date(article, texts, LISTED_OUTLET_LIMIT):
        draft.add(f"\n    {where}")
    return draft


def _failures(failed: Sequence[Failure], texts: Texts, room: int) -> list[str]:
    """A line for each failure, as many as fit into `room` UTF-16 units, then how many more there are."""
    lines = [
        texts.say("reindex.failure", place=_end_of(failure.place), reason=trim(failure.reason, REASON_LIMIT))
        for failure in failed
    ]
    shown = len(lines)
    while shown and units("\n".join(lines[:shown])) > room - 40:
        shown -= 1
    rest = len(lines) - shown
    return lines[:shown] + ([texts.say("reindex.more", count=rest)] if rest else [])


def _end_of(place: str) -> str:
    """A path's end, which tells files apart better than its beginning does."""
    return place if len(place) <= PLACE_LIMIT else "…" + place[1 - PLACE_LIMIT :]


def _link(url: str | None) -> str | None:
    """An article's address if it is one a person may safely be sent to, else None."""
    if url is None or len(url) > URL_LIMIT:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _packed(blocks: Sequence[Draft]) -> list[Draft]:
    """Blocks put into as few messages as hold them, in order."""
    messages: list[Draft] = []
    for block in blocks:
        if messages and units(messages[-1].text) + 2 + units(block.text) <= LIMIT:
            messages[-1].add("\n\n")
            messages[-1].join(block)
        else:
            messages.append(block)
    return messages

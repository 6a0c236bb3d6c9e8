"""Records -> Telegram messages. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from telegram import MessageEntity

from bot.cutting import shorten, trim, units
from bot.links import web_address
from bot.outgoing import LIMIT, Draft, Outgoing, lines_message
from bot.scope import scope_line
from index import (
    Answer,
    Article,
    BuildReport,
    Failure,
    NotFound,
    Progress,
    Quote,
    Span,
    display_width,
    surroundings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.outgoing import Rows
    from bot.texts import Texts

CUT: Final = "[…]"
GAP: Final = 2  # UTF-16 units between two quotes
LEAST_SHARE: Final = 800  # of a message, in UTF-16 units; a citation takes up to 600
AROUND: Final = 2  # sentences on either side of a quote that is shown in context
LONG_QUOTE: Final = 480  # columns, a Chinese character taking two: about a dozen lines on a phone
TITLE_LIMIT: Final = 150
OUTLET_LIMIT: Final = 60
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
    "compact": "compacting.stage",
}


def answer_message(answer: Answer, texts: Texts, buttons: Rows = ()) -> Outgoing:
    """The quotes of an answer, each with its citation, by number if there are several.

    What has to be known of all of them stands at the top. Quotes too long for one message together
    are shortened to a like share of it each; where not even that helps, the last are left out.
    """
    top = _heard(answer, texts)
    if answer.disagree:
        top.append(texts.say("answer.disagree"))
    head = [Draft("\n".join(top))] if top else []
    room = LIMIT - sum(units(draft.text) + GAP for draft in head)
    blocks = _answer_blocks(answer, texts, room)
    if sum(units(block.text) + GAP for block in blocks) - GAP > room:
        blocks = blocks[: max(1, room // LEAST_SHARE)]
        blocks = _answer_blocks(answer, texts, room // len(blocks) - GAP)[: len(blocks)]
    return _joined([*head, *blocks]).finished(buttons)


def context_message(quote: Quote, texts: Texts, buttons: Rows = ()) -> Outgoing:
    """A quote, bold, among the sentences around it, with its citation under it."""
    below = _citation(quote.article, texts, dated=False)
    room = LIMIT - units(f"\n{below.text}{CUT} {CUT} ")
    spans = (surroundings(quote.article.text, quote.span, count) for count in range(AROUND, 0, -1))
    shown = next((span for span in spans if units(span.of(quote.article.text)) <= room), None)
    draft = Draft()
    _add_words(draft, replace(quote, highlight=quote.span), shown or _window(quote, room), _words_of(quote))
    draft.mark(0, MessageEntity.BLOCKQUOTE)
    draft.add("\n")
    draft.join(below)
    return draft.finished(buttons)


def not_found_message(result: NotFound, texts: Texts) -> Outgoing:
    """That the articles do not say it; then the nearest titles, plain, so that none looks like a source."""
    lines = _heard(result, texts)
    lines.append(texts.say("scope.nothing" if result.none_within else "answer.not_found"))
    if result.nearest:
        lines += ["", texts.say("answer.nearest")]
        lines += [f"• {trim(_name(article), TITLE_LIMIT)}" for article in result.nearest]
    return lines_message(lines)


def _heard(result: Answer | NotFound, texts: Texts) -> list[str]:
    """How a question was taken, where that is not as it was written."""
    lines = []
    if result.understood:
        question = trim(result.understood, UNDERSTOOD_LIMIT)
        lines.append(texts.say("answer.understood", question=question))
    if result.within:
        lines.append(scope_line(result.within, texts))
    return lines


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


def _answer_blocks(answer: Answer, texts: Texts, room: int) -> list[Draft]:
    """Everything an answer says, each block within `room` UTF-16 units."""
    blocks = [Draft(answer.prose[: shorten(answer.prose, room)])] if answer.prose else []
    several = len(answer.quotes) > 1
    for number, quote in enumerate(answer.quotes, start=1):
        block = _quote_block(quote, texts, room, dated=answer.disagree, number=number if several else None)
        blocks.append(block)
    return blocks


def _quote_block(quote: Quote, texts: Texts, room: int, *, dated: bool, number: int | None) -> Draft:
    """A quote as a blockquote with the answer's own words bold; under it what helps and where it stands.

    `dated` says that an unknown date is to be named as such.
    """
    below = _citation(quote.article, texts, dated=dated, number=number)
    _add_others(below, quote.also, texts)
    room -= units(f"\n{below.text}{CUT} {CUT} ")
    helped = units(_aids_line(quote, quote.span)) < room // 2
    shown = _window(quote, room - (units(f"{_aids_line(quote, quote.span)}\n") if helped else 0))
    draft = Draft()
    _add_quote(draft, quote, shown)
    draft.add("\n")
    if helped and (line := _aids_line(quote, shown)):
        draft.add(f"{line}\n")
    draft.join(below)
    return draft


def _add_quote(draft: Draft, quote: Quote, shown: Span) -> None:
    _add_words(draft, quote, shown, quote.span)
    long = display_width(draft.text) > LONG_QUOTE
    draft.mark(0, MessageEntity.EXPANDABLE_BLOCKQUOTE if long else MessageEntity.BLOCKQUOTE)


def _add_words(draft: Draft, quote: Quote, shown: Span, whole: Span) -> None:
    """Add what is shown of a stretch of the article, and where something of it is left out."""
    if shown.start > whole.start:
        draft.add(f"{CUT} ")
    for words, bold in _pieces(quote, shown):
        draft.add(words, MessageEntity.BOLD if bold and words.strip() else None)
    if shown.end < whole.end:
        draft.add(f" {CUT}")


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


def _citation(article: Article, texts: Texts, *, dated: bool, number: int | None = None) -> Draft:
    draft = Draft(f"{number}. " if number else "")
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
        url = web_address(article.url)
        name = trim(article.source or "", LISTED_OUTLET_LIMIT) or trim(_name(article), LISTED_TITLE_LIMIT)
        draft.add(name, MessageEntity.TEXT_LINK if url else None, url)
        if article.published:
            draft.add(texts.say("answer.dated", date=texts.date(article.published)))
    if len(also) > ALSO:
        draft.add(texts.say("answer.more", count=len(also) - ALSO))


def _add_title(draft: Draft, article: Article, limit: int) -> None:
    url = web_address(article.url)
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


def _joined(blocks: Sequence[Draft]) -> Draft:
    whole = Draft()
    for number, block in enumerate(blocks):
        whole.add("\n\n" if number else "")
        whole.join(block)
    return whole


def _words_of(quote: Quote) -> Span:
    """Where the words of a quote's article begin and end."""
    text = quote.article.text
    return Span(_indent(text), len(text.rstrip()))

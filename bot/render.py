"""Records -> Telegram messages. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from telegram import MessageEntity

from bot.cutting import shorten, trim, units
from bot.outgoing import LIMIT, Draft, Outgoing, lines_message
from bot.quotation import (
    CUT,
    LISTED_OUTLET_LIMIT,
    LISTED_TITLE_LIMIT,
    OUTLET_LIMIT,
    TITLE_LIMIT,
    add_title,
    add_words,
    outlet_and_date,
    quoted,
    title_of,
    window,
    words_of,
)
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
    surroundings,
    web_address,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.outgoing import Rows
    from bot.texts import Texts

GAP: Final = 2  # UTF-16 units between two quotes
LEAST_SHARE: Final = 800  # of a message, in UTF-16 units; a citation takes up to 600
AROUND: Final = 2  # sentences on either side of a quote that is shown in context
PLACE_LIMIT: Final = 80
REASON_LIMIT: Final = 250
UNDERSTOOD_LIMIT: Final = 300
AIDS: Final = 6
AID_LIMIT: Final = 60  # for the words, and again for what they say
ALSO: Final = 3
_REASON: Final = 300
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
    top = _heard(answer, texts, _chosen(answer))
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
    add_words(draft, replace(quote, highlight=quote.span), shown or window(quote, room), words_of(quote))
    draft.mark(0, MessageEntity.BLOCKQUOTE)
    draft.add("\n")
    draft.join(below)
    return draft.finished(buttons)


def not_found_message(
    result: NotFound, texts: Texts, buttons: Rows = (), chosen: Article | None = None
) -> Outgoing:
    """That the articles do not say it; then the nearest titles, plain, so that none looks like a source.

    `chosen` is the one article that was asked: others are nothing to it.
    """
    lines = _heard(result, texts, chosen)
    if chosen is not None:
        return lines_message([*lines, texts.say("within.not_said")], buttons)
    lines.append(texts.say("scope.nothing" if result.none_within else "answer.not_found"))
    if result.nearest:
        lines += ["", texts.say("answer.nearest")]
        lines += [f"• {trim(title_of(article), TITLE_LIMIT)}" for article in result.nearest]
    return lines_message(lines, buttons)


def _heard(result: Answer | NotFound, texts: Texts, chosen: Article | None) -> list[str]:
    """How a question was taken, where that is not as it was written."""
    lines = []
    if result.understood:
        question = trim(result.understood, UNDERSTOOD_LIMIT)
        lines.append(texts.say("answer.understood", question=question))
    if result.within:
        lines.append(scope_line(result.within, texts, title_of(chosen) if chosen else None))
    return lines


def _chosen(answer: Answer) -> Article | None:
    """The one article that a question was kept within, if it was."""
    one = (
        answer.within is not None and answer.within.articles is not None and len(answer.within.articles) == 1
    )
    return answer.quotes[0].article if one else None


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
    if report.uncompacted is not None:
        lines += ["", texts.say("compacting.failed", reason=report.uncompacted[:_REASON])]
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
    shown = window(quote, room - (units(f"{_aids_line(quote, quote.span)}\n") if helped else 0))
    draft = quoted(quote, shown)
    draft.add("\n")
    if helped and (line := _aids_line(quote, shown)):
        draft.add(f"{line}\n")
    draft.join(below)
    return draft


def _aids_line(quote: Quote, shown: Span) -> str:
    """What the figures say that are shown: "2000億元 = 200 billion yuan · 12月1日 = 1 December"."""
    aids = [aid for aid in quote.aids if shown.contains(aid.span)][:AIDS]
    words = [trim(aid.span.of(quote.article.text), AID_LIMIT) for aid in aids]
    return " · ".join(f"{each} = {trim(aid.text, AID_LIMIT)}" for each, aid in zip(words, aids, strict=True))


def _citation(article: Article, texts: Texts, *, dated: bool, number: int | None = None) -> Draft:
    draft = Draft(f"{number}. " if number else "")
    add_title(draft, article, TITLE_LIMIT)
    where = outlet_and_date(article, texts, OUTLET_LIMIT)
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
        name = trim(article.source or "", LISTED_OUTLET_LIMIT) or trim(title_of(article), LISTED_TITLE_LIMIT)
        draft.add(name, MessageEntity.TEXT_LINK if url else None, url)
        if article.published:
            draft.add(texts.say("answer.dated", date=texts.date(article.published)))
    if len(also) > ALSO:
        draft.add(texts.say("answer.more", count=len(also) - ALSO))


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

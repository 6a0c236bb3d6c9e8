"""Lists to look through: articles, outlets, the newest. Each opens the pages of its articles. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.cutting import trim
from bot.outgoing import Action, Button, Draft, Outgoing, lines_message
from bot.pages import page_action
from bot.quotation import (
    LISTED_OUTLET_LIMIT,
    LISTED_TITLE_LIMIT,
    OUTLET_LIMIT,
    add_title,
    outlet_and_date,
    quoted,
    window,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.outgoing import Rows
    from bot.texts import Texts
    from index import Article, Listing, Quote, Source

# The names of the actions that show a list.
ARTICLES: Final = "articles"
SOURCES: Final = "sources"
LATEST: Final = "latest"

PAGE_SIZE: Final = 8
NEWEST: Final = 5
NEAREST: Final = 3
NUMBERS_A_ROW: Final = 5  # at most
WORDS_LIMIT: Final = 60
SENTENCE_LIMIT: Final = 400


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list of articles, and from which on it is shown: all, or some by title or by outlet.

    `outlet` counts if `of_outlet`; None is what names none. `came_from` is where the list of
    outlets began that led here.
    """

    start: int = 0
    words: str = ""
    outlet: str | None = None
    of_outlet: bool = False
    came_from: int = 0

    @property
    def action(self) -> Action:
        """What a button does that shows it."""
        return Action(ARTICLES, asdict(self))


def shelf_view(listing: Listing, shelf: Shelf, texts: Texts, nearest: Sequence[Article] = ()) -> Outgoing:
    """A page of a list of articles; a button opens each, others turn the page.

    Where no title holds the words, `nearest` are articles that say something of the kind.
    """
    here = replace(shelf, start=listing.start)
    shown = listing.articles or nearest
    if not shown:
        return lines_message(_nothing(shelf, texts))
    draft = Draft(_headline(listing.total, shelf, texts) + "\n")
    for number, article in enumerate(shown, start=listing.start + 1):
        draft.join(_listed(number, article, texts))
    opening = [page_action(article.id, here.action) for article in shown]
    _add_page(draft, listing.start, listing.total, texts)
    rows = (
        *_numbered(opening, listing.start),
        _turning(listing.start, listing.total, lambda start: replace(here, start=start).action),
        (_back(Action(SOURCES, shelf.came_from), texts),) if shelf.of_outlet else (),
    )
    return draft.finished(_filled(rows))


def sources_view(sources: Sequence[Source], start: int, texts: Texts) -> Outgoing:
    """The outlets from the `start`th on, how many articles each has and how new they are."""
    if not sources:
        return lines_message(_nothing(Shelf(), texts))
    start = max(0, min(start, (len(sources) - 1) // PAGE_SIZE * PAGE_SIZE))
    shown = sources[start : start + PAGE_SIZE]
    draft = Draft(texts.say("browse.sources", count=len(sources)) + "\n")
    for number, source in enumerate(shown, start=start + 1):
        draft.add(f"\n{number}. {_outlet(source.name, texts)}\n    {_extent(source, texts)}")
    _add_page(draft, start, len(sources), texts)
    opening = [Shelf(outlet=source.name, of_outlet=True, came_from=start).action for source in shown]
    turning = _turning(start, len(sources), lambda to: Action(SOURCES, to))
    return draft.finished(_filled((*_numbered(opening, start), turning)))


def latest_view(newest: Sequence[tuple[Article, Quote | None]], texts: Texts) -> Outgoing:
    """The newest articles, each with a sentence of its own that says most."""
    if not newest:
        return lines_message(_nothing(Shelf(), texts))
    draft = Draft(texts.say("browse.latest") + "\n")
    for number, (article, quote) in enumerate(newest, start=1):
        draft.join(_listed(number, article, texts))
        if quote is not None:
            draft.add("\n")
            draft.join(quoted(quote, window(quote, SENTENCE_LIMIT)))
    opening = [page_action(article.id, Action(LATEST)) for article, _ in newest]
    return draft.finished(
        (*_numbered(opening, 0), (Button(texts.say("browse.every"), action=Shelf().action),))
    )


def _headline(total: int, shelf: Shelf, texts: Texts) -> str:
    if not total:
        return texts.say("browse.nearest", words=trim(shelf.words, WORDS_LIMIT))
    if shelf.words:
        return texts.say("browse.titled", count=total, words=trim(shelf.words, WORDS_LIMIT))
    if not shelf.of_outlet:
        return texts.say("browse.all", count=total)
    if shelf.outlet is None:
        return texts.say("browse.of_nameless", count=total)
    return texts.say("browse.outlet", count=total, outlet=trim(shelf.outlet, OUTLET_LIMIT))


def _nothing(shelf: Shelf, texts: Texts) -> list[str]:
    if shelf.words:
        return [texts.say("browse.none_titled", words=trim(shelf.words, WORDS_LIMIT))]
    if shelf.of_outlet:
        return [texts.say("browse.gone")]
    return [texts.say("library.empty"), texts.say("library.add")]


def _listed(number: int, article: Article, texts: Texts) -> Draft:
    draft = Draft()
    draft.add(f"\n{number}. ")
    add_title(draft, article, LISTED_TITLE_LIMIT)
    if where := outlet_and_date(article, texts, LISTED_OUTLET_LIMIT):
        draft.add(f"\n    {where}")
    return draft


def _outlet(name: str | None, texts: Texts) -> str:
    return texts.say("browse.nameless") if name is None else trim(name, OUTLET_LIMIT)


def _extent(source: Source, texts: Texts) -> str:
    count = texts.say("browse.count", count=source.articles)
    return (
        f"{count} · {texts.say('browse.newest', date=texts.date(source.newest))}" if source.newest else count
    )


def _add_page(draft: Draft, start: int, total: int, texts: Texts) -> None:
    """Say which page of how many it is, if there are several."""
    if total > PAGE_SIZE:
        pages = _ceil(total, PAGE_SIZE)
        draft.add(f"\n\n{texts.say('browse.page', page=start // PAGE_SIZE + 1, pages=pages)}")


def _numbered(actions: Sequence[Action], start: int) -> Rows:
    """A button for each entry of a list, by its number, in rows of like length."""
    buttons = [Button(str(number), action=action) for number, action in enumerate(actions, start=start + 1)]
    across = _ceil(len(buttons), _ceil(len(buttons), NUMBERS_A_ROW))
    return tuple(tuple(buttons[at : at + across]) for at in range(0, len(buttons), across))


def _ceil(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)


def _turning(start: int, total: int, action: Callable[[int], Action]) -> tuple[Button, ...]:
    """The buttons to the page before and the one after, where there are such."""
    before = (Button("‹", action=action(start - PAGE_SIZE)),) if start else ()
    after = (Button("›", action=action(start + PAGE_SIZE)),) if start + PAGE_SIZE < total else ()
    return (*before, *after)


def _back(action: Action, texts: Texts) -> Button:
    return Button(texts.say("answer.back"), action=action)


def _filled(rows: Rows) -> Rows:
    return tuple(row for row in rows if row)

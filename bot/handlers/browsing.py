"""/articles, /latest and /sources, the pages of articles, and asking about one of them only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from telegram.constants import ChatType

from bot.cards import recalled_missing
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.places import place_of, place_of_press
from bot.handlers.questions import after_command
from bot.handlers.sending import reply
from bot.listings import (
    ARTICLES,
    LATEST,
    NEAREST,
    NEWEST,
    PAGE_SIZE,
    SOURCES,
    Shelf,
    latest_view,
    shelf_view,
    sources_view,
)
from bot.outgoing import lines_message
from bot.pages import ASK_ABOUT, PAGE, article_page, named, way_back
from bot.views import MISSING, not_found_view
from index import ArticleNotFound, LibraryEmpty, LibraryNotFound, LibraryOutdated, Listing, QuestionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telegram import Message, Update, User

    from bot.outgoing import Outgoing
    from bot.texts import Texts
    from index import Article, Quote

NAME_LIMIT: Final = 60
SENTENCES: Final = 3  # of an article, on its page


async def on_articles(desk: Desk, update: Update, context: Context) -> None:
    """List the articles, or those whose titles hold the words after the command."""
    await _list(desk, update, partial(_shelf, desk, Shelf(words=after_command(update, context))))


async def on_sources(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """List the outlets."""
    await _list(desk, update, partial(_sources, desk, 0))


async def on_latest(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Show the newest articles."""
    await _list(desk, update, partial(_latest, desk))


async def open_article(desk: Desk, update: Update, context: Context, article: str) -> None:
    """Keep the questions of whoever came by a link within its article, and show that."""
    message, texts = message_in(update), texts_for(desk, update)
    payload = {"article": article, "back": None}
    try:
        page = await desk.work(partial(_page, desk, payload, texts, bot=context.bot.username, kept=True))
    except ArticleNotFound:
        page = lines_message([texts.say("browse.gone")])
    else:
        desk.state.scopes.keep(place_of(message), article)
    await reply(message, page, keys=desk.state.buttons)


async def _list(desk: Desk, update: Update, view: Callable[[Texts], Outgoing]) -> None:
    outgoing = await desk.work(view, texts_for(desk, update))
    await reply(message_in(update), outgoing, keys=desk.state.buttons)


# What buttons do


async def _on_shelf(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    return await _show(desk, press, partial(_shelf, desk, Shelf(**press.payload)))


async def _on_sources(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001
    return await _show(desk, press, partial(_sources, desk, press.payload))


async def _on_latest(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001
    return await _show(desk, press, partial(_latest, desk))


async def _on_missing(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001
    return await _show(desk, press, partial(_missing, desk, press.payload))


async def _on_page(desk: Desk, press: Press, context: Context) -> Toast | None:
    private = press.message.chat.type == ChatType.PRIVATE
    view = partial(_page, desk, press.payload, bot=context.bot.username, private=private)
    return await _show(desk, press, view)


async def _on_ask_about(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001
    """Keep the questions of whoever pressed, in this chat and topic, within an article."""
    try:
        article = await desk.work(desk.library.article, press.payload)
    except ArticleNotFound:
        return _gone(press.texts)
    desk.state.scopes.keep(place_of_press(press.message, press.by), article.id)
    await reply(press.message, lines_message([_kept(press.message, press.by, named(article), press.texts)]))
    return None


async def _show(desk: Desk, press: Press, view: Callable[[Texts], Outgoing]) -> Toast | None:
    """Change the message to a list or a page, or say that its article is gone."""
    try:
        outgoing = await desk.work(view, press.texts)
    except ArticleNotFound:
        return _gone(press.texts)
    await press.edit(desk, outgoing)
    return None


def _gone(texts: Texts) -> Toast:
    return Toast(texts.say("browse.gone"), alert=True)


def _kept(message: Message, by: User, title: str, texts: Texts) -> str:
    """That questions are kept within an article; in a group, whose."""
    if message.chat.type == ChatType.PRIVATE:
        return texts.say("within.kept", title=title)
    name = " ".join(by.first_name.split())[:NAME_LIMIT]
    return texts.say("within.kept_group", name=name, title=title)


# What is shown, made in the pool


def _shelf(desk: Desk, shelf: Shelf, texts: Texts) -> Outgoing:
    outlets = (shelf.outlet,) if shelf.of_outlet else None
    try:
        listing = desk.library.browse(shelf.start, PAGE_SIZE, words=shelf.words, outlets=outlets)
    except (LibraryEmpty, LibraryNotFound):
        listing, shelf = Listing(0, 0, ()), Shelf()
    nearest = _nearest(desk, shelf.words) if shelf.words and not listing.total else ()
    return shelf_view(listing, shelf, texts, nearest)


def _nearest(desk: Desk, words: str) -> tuple[Article, ...]:
    """Articles that say something of the kind, in whatever language, best first."""
    try:
        hits = desk.library.search(words)
    except (QuestionError, LibraryEmpty, LibraryOutdated):
        return ()
    return tuple({hit.passage.article.id: hit.passage.article for hit in hits}.values())[:NEAREST]


def _sources(desk: Desk, start: int, texts: Texts) -> Outgoing:
    return sources_view(desk.library.sources(), start, texts)


def _latest(desk: Desk, texts: Texts) -> Outgoing:
    newest = desk.library.latest(NEWEST)
    return latest_view(
        [(article, next(iter(_summary(desk, article.id, 1)), None)) for article in newest], texts
    )


def _missing(desk: Desk, note: Any, texts: Texts) -> Outgoing:  # noqa: ANN401  what JSON can hold
    return not_found_view(recalled_missing(note, desk.library.article), texts)


def _page(
    desk: Desk,
    payload: Any,  # noqa: ANN401
    texts: Texts,
    *,
    bot: str,
    private: bool = True,
    kept: bool = False,
) -> Outgoing:
    article = desk.library.article(payload["article"])
    summary = _summary(desk, article.id, SENTENCES)
    back = way_back(payload)
    return article_page(article, summary, texts, bot=bot, private=private, kept=kept, back=back)


def _summary(desk: Desk, article: str, count: int) -> tuple[Quote, ...]:
    """An article's own sentences; none while the index that knows them has to be made again."""
    try:
        return desk.library.summary(article, count=count)
    except (LibraryEmpty, LibraryOutdated):
        return ()


ACTIONS: Final[Mapping[str, Pressed]] = {
    ARTICLES: _on_shelf,
    SOURCES: _on_sources,
    LATEST: _on_latest,
    MISSING: _on_missing,
    PAGE: _on_page,
    ASK_ABOUT: _on_ask_about,
}

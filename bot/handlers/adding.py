"""Adding articles from the chat: what an admin sends is read, shown, and added if the admin says so."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from bot.handlers.acquisitions import AddingStopped
from bot.handlers.admission import note_by
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.ending import refusal_of, tell_outcome, there, why
from bot.handlers.material import material_of_words, materials_in
from bot.handlers.reading import look_at
from bot.handlers.sending import reply, typing
from bot.outgoing import lines_message
from bot.proposals import (
    ADD,
    ADDED,
    DISMISS,
    added_message,
    added_view,
    dismissed_message,
    new_ones,
    noted,
    proposal_message,
)
from bot.proposals import recalled as recalled_articles
from index import Article, BuildReport, LibraryLocked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telegram import Message, Update

    from bot.handlers.material import Material
    from bot.texts import Texts

LOG = logging.getLogger(__name__)
ALBUM_PAUSE: Final = 1.0  # seconds after which no more of an album is awaited

Albums = dict[str, list["Message"]]


async def on_offered(desk: Desk, update: Update, context: Context) -> None:
    """Show what an admin has sent: at once, or if it is part of an album when all of that has come."""
    message, texts = message_in(update), texts_for(desk, update)
    album = message.media_group_id
    if album is None:
        work = _propose(desk, message, materials_in([message]), texts)
    else:
        albums = _albums(context)
        albums.setdefault(album, []).append(message)
        if len(albums[album]) > 1:
            return
        work = _propose_album(desk, albums, album, texts)
    # Not awaited here: the admin's chat would have to wait for its other messages.
    context.application.create_task(work, update=update)


async def on_add(desk: Desk, update: Update, context: Context) -> None:
    """Show the article that stands after /add, or the message that it replies to."""
    message, texts = message_in(update), texts_for(desk, update)
    if (refusal := refusal_of(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
        return
    materials = _named(message, context.bot.id)
    if not materials:
        await reply(message, lines_message([texts.say("adding.usage")]))
        return
    context.application.create_task(_propose(desk, message, materials, texts), update=update)


def _named(message: Message, me: int) -> tuple[Material, ...]:
    """What /add is about; nothing where that are the bot's own words, which no article says."""
    _, *words = (message.text or "").split(maxsplit=1)
    if words:
        return (material_of_words(words[0]),)
    earlier = message.reply_to_message
    if earlier is None or (earlier.from_user is not None and earlier.from_user.id == me):
        return ()
    return materials_in([earlier])


def _albums(context: Context) -> Albums:
    """The albums of this chat that are still coming in."""
    chat = context.chat_data
    assert chat is not None  # every message is in a chat
    albums: Albums = chat.setdefault("albums", {})
    return albums


async def _propose_album(desk: Desk, albums: Albums, album: str, texts: Texts) -> None:
    seen = 0
    while seen < len(albums[album]):
        seen = len(albums[album])
        await asyncio.sleep(ALBUM_PAUSE)
    messages = albums.pop(album)
    await _propose(desk, messages[0], materials_in(messages), texts)


async def _propose(desk: Desk, message: Message, materials: Sequence[Material], texts: Texts) -> None:
    """Read what was sent, and show it with the buttons that decide."""
    async with typing(message):
        findings = [await look_at(desk, message.get_bot(), each, texts) for each in materials]
    key = None
    if articles := new_ones(findings):
        assert message.from_user is not None  # an admin writes in person
        key = desk.state.proposals.keep(message.from_user.id, noted(articles))
    await reply(message, proposal_message(findings, key, texts), keys=desk.state.buttons)


async def _on_add(desk: Desk, press: Press, context: Context) -> Toast | None:
    """Add what was shown."""
    proposal = desk.state.proposals.get(press.payload)
    if proposal is None:
        return Toast(press.texts.say("button.old"))
    if proposal.person != press.by.id:
        return Toast(press.texts.say("button.not_yours"))
    if desk.acquisitions.claim(press.payload):
        # The message keeps its buttons until it is done, so that they are there if the bot ends before.
        context.application.create_task(_add(desk, press, recalled_articles(proposal.articles)))
    return Toast(press.texts.say("adding.adding"))


async def _on_dismiss(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Forget what was shown."""
    proposal = desk.state.proposals.get(press.payload)
    if proposal is None:
        return Toast(press.texts.say("button.old"))
    if not desk.acquisitions.claim(press.payload):
        return Toast(press.texts.say("adding.adding"))
    try:
        desk.state.proposals.forget(press.payload)
        await press.edit(desk, dismissed_message(recalled_articles(proposal.articles), press.texts))
    finally:
        desk.acquisitions.release(press.payload)
    return None


async def _add(desk: Desk, press: Press, articles: Sequence[Article]) -> None:
    try:
        async with typing(press.message):
            work = asyncio.ensure_future(desk.acquisitions.write(_into_library, desk, articles))
            await asyncio.wait({work})
        error = work.exception()
        for article in articles:
            note_by(desk, press.by.id, f"/add {article.id} {article.title}", "failed" if error else "done")
        if error is not None:
            await reply(press.message, lines_message([_why(error, press.texts)]))
            return
        desk.state.proposals.forget(press.payload)
        outcome = added_message(articles, _landed(articles, work.result()), press.texts)
        await tell_outcome(desk, press, outcome)
    finally:
        desk.acquisitions.release(press.payload)


def _into_library(desk: Desk, articles: Sequence[Article]) -> BuildReport:
    return desk.library.add(articles, progress=desk.acquisitions.go_on)


def _landed(articles: Sequence[Article], report: BuildReport) -> tuple[Article, ...]:
    """Those of the articles that came in, as the library now has them."""
    texts = {article.text for article in articles}
    return tuple(article for article in (*report.added, *report.changed) if article.text in texts)


def _why(error: BaseException, texts: Texts) -> str:
    if isinstance(error, AddingStopped):
        return texts.say("adding.stopped")
    if isinstance(error, LibraryLocked):
        return texts.say("adding.locked")
    return why(error, "adding.refused", "adding.broken", texts)


async def _on_added(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Lead back from the page of an article that was added."""
    articles = await desk.work(there, desk, press.payload)
    if not articles:
        return Toast(press.texts.say("browse.gone"), alert=True)
    await press.edit(desk, added_view(articles, press.texts))
    return None


ACTIONS: Final[Mapping[str, Pressed]] = {ADD: _on_add, DISMISS: _on_dismiss, ADDED: _on_added}

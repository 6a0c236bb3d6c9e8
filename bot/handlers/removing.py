"""/remove: an article is named, confirmed by a press, and taken out of the library."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.handlers import purging
from bot.handlers.admission import note_by
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.ending import article_of, refusal_of, tell_outcome, there, why
from bot.handlers.sending import reply, typing
from bot.outgoing import Outgoing, lines_message
from bot.proposals import CHOOSE, KEEP, REMOVE, choice_message, removal_message, removed_message
from index import Article, ArticleNotFound, LibraryLocked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Message, Update

    from bot.texts import Texts

LISTED: Final = 8
ID: Final = re.compile(r"[0-9a-f]{12}")


async def on_remove(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Ask whether the article that is named, or is quoted in the answer replied to, is to be removed."""
    message, texts = message_in(update), texts_for(desk, update)
    if (refusal := refusal_of(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
        return
    _, *words = (message.text or "").split(maxsplit=1)
    if words:
        outgoing = _choice(await desk.work(_called, desk, words[0].strip()), texts)
    elif quoted := _quoted(desk, message):
        outgoing = _choice(await desk.work(there, desk, quoted), texts)
    else:
        outgoing = lines_message([texts.say("removing.usage")])
    await reply(message, outgoing, keys=desk.state.buttons)


def _choice(found: tuple[Article, ...], texts: Texts) -> Outgoing:
    if not found:
        return lines_message([texts.say("removing.not_found")])
    if len(found) == 1:
        return removal_message(found[0], texts)
    return choice_message(found[:LISTED], texts, more=len(found) > LISTED)


def _called(desk: Desk, words: str) -> tuple[Article, ...]:
    """The article with an id or, failing that, those whose titles hold the words."""
    named = there(desk, [words]) if ID.fullmatch(words) else ()
    return named or desk.library.find(words, count=LISTED + 1)


def _quoted(desk: Desk, message: Message) -> list[str]:
    """The ids of the articles that are quoted in the answer which a message replies to."""
    earlier = message.reply_to_message
    answer = desk.state.answers.told_by(message.chat_id, earlier.message_id) if earlier else None
    quotes: list[dict[str, Any]] = (answer.note or {}).get("quotes", []) if answer else []
    return list(dict.fromkeys(str(quote["article"]) for quote in quotes))


async def _on_choose(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Ask about the article that was chosen."""
    article = await desk.work(article_of, desk, press.payload)
    if article is None:
        return Toast(press.texts.say("removing.gone"), alert=True)
    await press.edit(desk, removal_message(article, press.texts))
    return None


async def _on_remove(desk: Desk, press: Press, context: Context) -> Toast | None:
    """Remove the article, if it is still the one that was shown."""
    identifier, digest = press.payload["article"], press.payload["digest"]
    article = await desk.work(article_of, desk, identifier)
    if article is None:
        return Toast(press.texts.say("removing.gone"), alert=True)
    if article.digest != digest:
        await press.edit(desk, removal_message(article, press.texts))
        return Toast(press.texts.say("removing.changed"), alert=True)
    if desk.acquisitions.claim(identifier):
        context.application.create_task(_remove(desk, press, article, context))
    return Toast(press.texts.say("removing.removing"))


async def _on_keep(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Leave everything as it is."""
    await press.edit(desk, lines_message([press.texts.say("removing.kept")]))
    return None


async def _remove(desk: Desk, press: Press, article: Article, context: Context) -> None:
    """Take the article out of the answers, say so, and have what is left of it leave the disk."""
    try:
        async with typing(press.message):
            out = partial(desk.library.remove, article.id, compact=False)
            work = asyncio.ensure_future(desk.acquisitions.write(out))
            await asyncio.wait({work})
        error = work.exception()
        note_by(desk, press.by.id, f"/remove {article.id} {article.title}", "failed" if error else "done")
        if error is None:
            assert context.job_queue is not None  # there is one by default
            purging.schedule(context.job_queue, desk)
            await tell_outcome(desk, press, removed_message(article, datetime.now(UTC), press.texts))
        else:
            await reply(press.message, lines_message([_why(error, press.texts)]))
    finally:
        desk.acquisitions.release(article.id)


def _why(error: BaseException, texts: Texts) -> str:
    if isinstance(error, ArticleNotFound):
        return texts.say("removing.gone")
    if isinstance(error, LibraryLocked):
        return texts.say("removing.locked")
    return why(error, "removing.refused", "removing.broken", texts)


ACTIONS: Final[Mapping[str, Pressed]] = {CHOOSE: _on_choose, REMOVE: _on_remove, KEEP: _on_keep}

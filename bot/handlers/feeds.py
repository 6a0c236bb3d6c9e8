"""/watch, /watching and /unwatch, and the job that checks what is watched."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telegram.error import TelegramError

from bot.cutting import trim
from bot.handlers.admission import note_by
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.ending import refusal_of
from bot.handlers.jobs import later
from bot.handlers.sending import NO_PREVIEW, persistently, reply, typing
from bot.outgoing import Action, Button, Outgoing, Presser, lines_message
from bot.state import StateError, Watched
from bot.texts import language_for, texts_in
from index import ArticleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Message, Update
    from telegram.ext import CallbackContext, JobQueue

    from bot.texts import Texts
    from bot.watching import Watcher

LOG = logging.getLogger(__name__)
UNWATCH: Final = "unwatch"
CHECKED_EVERY: Final = 30.0  # seconds between two looks at what is due
LISTED: Final = 20
ADDRESS: Final = "://"  # what has it is no path
LONGEST: Final = 60  # characters of a title
LONGEST_REASON: Final = 300  # characters
FAILING_FOR_LONG: Final = 86_400.0  # seconds after which the admin is told


async def on_watch(desk: Desk, update: Update, context: Context) -> None:
    """Watch the feed or the folder that is named, from now on."""
    message, texts = message_in(update), texts_for(desk, update)
    place = _named(message)
    if (refusal := refusal_of(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
    elif desk.watcher is None:
        await reply(message, lines_message([texts.say("feeds.off")]))
    elif not place:
        await reply(message, lines_message([texts.say("feeds.usage")]))
    elif (there := _watched_at(desk, place)) is not None:
        await reply(message, lines_message([texts.say("feeds.already", title=_title(there))]))
    else:
        context.application.create_task(_watch(desk, message, place, texts), update=update)


async def on_watching(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """List what is watched and how it goes."""
    message, texts = message_in(update), texts_for(desk, update)
    if (refusal := refusal_of(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
        return
    await reply(message, _list_message(desk.state.feeds.all(), texts), keys=desk.state.buttons)


async def on_unwatch(desk: Desk, update: Update, context: Context) -> None:
    """No longer watch the place that is named; without one, list what is watched."""
    message, texts = message_in(update), texts_for(desk, update)
    place = _named(message)
    if not place or refusal_of(desk, message, texts) is not None:
        await on_watching(desk, update, context)
        return
    there = _watched_at(desk, place)
    if there is None:
        await reply(message, lines_message([texts.say("feeds.unknown", place=trim(place, 200))]))
        return
    assert message.from_user is not None  # an admin writes in person
    _unwatch(desk, there, message.from_user.id)
    await reply(message, lines_message([texts.say("feeds.unwatched", title=_title(there))]))


def schedule(jobs: JobQueue[Any], desk: Desk) -> None:
    """Have what is due be checked from now on; the next look follows when one is over."""
    assert desk.watcher is not None
    later(jobs, partial(_look, desk, desk.watcher), 0, "feeds")


# --- checking ------------------------------------------------------------------------------


async def _look(desk: Desk, watcher: Watcher, context: CallbackContext[Any, Any, Any, Any]) -> None:
    try:
        with desk.state.presence.alone("watching") as alone:
            if alone:
                await _check_due(desk, watcher, context)
    except OSError as error:
        LOG.warning("what is watched cannot be checked: %s", error)
    finally:
        assert context.job_queue is not None  # which has called this
        pause = min(CHECKED_EVERY, watcher.pace.every / 2)
        later(context.job_queue, partial(_look, desk, watcher), pause, "feeds")


async def _check_due(desk: Desk, watcher: Watcher, context: CallbackContext[Any, Any, Any, Any]) -> None:
    """Check what is due, one after the other."""
    try:
        for watched in desk.state.feeds.due():
            if desk.rebuilding.going_on or watcher.stopping.is_set():
                return
            added = await desk.acquisitions.read(watcher.check, watched)
            LOG.info("%s was checked: %d new articles", watched.place, added)
            await _tell_of_trouble(desk, context, watched.number)
    except StateError as error:  # nobody need be told each time that it comes round
        LOG.error("what is watched cannot be checked: %s", error)  # noqa: TRY400  its sentence says it all


async def _tell_of_trouble(desk: Desk, context: CallbackContext[Any, Any, Any, Any], number: int) -> None:
    """Tell whoever set it up, once, when it has failed for long."""
    watched = desk.state.feeds.get(number)
    if watched is None or watched.failing is None or watched.told:
        return
    if time.time() - watched.failing < FAILING_FOR_LONG:
        return
    desk.state.feeds.tell(number)
    texts = texts_in(desk.state.people.language(watched.admin) or language_for(None))
    text = texts.say("feeds.trouble", title=_title(watched), reason=watched.reason or "")
    try:
        await persistently(
            lambda: context.bot.send_message(watched.admin, text, link_preview_options=NO_PREVIEW)
        )
    except TelegramError as error:
        LOG.warning("admin %d could not be told of a feed that fails: %s", watched.admin, error.message)


async def _watch(desk: Desk, message: Message, place: str, texts: Texts) -> None:
    assert desk.watcher is not None
    assert message.from_user is not None  # an admin writes in person
    async with typing(message):
        answer = await _begin(desk, desk.watcher, place, message.from_user.id, texts)
    await reply(message, lines_message([answer]))


async def _begin(desk: Desk, watcher: Watcher, place: str, admin: int, texts: Texts) -> str:
    """Begin to watch a place, or the reason why not."""
    count = max(1, round(watcher.pace.every / 60))
    minutes = texts.say("feeds.every_minute") if count == 1 else texts.say("feeds.every", count=count)
    if ADDRESS not in place:
        folder = await desk.acquisitions.read(watcher.folder, place)
        if folder is None:
            allowed = ", ".join(map(str, watcher.folders)) or "–"
            return texts.say("feeds.no_folder", place=trim(place, 200), allowed=allowed)
        desk.state.feeds.add(str(folder), str(folder), admin, folder=True)
        note_by(desk, admin, f"/watch {place}", "done")
        return texts.say("feeds.folder", folder=str(folder), every=minutes)
    try:
        feed = await desk.acquisitions.read(watcher.look, place)
    except ArticleError as error:
        return texts.say("feeds.refused", reason=str(error))
    desk.state.feeds.add(place, feed.title, admin, folder=False)
    note_by(desk, admin, f"/watch {place}", "done")
    return texts.say("feeds.watched", title=trim(feed.title, LONGEST), every=minutes)


# --- the list ------------------------------------------------------------------------------


def _list_message(all_of_it: tuple[Watched, ...], texts: Texts) -> Outgoing:
    if not all_of_it:
        return lines_message([texts.say("feeds.none")])
    shown = all_of_it[:LISTED]
    lines = [line for each in shown for line in _lines(each, texts)]
    if len(all_of_it) > len(shown):
        lines.append(texts.say("reindex.more", count=len(all_of_it) - len(shown)))
    return lines_message(
        [texts.say("feeds.all", count=len(all_of_it)), *lines], tuple(map(partial(_row, texts), shown))
    )


def _row(texts: Texts, watched: Watched) -> tuple[Button, ...]:
    name = texts.say("feeds.unwatch", title=trim(_title(watched), LONGEST))
    return (Button(name, action=Action(UNWATCH, watched.number, Presser.ADMINS)),)


def _lines(watched: Watched, texts: Texts) -> list[str]:
    """What is told of one place: its name and address, and how it goes."""
    lines = [f"• {_title(watched)}"] if watched.folder else [f"• {_title(watched)}", trim(watched.place, 200)]
    if watched.checked is None:
        return [*lines, texts.say("feeds.unchecked")]
    lines.append(texts.say("feeds.checked", when=_when(watched.checked), count=watched.added))
    if watched.news is not None:
        lines.append(texts.say("feeds.news", when=_when(watched.news)))
    reason = trim(watched.reason or "", LONGEST_REASON).removesuffix(".")
    if watched.failures:
        lines.append(texts.say("feeds.failing", reason=reason, when=_when(watched.due)))
    elif reason:
        lines.append(texts.say("feeds.unread", reason=reason))
    return lines


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _title(watched: Watched) -> str:
    return trim(watched.title, LONGEST * 2)


def _watched_at(desk: Desk, place: str) -> Watched | None:
    """What is watched at an address or a path, however the path is written."""
    path = place if ADDRESS in place else str(Path(place).expanduser().resolve())
    return desk.state.feeds.at(place) or desk.state.feeds.at(path)


def _named(message: Message) -> str:
    _, *words = (message.text or "").split(maxsplit=1)
    return words[0].strip() if words else ""


async def _on_unwatch(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    watched = desk.state.feeds.get(press.payload)
    if watched is None:
        return Toast(press.texts.say("button.old"))
    _unwatch(desk, watched, press.by.id)
    await press.edit(desk, _list_message(desk.state.feeds.all(), press.texts))
    return Toast(press.texts.say("feeds.unwatched", title=trim(watched.title, LONGEST)))


def _unwatch(desk: Desk, watched: Watched, admin: int) -> None:
    desk.state.feeds.remove(watched.number)
    note_by(desk, admin, f"/unwatch {watched.place}", "done")


ACTIONS: Final[Mapping[str, Pressed]] = {UNWATCH: _on_unwatch}

"""/approve, /revoke and /audit: whom admins let in, and what they did."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.access import is_admin
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import persistently, reply
from bot.outgoing import lines_message
from bot.state import Deed, Member, Outcome, StateError
from bot.texts import texts_in

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.texts import Texts

LOG = logging.getLogger(__name__)
DEEDS: Final = 20
MEMBERS: Final = 30
WRONG_CODES: Final = 5
WRONG_CODES_WITHIN: Final = 600.0  # seconds


async def on_approve(desk: Desk, update: Update, context: Context) -> None:
    """Let in who was given a code or, without one in a group, that group."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await _say(message, texts.say("reindex.only_admins"))
        return
    code = "".join(context.args or ())
    group = message.chat.type != ChatType.PRIVATE
    if not code and not group:
        await _say(message, texts.say("access.which_code"))
    elif code:
        await _approve(desk, message, texts, code)
    else:
        desk.state.members.add(Member(message.chat_id, message.chat.title or "", texts.language))
        note(desk, message, f"/approve {message.chat_id}", "done")
        await _say(message, texts.say("access.approved_group"))


async def on_revoke(desk: Desk, update: Update, context: Context) -> None:
    """No longer let somebody in; without an id, list who was let in."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await _say(message, texts.say("reindex.only_admins"))
        return
    number = _number("".join(context.args or ()))
    if number is None:
        await _say(message, *_members(desk, texts))
        return
    gone = desk.state.members.remove(number)
    note(desk, message, f"/revoke {number}", "done" if gone else "refused")
    if gone is not None:
        await _say(message, texts.say("access.revoked", name=gone.name, id=number))
    elif desk.door.settled(number):
        await _say(message, texts.say("access.in_settings", id=number))
    else:
        await _say(message, texts.say("access.not_let_in", id=number))


async def on_audit(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """List what admins did last: to the owner everybody's deeds, to another admin their own."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await _say(message, texts.say("reindex.only_admins"))
        return
    asker = message.from_user
    assert asker is not None  # an admin writes in person
    all_of_them = asker.id == desk.door.policy.owner
    deeds = desk.state.audit.latest(DEEDS, admin=None if all_of_them else asker.id)
    title = texts.say("audit.all" if all_of_them else "audit.yours") if deeds else texts.say("audit.none")
    await _say(message, title, *(_line(deed, texts) for deed in deeds))


def note(desk: Desk, message: Message, what: str, outcome: Outcome) -> None:
    """Write down what the admin who sent a message did; in the log, if the state cannot be written."""
    assert message.from_user is not None  # an admin writes in person
    note_by(desk, message.from_user.id, what, outcome)


def note_by(desk: Desk, admin: int, what: str, outcome: Outcome) -> None:
    """Write down what an admin did, by a press of a button, for instance."""
    try:
        desk.state.audit.note(admin, what, outcome)
    except StateError:
        LOG.exception("admin %s: %s, %s; this could not be kept", admin, what, outcome)


async def _approve(desk: Desk, message: Message, texts: Texts, code: str) -> None:
    assert message.from_user is not None  # an admin writes in person
    if desk.state.audit.refused(message.from_user.id, "/approve", within=WRONG_CODES_WITHIN) >= WRONG_CODES:
        await _say(message, texts.say("access.wrong_often", minutes=round(WRONG_CODES_WITHIN / 60)))
        return
    member = desk.state.members.who_has(code)
    if member is None:
        note(desk, message, "/approve", "refused")
        await _say(message, texts.say("access.wrong_code"))
        return
    desk.state.members.add(member)
    note(desk, message, f"/approve {member.id}", "done")
    await _say(message, texts.say("access.approved", name=member.name, id=member.id))
    await _welcome(message, member)


async def _welcome(message: Message, member: Member) -> None:
    """Tell who was let in that they may ask; somebody who has left costs nothing."""
    welcome = texts_in(member.language or "en").say("access.welcome")
    try:
        await persistently(lambda: message.get_bot().send_message(member.id, welcome))
    except TelegramError as error:
        LOG.info("somebody who was let in could not be told: %s", error.message)


def _members(desk: Desk, texts: Texts) -> list[str]:
    members = desk.state.members.all()
    listed = [texts.say("access.member", name=member.name, id=member.id) for member in members[:MEMBERS]]
    return [texts.say("access.which_member" if members else "access.no_members"), *listed]


def _line(deed: Deed, texts: Texts) -> str:
    outcomes = {"done": "audit.done", "refused": "audit.refused", "failed": "audit.failed"}
    when = datetime.fromtimestamp(deed.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    outcome = texts.say(outcomes[deed.outcome])
    return texts.say("audit.line", when=when, admin=deed.admin, what=deed.what, outcome=outcome)


def _number(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else None  # noqa: PLR2004  64 bits


async def _say(message: Message, *lines: str) -> None:
    await reply(message, lines_message(list(lines)))

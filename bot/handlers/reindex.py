"""/reindex: bring the library up to date, told in one message that is edited as it goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.access import is_admin
from bot.handlers.admission import note, note_by
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import reply
from bot.handlers.telling import Telling, outcome_of, state_of, tell
from bot.outgoing import Action, Button, Presser, lines_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Message, Update

    from bot.texts import Texts

CANCEL: Final = "cancel"


async def on_reindex(desk: Desk, update: Update, context: Context) -> None:
    """Start a rebuild, or say why not: the sender is no admin, or one is going on."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await reply(message, lines_message([texts.say("reindex.only_admins")]))
    elif not desk.rebuilding.claim():
        await reply(message, lines_message(state_of(desk.rebuilding, texts.say("reindex.running"), texts)))
    else:
        # Not awaited here: the admin's chat would have to wait for its other questions.
        context.application.create_task(_rebuild(desk, message, texts), update=update)


async def _rebuild(desk: Desk, message: Message, texts: Texts) -> None:
    rebuilding, opening = desk.rebuilding, texts.say("reindex.started")
    cancel = Button(texts.say("progress.cancel"), action=Action(CANCEL, rebuilding.name, Presser.ADMINS))
    work = None
    try:
        shown = await reply(message, lines_message([opening], ((cancel,),)), keys=desk.state.buttons)
        work = asyncio.create_task(rebuilding.run())
        telling = Telling(message, shown, texts, opening, keyboard=shown.reply_markup)
        await tell(work, rebuilding, telling)
    finally:
        note(desk, message, "/reindex", outcome_of(work))
        rebuilding.release()


async def _on_cancel(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Break a rebuild off at its next step, which may take some seconds."""
    if not desk.rebuilding.cancel(press.payload):
        return Toast(press.texts.say("progress.ended"))
    note_by(desk, press.by.id, "/reindex: cancel", "done")
    return Toast(press.texts.say("progress.cancelling"))


ACTIONS: Final[Mapping[str, Pressed]] = {CANCEL: _on_cancel}

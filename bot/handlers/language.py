"""/language: which language the bot speaks to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.menu import offer_in_chat
from bot.handlers.sending import reply
from bot.outgoing import Action, Button, Presser, lines_message
from bot.texts import LANGUAGES, language_for, texts_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Update

    from bot.outgoing import Rows
    from bot.texts import Texts

CHOOSE: Final = "language"


async def on_language(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Ask which language it shall be."""
    texts = texts_for(desk, update)
    outgoing = lines_message([texts.say("language.which")], _choices(texts))
    await reply(message_in(update), outgoing, keys=desk.state.buttons)


async def _on_chosen(desk: Desk, press: Press, context: Context) -> Toast | None:
    """Remember the choice of whoever pressed, and say so in the language chosen."""
    language = press.payload if press.payload in LANGUAGES else None
    desk.state.people.choose_language(press.by.id, language)
    menu = offer_in_chat(context.bot, press.by.id, language, admin=press.by.id in desk.admins)
    context.application.create_task(menu)  # a nicety that nobody should wait for
    texts = texts_in(language or language_for(press.by.language_code))
    await press.edit(
        desk, lines_message([texts.say("language.chosen" if language else "language.automatic")])
    )
    return None


def _choices(texts: Texts) -> Rows:
    """Each language under its own name, whichever the person reads now."""
    buttons = [_choice(texts_in(language).say("language.name"), language) for language in LANGUAGES]
    return (*((button,) for button in buttons), (_choice(texts.say("language.as_in_telegram"), None),))


def _choice(name: str, language: str | None) -> Button:
    return Button(name, action=Action(CHOOSE, language, Presser.ASKER))


ACTIONS: Final[Mapping[str, Pressed]] = {CHOOSE: _on_chosen}

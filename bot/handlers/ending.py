"""What adding and removing have in common: who may, and how the outcome is told."""

from __future__ import annotations

import logging
from secrets import token_hex
from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.access import is_admin
from bot.handlers.sending import reply
from index import ArticlebotError, ArticleNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Message

    from bot.handlers.buttons import Press
    from bot.handlers.desk import Desk
    from bot.outgoing import Outgoing
    from bot.texts import Texts
    from index import Article

LOG = logging.getLogger(__name__)


def refusal_of(desk: Desk, message: Message, texts: Texts) -> str | None:
    """Why whoever sent a message may not add or remove articles by it; None if they may."""
    if not is_admin(message, desk.admins):
        return texts.say("reindex.only_admins")
    return None if message.chat.type == ChatType.PRIVATE else texts.say("adding.private")


def there(desk: Desk, identifiers: Iterable[str]) -> tuple[Article, ...]:
    """Those of the articles that are still in the library."""
    return tuple(found for each in identifiers if (found := article_of(desk, each)) is not None)


def article_of(desk: Desk, identifier: str) -> Article | None:
    """The article of that id, if it is still in the library."""
    try:
        return desk.library.article(identifier)
    except ArticleNotFound:
        return None


async def tell_outcome(desk: Desk, press: Press, outgoing: Outgoing) -> None:
    """Change the message whose button was pressed; if it is gone, send another."""
    try:
        await press.edit(desk, outgoing)
    except BadRequest as error:
        LOG.info("a message cannot be changed (%s); sending a new one", error.message)
        await reply(press.message, outgoing, keys=desk.state.buttons)


def why(error: BaseException, refused: str, broken: str, texts: Texts) -> str:
    """Why something failed, by the sentence for what the library refused or the one for a bug."""
    if isinstance(error, ArticlebotError):
        LOG.warning("the library could not be changed: %s", error)
        return texts.say(refused, reason=str(error))
    identifier = token_hex(3)
    LOG.error("error %s while changing the library", identifier, exc_info=error)
    return texts.say(broken, id=identifier)

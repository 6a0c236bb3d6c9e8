"""/start: a greeting, or what the link says by which somebody came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.browsing import open_article
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.inline import question_in
from bot.handlers.questions import answer
from bot.handlers.sending import reply
from bot.links import article_in
from bot.outgoing import lines_message

if TYPE_CHECKING:
    from telegram import Update


async def on_start(desk: Desk, update: Update, context: Context) -> None:
    """Open the article that a link names, answer the question that was typed elsewhere, or greet."""
    message, payload = message_in(update), "".join(context.args or ())
    if (article := article_in(payload)) is not None:
        await open_article(desk, update, context, article)
    elif (question := question_in(desk, message, payload)) is not None:
        await answer(desk, update, question)
    else:
        await reply(message, lines_message([texts_for(desk, update).say("greeting.start")]))

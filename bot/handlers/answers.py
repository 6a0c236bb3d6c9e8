"""The buttons under an answer: more quotes, a quote in context, and what people think of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.cards import recalled, recalled_quote
from bot.handlers.buttons import Press, Pressed, Toast
from bot.views import CONTEXT, OPINION, QUOTES, answer_view, context_view
from index import QuoteGone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.handlers.desk import Context, Desk
    from bot.outgoing import Outgoing

    View = Callable[[Desk, Press, Any], Outgoing]


async def _on_quotes(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Show the best quote alone, or all of them."""
    return await _show(desk, press, _quotes)


async def _on_context(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Show a quote among the sentences around it."""
    return await _show(desk, press, _context)


async def _on_opinion(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Keep what whoever pressed thinks of the answer."""
    good = bool(press.payload["good"])
    desk.state.answers.rate(press.payload["answer"], press.by.id, good=good)
    return Toast(press.texts.say("answer.praised" if good else "answer.criticised"))


async def _show(desk: Desk, press: Press, view: View) -> Toast | None:
    """Change the message to another face of its answer, or say why that cannot be."""
    answer = desk.state.answers.get(press.payload["answer"])
    if answer is None or answer.note is None:
        return Toast(press.texts.say("button.old"))
    try:
        outgoing = await desk.work(view, desk, press, answer.note)
    except QuoteGone:
        return Toast(press.texts.say("answer.gone"), alert=True)
    await press.edit(desk, outgoing)
    return None


def _quotes(desk: Desk, press: Press, note: Any) -> Outgoing:  # noqa: ANN401  what JSON can hold
    key, whole = press.payload["answer"], press.payload["whole"]
    return answer_view(recalled(note, desk.library.article), key, press.texts, whole=whole)


def _context(desk: Desk, press: Press, note: Any) -> Outgoing:  # noqa: ANN401
    key, number, whole = (press.payload[name] for name in ("answer", "quote", "whole"))
    quote = recalled_quote(note, number, desk.library.article)
    return context_view(quote, key, number, press.texts, whole=whole)


ACTIONS: Final[Mapping[str, Pressed]] = {QUOTES: _on_quotes, CONTEXT: _on_context, OPINION: _on_opinion}

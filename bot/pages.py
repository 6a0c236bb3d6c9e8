"""The page of one article: what is known of it, a few of its own sentences, and what can be done. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telegram import MessageEntity

from bot.cutting import trim, units
from bot.links import article_link, button_address, share_link
from bot.outgoing import Action, Button, Draft, Outgoing, Presser
from bot.quotation import OUTLET_LIMIT, TITLE_LIMIT, add_title, outlet_and_date, quoted, title_of, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.outgoing import Rows
    from bot.texts import Texts
    from index import Article, Quote

# The names of the actions: one opens a page, the other keeps questions within its article.
PAGE: Final = "page"
ASK_ABOUT: Final = "ask about"

SENTENCE_LIMIT: Final = 700  # UTF-16 units of each quoted sentence
NAMED_LIMIT: Final = 90  # of the title where it is only spoken of
LANGUAGES: Final = {"en": "page.english", "zh-Hant": "page.traditional", "zh-Hans": "page.simplified"}


def page_action(article: str, back: Action | None = None) -> Action:
    """What a button does that opens the page of an article; `back` is what leads back from there."""
    return Action(PAGE, {"article": article, "back": [back.name, back.payload] if back else None})


def way_back(payload: Any) -> Action | None:  # noqa: ANN401  what JSON can hold
    """What leads back from a page, out of what its button was given."""
    return Action(*payload["back"]) if payload["back"] else None


def article_page(
    article: Article,
    summary: Sequence[Quote],
    texts: Texts,
    *,
    bot: str,
    private: bool = True,
    kept: bool = False,
    back: Action | None = None,
) -> Outgoing:
    """An article's title, outlet, date and language, and quotes that sum it up.

    `bot` is the bot's name, for links that ask about this article; `private` is whether the page
    is shown in a private chat. If questions are `kept` within the article from now on, it says so.
    """
    draft = Draft()
    if kept:
        draft.add(texts.say("within.kept", title=named(article)) + "\n\n")
    start = units(draft.text)
    add_title(draft, article, TITLE_LIMIT)
    draft.mark(start, MessageEntity.BOLD)
    if about := _about(article, texts):
        draft.add(f"\n{about}")
    if summary:
        draft.add(f"\n\n{texts.say('page.summary')}")
    for quote in summary:
        draft.add("\n")
        draft.join(quoted(quote, window(quote, SENTENCE_LIMIT)))
    return draft.finished(_buttons(article, texts, bot=bot, private=private, kept=kept, back=back))


def named(article: Article) -> str:
    """An article's title where it is spoken of, on one line."""
    return trim(title_of(article), NAMED_LIMIT)


def _about(article: Article, texts: Texts) -> str:
    language = LANGUAGES.get(article.language)
    known = (outlet_and_date(article, texts, OUTLET_LIMIT), texts.say(language) if language else "")
    return " · ".join(filter(None, known))


def _buttons(
    article: Article, texts: Texts, *, bot: str, private: bool, kept: bool, back: Action | None
) -> Rows:
    link = article_link(bot, article.id)
    ask = Button(texts.say("page.ask"), action=Action(ASK_ABOUT, article.id, Presser.ANYONE))
    share = Button(texts.say("page.share"), url=share_link(link, named(article))) if link else None
    in_private = Button(texts.say("page.private"), url=link) if link and not private else None
    way = Button(texts.say("answer.back"), action=back) if back else None
    rows = ((_source(article, texts), share), (None if kept else ask, in_private), (way,))
    return tuple(row for each in rows if (row := tuple(button for button in each if button)))


def _source(article: Article, texts: Texts) -> Button | None:
    address = button_address(article.url)
    return Button(texts.say("answer.source"), url=address) if address else None

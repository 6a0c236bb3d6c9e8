"""What admins are shown before articles are added or removed, and afterwards. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from telegram import MessageEntity

from bot.cutting import shorten, trim
from bot.outgoing import Action, Button, Draft, Outgoing, Presser
from bot.pages import page_action
from bot.quotation import add_title, outlet_and_date, title_of
from index import Article

if TYPE_CHECKING:
    from bot.outgoing import Rows
    from bot.texts import Texts

# The names of the actions. The first two are given a proposal's key in the state, the others an article.
ADD: Final = "add"
DISMISS: Final = "add-not"
CHOOSE: Final = "remove-choose"
REMOVE: Final = "remove"
KEEP: Final = "remove-not"
ADDED: Final = "added"  # is given the articles' ids

TITLE_LIMIT: Final = 150
OUTLET_LIMIT: Final = 60
LISTED_TITLE_LIMIT: Final = 90
LISTED_OUTLET_LIMIT: Final = 40
OPENING: Final = 400  # UTF-16 units of the text that are shown
NAME_LIMIT: Final = 60
REASON_LIMIT: Final = 200
BUTTON_LIMIT: Final = 50
LANGUAGES: Final = {
    "en": "adding.in_en",
    "zh-Hant": "adding.in_zh_hant",
    "zh-Hans": "adding.in_zh_hans",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be added, and the one that is there with its text or its address, if any."""

    article: Article
    twin: Article | None = None

    @property
    def is_there(self) -> bool:
        """Whether its very text is in the library already."""
        return self.twin is not None and self.twin.text == self.article.text


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be read, and why, in the language of who sent it."""

    name: str
    reason: str


Finding = Candidate | Refusal


def noted(articles: Sequence[Article]) -> Any:  # noqa: ANN401  what JSON can hold
    """Articles as JSON can hold them."""
    return [asdict(each) | {"published": each.published and each.published.isoformat()} for each in articles]


def recalled(note: Any) -> tuple[Article, ...]:  # noqa: ANN401
    """The articles that were noted."""
    return tuple(
        Article(**each | {"published": each["published"] and date.fromisoformat(each["published"])})
        for each in note
    )


def new_ones(findings: Sequence[Finding]) -> tuple[Article, ...]:
    """The articles among what was read that can be added."""
    return tuple(each.article for each in findings if isinstance(each, Candidate) and not each.is_there)


def proposal_message(findings: Sequence[Finding], key: str | None, texts: Texts) -> Outgoing:
    """What was read, one thing at length or several in a list; the key brings the buttons that decide."""
    if len(findings) > 1:
        draft = _list_of(findings, texts)
    elif isinstance(findings[0], Candidate):
        draft = _whole(findings[0], texts)
    else:
        draft = Draft(findings[0].reason)
    count = len(new_ones(findings))
    return draft.finished(_decision(key, count, texts) if key else ())


def added_message(articles: Sequence[Article], landed: Sequence[Article], texts: Texts) -> Outgoing:
    """That articles were added, those that `landed`; the others' texts had come by another way meanwhile."""
    if not landed:
        return _about(articles, "adding.was_there", "adding.were_there", texts).finished()
    return added_view(landed, texts)


def added_view(landed: Sequence[Article], texts: Texts) -> Outgoing:
    """That articles were added, with a button for each that opens its page."""
    draft = _about(landed, "adding.added", "adding.added_several", texts)
    return draft.finished(_pages(landed, Action(ADDED, [article.id for article in landed]), texts))


def dismissed_message(articles: Sequence[Article], texts: Texts) -> Outgoing:
    """That articles were not added."""
    return _about(articles, "adding.dismissed", "adding.dismissed_several", texts).finished()


def removal_message(article: Article, texts: Texts) -> Outgoing:
    """The question whether an article is to be removed, which names it."""
    draft = Draft(texts.say("removing.really") + "\n\n")
    _add_named(draft, article, texts, TITLE_LIMIT, OUTLET_LIMIT)
    draft.add(f"\n\n{texts.say('removing.means')}")
    payload = {"article": article.id, "digest": article.digest}
    yes = Button(texts.say("removing.remove"), action=Action(REMOVE, payload, Presser.ADMINS))
    no = Button(texts.say("adding.cancel"), action=Action(KEEP, None, Presser.ADMINS))
    return draft.finished(((yes, no),))


def removed_message(article: Article, when: datetime, texts: Texts) -> Outgoing:
    """That an article is gone, and since when (in UTC)."""
    day, time = texts.date(when.date()), when.strftime("%H:%M")
    draft = Draft(texts.say("removing.removed", day=day, time=time) + "\n\n")
    draft.add(trim(title_of(article), TITLE_LIMIT))
    if where := outlet_and_date(article, texts, OUTLET_LIMIT):
        draft.add(f"\n{where}")
    return draft.finished()


def choice_message(articles: Sequence[Article], texts: Texts, *, more: bool) -> Outgoing:
    """The question which of several articles is to be removed, by a button each."""
    draft = Draft(texts.say("removing.which"))
    for number, article in enumerate(articles, start=1):
        draft.add(f"\n{number}. ")
        _add_named(draft, article, texts, LISTED_TITLE_LIMIT, LISTED_OUTLET_LIMIT)
    if more:
        draft.add("\n" + texts.say("removing.more"))
    return draft.finished((*_choices(articles), _cancel_row(texts)))


def _choices(articles: Sequence[Article]) -> Rows:
    return tuple(
        (
            Button(
                trim(f"{number}. {title_of(article)}", BUTTON_LIMIT),
                action=Action(CHOOSE, article.id, Presser.ADMINS),
            ),
        )
        for number, article in enumerate(articles, start=1)
    )


def _pages(articles: Sequence[Article], back: Action, texts: Texts) -> Rows:
    several = len(articles) > 1
    names = [
        trim(f"{number}. {title_of(article)}", BUTTON_LIMIT) if several else texts.say("page.open")
        for number, article in enumerate(articles, start=1)
    ]
    return tuple(
        (Button(name, action=page_action(article.id, back)),)
        for name, article in zip(names, articles, strict=True)
    )


def _cancel_row(texts: Texts) -> tuple[Button, ...]:
    return (Button(texts.say("adding.cancel"), action=Action(KEEP, None, Presser.ADMINS)),)


def _decision(key: str, count: int, texts: Texts) -> Rows:
    yes = texts.say("adding.add") if count == 1 else texts.say("adding.add_several", count=count)
    return (
        (
            Button(yes, action=Action(ADD, key, Presser.ADMINS)),
            Button(texts.say("adding.cancel"), action=Action(DISMISS, key, Presser.ADMINS)),
        ),
    )


def _whole(candidate: Candidate, texts: Texts) -> Draft:
    """One article as it was read: its title, what is known of it, and how it begins."""
    article = candidate.article
    draft = Draft()
    add_title(draft, article, TITLE_LIMIT)
    draft.mark(0, MessageEntity.BOLD)
    draft.add(f"\n{_known(article, texts, OUTLET_LIMIT)}\n")
    opening = Draft(article.text[: shorten(article.text, OPENING)])
    if len(opening.text) < len(article.text):
        opening.add("…")
    opening.mark(0, MessageEntity.BLOCKQUOTE)
    draft.join(opening)
    if note := _note(candidate, texts):
        draft.add(f"\n\n{note}")
    return draft


def _list_of(findings: Sequence[Finding], texts: Texts) -> Draft:
    read = [each for each in findings if isinstance(each, Candidate)]
    refused = [each for each in findings if isinstance(each, Refusal)]
    draft = Draft(texts.say("adding.read", count=len(read)))
    for number, candidate in enumerate(read, start=1):
        draft.add(f"\n{number}. ")
        add_title(draft, candidate.article, LISTED_TITLE_LIMIT)
        draft.add(f"\n    {_known(candidate.article, texts, LISTED_OUTLET_LIMIT)}")
        if note := _note(candidate, texts):
            draft.add(f"\n    {note}")
    if refused:
        draft.add("\n\n" + texts.say("adding.not_read", count=len(refused)))
    for refusal in refused:
        line = texts.say(
            "adding.refusal", name=trim(refusal.name, NAME_LIMIT), reason=trim(refusal.reason, REASON_LIMIT)
        )
        draft.add(f"\n{line}")
    return draft


def _note(candidate: Candidate, texts: Texts) -> str:
    """What there is to know of the article that is there already."""
    if candidate.twin is None:
        return ""
    twin = trim(title_of(candidate.twin), LISTED_TITLE_LIMIT)
    return texts.say("adding.is_there" if candidate.is_there else "adding.replaces", title=twin)


def _known(article: Article, texts: Texts, limit: int) -> str:
    """Outlet, date, language and length in one line."""
    parts = [
        trim(article.source or "", limit),
        texts.date(article.published) if article.published else texts.say("adding.undated"),
        texts.say(LANGUAGES.get(article.language, "adding.in_another")),
        texts.say("adding.length", count=len(article.text)),
    ]
    return " · ".join(filter(None, parts))


def _about(articles: Sequence[Article], one: str, several: str, texts: Texts) -> Draft:
    """A sentence, and under it the articles that it is about."""
    draft = Draft(texts.say(one) if len(articles) == 1 else texts.say(several, count=len(articles)))
    draft.add("\n")
    for number, article in enumerate(articles, start=1):
        draft.add(f"\n{number}. " if len(articles) > 1 else "\n")
        _add_named(draft, article, texts, LISTED_TITLE_LIMIT, LISTED_OUTLET_LIMIT)
    return draft


def _add_named(draft: Draft, article: Article, texts: Texts, title: int, outlet: int) -> None:
    add_title(draft, article, title)
    if where := outlet_and_date(article, texts, outlet):
        draft.add(f"\n{where}")

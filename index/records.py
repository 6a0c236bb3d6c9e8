"""Every record that flows through the program, in the order in which it flows.

An `Article` is text with a name. It is cut into `Passage`s, which searching finds as
`Hit`s, out of which `Quote`s are cut for an `Answer`. A record below an article holds
positions, never a copy of the words: whatever is shown to a person is a slice of
`Article.text`, so a quote cannot say what the article does not.

Positions are code points of `Article.text` (what Python's slices count), half-open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch `[start, end)` of a text, in code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span runs forward from 0 or more, not [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: Span) -> bool:
        """Whether all of `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The words of `text` this span covers; it must lie within the text."""
        if self.end > len(text):
            raise ValueError(f"[{self.start}, {self.end}) leaves a text of {len(text)} characters")
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is kept: the exact text, and what is known of it.

    `digest` identifies the content (title, text and the rest), `id` the article through
    all versions of its content. `language` is "en", "zh-Hant", "zh-Hans" or "und"
    (undetermined). `source` is the outlet, or the file's name where none is known.
    """

    id: str
    title: str
    text: str
    url: str | None
    published: date | None
    language: str
    source: str | None
    digest: str
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole sentences of an article, the unit that searching finds."""

    article: Article
    span: Span

    @property
    def text(self) -> str:
        """The passage's words, cut from the article."""
        return self.span.of(self.article.text)


class Origin(Enum):
    """Which way of searching found a passage."""

    DENSE = "dense"
    KEYWORDS = "keywords"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that searching found.

    `score` is the probability, 0 to 1, that its best sentence answers; 0 where it was not
    read because others were likelier.
    """

    passage: Passage
    score: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Aid:
    """A help for reading words of an article in another language: 2000億元 is "200 billion yuan".

    It stands beside the quote, never inside it. `span` are the words, in the article's text.
    """

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim quote: a span of a stored article, and no way to make one from a string.

    `highlight` is the answer's own words inside the quote, where they are known, as a
    span of the article's text. `score` estimates the probability, 0 to 1, that the quote
    answers the question. `aids` explain its figures and dates to who asked in another
    language. `also` are other articles that say the same, best first. Two quotes are equal only
    if they stand in the same place: identical sentences in two places are two quotes.
    """

    article: Article
    span: Span
    highlight: Span | None = None
    score: float = 0.0
    aids: tuple[Aid, ...] = ()
    also: tuple[Article, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.article, Article):
            raise TypeError(f"a quote is cut from an Article, not from a {type(self.article).__name__}")
        if not self.span.of(self.article.text).strip():
            raise ValueError(f"[{self.span.start}, {self.span.end}) quotes no words")
        if self.highlight is not None and not self.span.contains(self.highlight):
            raise ValueError(
                f"a highlight lies inside its quote; [{self.highlight.start}, {self.highlight.end}) "
                f"is not inside [{self.span.start}, {self.span.end})"
            )
        if any(not self.span.contains(aid.span) for aid in self.aids):
            raise ValueError("an aid explains words of its quote, not others")

    @property
    def text(self) -> str:
        """The quoted words, byte for byte as the article has them."""
        return self.span.of(self.article.text)

    @property
    def before(self) -> str:
        """The article's text up to the quote."""
        return self.article.text[: self.span.start]

    @property
    def after(self) -> str:
        """The article's text from the quote's end on."""
        return self.article.text[self.span.end :]


@dataclass(frozen=True, slots=True)
class Within:
    """Which articles may be found and quoted. What is None restricts nothing; the rest must all hold.

    `articles` are ids. `since` and `until` are the first and last day of publication, both
    included: an article without a date is left out as soon as one is given. `outlets` are
    names as articles have them in `source`, in either script.
    """

    articles: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None
    outlets: tuple[str, ...] | None = None

    @property
    def everything(self) -> bool:
        """Whether it restricts nothing."""
        return self == Within()

    def and_also(self, other: Within) -> Within:
        """What both let through; outlets are compared as they are spelled."""
        return Within(
            _common(self.articles, other.articles),
            max(filter(None, (self.since, other.since)), default=None),
            min(filter(None, (self.until, other.until)), default=None),
            _common_outlets(self.outlets, other.outlets),
        )


def _common(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return one & other if one is not None and other is not None else other if one is None else one


def _common_outlets(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(outlet for outlet in one if outlet in other)


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes that answer a question, best first; it refuses to exist without one.

    `prose` is what an optional language model made of the quotes, or None. `understood` is
    what a follow-up question was taken to ask, or None. `disagree` says that its quotes
    come from articles that give different figures for the same thing. `within` is what the
    question's words ("last week", "according to Xinhua") and the asker restricted the articles to.
    """

    question: str
    quotes: tuple[Quote, ...]
    prose: str | None = None
    understood: str | None = None
    disagree: bool = False
    within: Within | None = None

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError("an answer holds at least one quote; without one it is a NotFound")


@dataclass(frozen=True, slots=True)
class NotFound:
    """The articles do not say it: a normal result, with no citation under it.

    `nearest` are articles on the nearest subjects, best first. They are no evidence for
    anything and must be labelled so wherever they are shown. `understood` and `within` are as in
    `Answer`; `none_within` says that there is no article at all within it.
    """

    question: str
    nearest: tuple[Article, ...] = ()
    understood: str | None = None
    within: Within | None = None
    none_within: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and the reason in a sentence."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What bringing the library up to date did.

    `added`, `changed` and `removed` hold the articles themselves, `unchanged` counts all others
    that are in the library,
    `duplicates` are files whose text another article already holds, `failed` the files that
    could not be read. `embedded` counts the texts that had to be encoded; `passages` is how
    many the live index now holds. `seconds` is wall time. `uncompacted` is why parts of the index that
    should have been put together were not, or None: all articles answer, only less quickly in time.
    """

    added: tuple[Article, ...]
    changed: tuple[Article, ...]
    removed: tuple[Article, ...]
    unchanged: int
    duplicates: tuple[Failure, ...]
    failed: tuple[Failure, ...]
    embedded: int
    passages: int
    seconds: float
    uncompacted: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build or an evaluation has come: `done` of `total` units of `stage`.

    A build's stages come in the order "read" (files), "encode" and "check" (articles that are new), and
    "compact" (articles of the parts of the index that are put together; by then the new ones answer, and
    this stage may come again). One that has nothing to do does not appear. An evaluation's is "ask"
    (questions). `total` is at least `done`, and `done` starts at 0.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet: how many articles there are of it, and the newest date among them.

    `name` is as most of them spell it; None gathers the articles that name no outlet.
    """

    name: str | None
    articles: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list of articles: `total` are in the list, `articles` are those from `start` on."""

    total: int
    start: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What a library holds. `built` is the index's time in seconds since the epoch, UTC."""

    articles: int
    passages: int
    languages: tuple[tuple[str, int], ...]
    generation: str | None
    built: float | None
    model: str | None

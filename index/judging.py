"""What is asked to measure a library, and which quotes are right answers to it. Pure.

A quote is right if it holds an answer, whatever its script, width or case; where a case names
its article, it must be out of that article, for another one often holds a short answer by
accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.answering import checked
from index.characters import CJK
from index.errors import ArticleNotFound, QuestionError
from index.records import Article, Quote
from index.text import fold, language_of, sentences

_BESIDE_CHINESE = re.compile(rf"(?<=[{CJK}])\s+|\s+(?=[{CJK}])")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and the answers of which a right quote holds one.

    No answers: the library does not answer it, and a refusal is right. `article` is the one
    the answers stand in, where only that one counts. `hidden` asks with it left out, so that a
    refusal is right. Raises QuestionError if the question cannot be asked.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    article: Article | None = None
    hidden: bool = False

    def __post_init__(self) -> None:
        checked(self.question)
        if not all(map(comparable, self.answers)):
            raise QuestionError(f"an answer of {self.question[:40]!r} is empty; give words, or leave it out")
        if self.hidden and self.article is None:
            raise ValueError("only an article that is named can be left out")

    @property
    def answerable(self) -> bool:
        """Whether a quote can be right, rather than a refusal."""
        return bool(self.answers) and not self.hidden

    @property
    def languages(self) -> str:
        """The languages of question and article: "en→zh", or "en→?" where no article is named."""
        article = self.article.language[:2] if self.article else "?"
        return f"{language_of(self.question)[:2]}→{article}"

    def holds(self, text: str) -> bool:
        """Whether a text holds one of the answers."""
        words = comparable(text)
        return any(_stands_in(comparable(answer), words) for answer in self.answers)

    def is_right(self, quote: Quote) -> bool:
        """Whether a quote answers this case."""
        articles = {quote.article.id, *(each.id for each in quote.also)}
        here = self.article is None or self.article.id in articles
        return self.answerable and here and self.holds(quote.text)

    def sentence(self) -> str | None:
        """The named article's first sentence that holds an answer, to show what was wanted."""
        if self.article is None:
            return None
        every = (span.of(self.article.text) for span in sentences(self.article.text))
        return next(filter(self.holds, every), None)


def comparable(text: str) -> str:
    """A text as answers are looked for in it: one script, width and case, and even white space."""
    return _BESIDE_CHINESE.sub("", " ".join(fold(text).text.split()))


def _stands_in(answer: str, words: str) -> bool:
    """Whether an answer stands there, and not as part of a longer number."""
    before = r"(?<!\d)" if answer[:1].isdigit() else ""
    after = r"(?!\d)" if answer[-1:].isdigit() else ""
    return re.search(f"{before}{re.escape(answer)}{after}", words) is not None


class Catalogue:
    """Articles to be found by what people call them."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._called: dict[str, list[Article]] = {}
        for article in articles:
            names = (article.id, article.url, article.title, article.source)
            for name in {comparable(name) for name in names if name}:
                self._called.setdefault(name, []).append(article)

    def find(self, name: str) -> Article:
        """The one article with this id, address or title, or of this file where no outlet is known.

        Raises ArticleNotFound if there is none, or more than one.
        """
        found = self._called.get(comparable(name), [])
        if not found:
            raise ArticleNotFound(
                f"no article is called {name!r}; give its id or title, as `articlebot articles` lists them"
            )
        if len(found) > 1:
            raise ArticleNotFound(f"{len(found)} articles are called {name!r}; give the id of one")
        return found[0]

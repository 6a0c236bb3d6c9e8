"""The articles that are indexed: samples, those that hold known answers, and load around them."""

from __future__ import annotations

import os
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from index import samples
from index.articles import find, parse, read
from index.passages import outlines
from tests.bench.gold import Draft, Question, first_clause, in_turns, plain, read_gold, read_lines, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from index import Article

GOLDEN = Path(__file__).parents[1] / "golden" / "samples.jsonl"
_LARGEST = 10_000_000
_CLIPPING = 90  # characters of a small file
_SENTENCES = 14  # of a generated article
_SEED = 20
_ASKING = {
    "en": ("What do the articles say about {}?", re.compile(r"\w[\w'’-]*(?: \w[\w'’-]*){3,7}")),
    "zh-Hant": ("關於{}，報導怎麼說？", re.compile(r"\w{6,20}")),
    "zh-Hans": ("关于{}，报道怎么说？", re.compile(r"\w{6,20}")),
}


@dataclass(slots=True)
class Corpus:
    """A folder of articles as files, one each; `passages` is what articlebot will cut them into.

    `characters` are those of the passages, `names` the files' by the digests that articlebot
    gives the articles. `clippings` are short texts out of them, and
    `asked` questions made of them, by language: what answers those is not known, only that
    they take the whole way.
    """

    folder: Path
    articles: int = 0
    passages: int = 0
    characters: int = 0
    names: dict[str, str] = field(default_factory=dict)
    clippings: list[str] = field(default_factory=list)
    asked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, draft: Draft) -> None:
        """Write one article as a text file."""
        data = draft.text.encode("utf-8")
        (self.folder / name).write_bytes(data)
        article = parse(data, ".txt", name, id=name)
        texts = [outline.passage.text for outline in outlines(article)]
        self.names[article.digest] = name
        self.articles += 1
        self.passages += len(texts)
        self.characters += sum(map(len, texts))
        self.clippings += (text[:_CLIPPING] for text in texts)
        if article.language in _ASKING:
            form, clause = _ASKING[article.language]
            self.asked[article.language] += (form.format(each) for each in clause.findall(" ".join(texts)))

    def questions(self, most: int) -> list[str]:
        """At most `most` distinct questions of each language, the languages taking turns."""
        return in_turns(spread(list(dict.fromkeys(asked)), most) for asked in self.asked.values())


def make_corpus(
    folder: Path, *, passages: int, news: Path | None, gold: Sequence[Path], limit: int
) -> tuple[Corpus, list[Question]]:
    """Write the samples, the articles of the gold files, and load until `passages` are reached.

    Returns the corpus and the questions whose answers are known.
    """
    folder.mkdir()
    corpus = Corpus(folder)
    known = list(sample_questions())
    for name, draft in _samples():
        corpus.add(name, draft)
    for file in gold:
        articles, questions = read_gold(file, limit)
        known += questions
        for name, draft in articles.items():
            corpus.add(name, draft)
    load = enumerate(endless(news) if news else generated_load(known))
    while corpus.passages < passages and (drawn := next(load, None)):
        corpus.add(f"load-{drawn[0]:05d}.txt", drawn[1])
    return corpus, known


def sample_questions() -> Iterator[Question]:
    """The golden questions over the sample articles."""
    for record in read_lines(GOLDEN):
        file = record["article"] and _text_file(record["article"])
        yield Question(record["question"], "samples", file, tuple(record["gold"]))


def _text_file(name: str) -> str:
    return f"{name.partition('.')[0]}.txt"


def _samples() -> Iterator[tuple[str, Draft]]:
    """The sample articles as text files, whatever they are bundled as: both bots read them alike."""
    for path in find(samples()):
        article = _read(path)
        date = article.published.isoformat() if article.published else ""
        yield _text_file(path.name), Draft(article.title, article.text, date)


def _read(path: Path) -> Article:
    return read(path, id=path.name, max_bytes=_LARGEST)


def news_load(path: Path) -> Iterator[Draft]:
    """Articles out of a file of records with "text", and "title" and "date" where they are known."""
    for record in read_lines(path):
        text = record["text"].strip()
        if text:
            yield Draft(record.get("title") or first_clause(text), text, (record.get("date") or "")[:10])


def endless(path: Path) -> Iterator[Draft]:
    """The articles of a file over and over.

    From the second time on with other numbers, and with the edition in title and last sentence, so that no
    two are the same.
    """
    chance = random.Random(_SEED)
    yield from news_load(path)
    for edition in count(2):
        for draft in news_load(path):
            body = f"{_renumbered(draft.body, chance)}\n這是第{edition}版。"
            yield Draft(f"{draft.title}（{edition}）", body, draft.date)


def generated_load(known: Iterable[Question]) -> Iterator[Draft]:
    """Articles without end: the samples' sentences in other orders, with other numbers.

    Each is of one language. Sentences that answer a known question are left out, so that
    what is made up does not contradict it. The same ones come every time.
    """
    groups = list(_sentences(known).values())
    chance = random.Random(_SEED)
    for number in range(1_000_000):
        group = groups[number % len(groups)]
        chosen = [_renumbered(text, chance) for text in chance.sample(group, min(_SENTENCES, len(group)))]
        yield Draft(f"{first_clause(chosen[-1])} {number}", "\n\n".join(chosen))


def _sentences(known: Iterable[Question]) -> dict[str, list[str]]:
    """The samples' sentences by language, without those that hold a known answer."""
    answers = {plain(answer) for question in known for answer in question.answers}
    found: dict[str, list[str]] = defaultdict(list)
    for article in map(_read, find(samples())):
        texts = (span.of(article.text) for outline in outlines(article) for span in outline.sentences)
        found[article.language] += (
            text for text in texts if not any(answer in plain(text) for answer in answers)
        )
    return found


def _renumbered(text: str, chance: random.Random) -> str:
    return re.sub(r"\d+", lambda number: _of_length(len(number[0]), chance), text)


def _of_length(digits: int, chance: random.Random) -> str:
    return str(chance.randrange(10 ** (digits - 1), 10**digits))


def write_clippings(folder: Path, texts: Sequence[str], count: int) -> None:
    """Write `count` small files, each different, as if a day ago.

    A file changed a moment before it is read is looked into again the next time, because its
    time stamp cannot tell a later change; an untouched folder is older than that.
    """
    folder.mkdir()
    yesterday = time.time() - 86_400
    for number in range(count):
        path = folder / f"{number:05d}.txt"
        path.write_text(f"Clipping {number}\n\n{texts[number % len(texts)]} ({number})\n", encoding="utf-8")
        os.utime(path, (yesterday, yesterday))

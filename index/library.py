"""The facade: a folder of articles that can be built, asked, listed and closed."""

from __future__ import annotations

import errno
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from index import additions
from index.answering import NOTHING, Best, Models, answer, best, checked, hear, is_at_hand, passages
from index.archive import ARCHIVE, Archive, Card
from index.backups import NO_MORE, Backup, write
from index.build import Built, build, forget_unread, indexed, is_current
from index.confinement import Limits
from index.encoder import BUNDLED, Encoder, load_encoder
from index.errors import (
    ArticleNotFound,
    LibraryEmpty,
    LibraryError,
    LibraryNotFound,
    LibraryOutdated,
    LibraryUnwritable,
)
from index.feeds import Feed
from index.fetching import Page
from index.finding import cards_of, newest_first, of_outlets, sources, titled
from index.generations import Generation, Generations
from index.intake import Intake, take_in
from index.outcomes import Memory, Outcomes
from index.planning import Goal
from index.reader import OnnxReader, Reader
from index.records import (
    Answer,
    Article,
    BuildReport,
    Hit,
    Listing,
    NotFound,
    Progress,
    Quote,
    Source,
    Status,
    Within,
)
from index.restoring import How, set_aside, take_over
from index.roster import Versions
from index.server import Server
from index.snapshot import Readers, Snapshot
from index.summary import summary
from index.verdict import PASSAGES

DEFAULT_MAX_FILE_BYTES = 20_000_000
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


class Library:
    """Articles and an index of them, in a folder of their own.

    Safe to use from several threads: questions are answered from the live generation while
    another is built. Other processes may ask at the same time; one at a time may write.
    """

    def __init__(
        self,
        path: Path,
        encoder: Encoder,
        reader: Reader,
        *,
        max_file_bytes: int,
        quotes: int,
        confidence: float | None,
        limits: Limits = Limits(),
        server: Server | None = None,
    ) -> None:
        self.path = path
        self._encoder = encoder
        self._models = Models(encoder, reader)
        self._outcomes = Outcomes()
        self._max_file_bytes = max_file_bytes
        self._limits = limits
        self._quotes = quotes
        self._confidence = confidence
        self._archive = Archive(path / ARCHIVE)
        self._generations = Generations(path, server)
        self._readers = Readers(self._generations, self._archive, self._tidy)
        self._tidying = threading.Lock()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = False,
        model: str = BUNDLED,
        threads: int = 0,
        max_file_bytes: int = DEFAULT_MAX_FILE_BYTES,
        quotes: int = 3,
        confidence: float | None = None,
        limits: Limits = Limits(),
        server: Server | None = None,
    ) -> Library:
        """Open a library, or with `create` make an empty one where there is none.

        `model` is "bundled" or what sentence-transformers can load; `threads` 0 means one per
        core. An answer holds at most `quotes` quotes, each of at least `confidence`, 0 to 1;
        None takes the calibrated threshold. Reading one file may take what `limits` allow. `server`
        is the Chroma server that takes the vectors, if they are not to be in the folder. Raises
        LibraryNotFound.
        """
        if create:
            _make_folder(path)
        elif not (path / ARCHIVE).is_file():
            raise LibraryNotFound(
                f"no library at {path}; make one with `articlebot index FOLDER`, "
                "or name another with --library"
            )
        encoder = load_encoder(model, threads=threads)
        return cls(
            path,
            encoder,
            OnnxReader(threads=threads),
            max_file_bytes=max_file_bytes,
            quotes=quotes,
            confidence=confidence,
            limits=limits,
            server=server,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the library's files."""
        self._readers.close()
        self._archive.close()

    # --- building ---

    def places(self) -> tuple[Path, ...]:
        """The files and folders the library was built from so far."""
        return self._archive.places()

    def build(
        self, places: Sequence[Path], *, progress: Callable[[Progress], None] = lambda _: None
    ) -> BuildReport:
        """Bring the library up to date with files and folders; questions go on meanwhile.

        Articles of other places are left alone. With nothing changed, nothing is encoded.
        Raises NothingToIndex, and LibraryLocked while another thread or process is building.
        """
        start = time.perf_counter()
        with self._writing() as archive:
            before = indexed(archive, self._generations)
            intake = take_in(
                archive, places, max_bytes=self._max_file_bytes, limits=self._limits, progress=progress
            )
            built = build(archive, self._generations, self._encoder, progress, settle=True)
            report = _report(archive, before, intake, built, start)
        self._settle()
        return report

    def read(self, content: bytes, name: str, *, url: str | None = None) -> Article:
        """The article that a file of that content would be, without keeping anything of it.

        `name` tells the kind of file by its ending, and may come from anybody. `url` is where the
        content was fetched from, and the article's address then. Raises ArticleError as files do.
        """
        return additions.read(content, name, url=url, max_bytes=self._max_file_bytes, limits=self._limits)

    def read_page(self, page: Page) -> Article:
        """The article in a page that was fetched, without keeping anything of it; raises as `read` does."""
        return additions.of_page(page, max_bytes=self._max_file_bytes, limits=self._limits)

    def read_feed(self, page: Page) -> Feed:
        """The feed in a page that was fetched; raises FeedError if it is none, or as `read` does."""
        return additions.feed_of(page, limits=self._limits)

    def twin(self, article: Article) -> Article | None:
        """The article that has this one's very text or else its address, if there is one in the library.

        One with the address gets a new version when this one is added; a text is kept once.
        """
        with self._live() as generation:
            there = additions.twin(self._archive, article)
            digest = generation.holdings.digest(there) if generation and there else None
            return self._archive.article(there, digest) if there and digest else None

    def add(
        self,
        article: Article | Sequence[Article],
        *,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> BuildReport:
        """Put one or several articles that have no file into the library, and index them.

        They stay until they are removed, whatever folders are built from. One with the address of
        another becomes its new version, under its id; one whose text is there already is reported
        among the duplicates. Those that `read` made may be changed before: digest and language are
        taken anew. Raises ArticleError, and LibraryLocked while another is writing; whatever is
        raised, and `progress` may raise too, all is as it was.
        """
        start = time.perf_counter()
        added = [additions.sealed(each) for each in ([article] if isinstance(article, Article) else article)]
        with self._writing() as archive:
            before = indexed(archive, self._generations)
            addition = additions.put(archive, added, before)
            try:
                built = build(archive, self._generations, self._encoder, progress)
            except BaseException:  # or what is told to have failed would come in by the next build
                additions.take_back(archive, addition)
                raise
            report = _report(archive, before, Intake(addition.duplicates), built, start)
        self._settle()
        return report

    def remove(
        self,
        id: str,  # noqa: A002 - the record's own name for it
        *,
        compact: bool = True,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> Article:
        """Take an article out of the library and its index; its file stays where it is.

        It stays out until its file changes; one without a file until it is added again. No answer
        quotes it from the first moment on, and its words leave the disk once nobody reads an index that
        has them. Its vectors and positions do so when what holds them is compacted: now, which may mean
        to write the whole index again, or without `compact` by the next `purge` or `build`. Returns the
        article; raises ArticleNotFound.
        """
        with self._writing() as archive:
            article = self.article(id)
            archive.remove(id)
            goal = Goal.PURGED if compact else Goal.NONE
            build(archive, self._generations, self._encoder, progress, goal)
        self._settle()
        return article

    def purge(self, *, progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Write again what holds anything still of articles that were removed; questions go on meanwhile.

        It may be broken off at any moment, by what `progress` raises too, and is owed until it is done.
        Raises LibraryLocked while another is writing, and LibraryError where it cannot be done.
        """
        if not self._archive.has_removals():
            return
        with self._writing() as archive:
            build(archive, self._generations, self._encoder, progress, Goal.PURGED)
        self._settle()

    # --- keeping ---

    def backup(self, file: Path, *, small: bool = False, also: Mapping[str, Path] = NO_MORE) -> Backup:
        """Write the articles into one file, as they are at one moment; questions and a build go on.

        `small` leaves their vectors out, so that restoring encodes them again. `also` are other
        SQLite databases, by the names they get in the file. Raises BackupError and LibraryDamaged.
        """
        return write(self.path, file, small=small, also=also)

    def restore(
        self,
        file: Path,
        how: How = "new",
        *,
        also: Mapping[str, Path] = NO_MORE,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> BuildReport:
        """Take the articles of a backup over: into an empty library, instead of its own, or to them.

        Everything is checked before anything is changed, the change is one step, and questions are
        answered from the old index until the new one is complete. `also` names databases that the
        file must hold too, and where they go. Raises BackupError, and LibraryLocked as `build` does.
        """
        start = time.perf_counter()
        with self._writing() as archive:
            before = indexed(archive, self._generations)
            intake = Intake(take_over(archive, self.path, file, self._encoder, how=how, also=also))
            goal = Goal.PURGED if how == "replace" else Goal.DUE
            built = build(archive, self._generations, self._encoder, progress, goal)
            report = _report(archive, before, intake, built, start)
        self._settle()
        return report

    @staticmethod
    def rescue(path: Path, file: Path) -> Path | None:
        """Move a library's archive, if it is damaged, out of the way of a backup that is whole.

        Nothing is deleted, and nobody may have the library open. Returns the folder the archive is
        in now; None if there is nothing to rescue. Raises BackupError and LibraryLocked.
        """
        if not path.is_dir():
            return None
        with Generations(path).writing():
            return set_aside(path, file)

    def compact(self, *, due: bool = False, progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Write the index anew as one whole, from vectors that are there; questions go on meanwhile.

        Nothing of what was removed or replaced is left then. With `due` only what has become too much is
        put together, as a build does by itself. Raises LibraryLocked while another is writing, and
        LibraryError where it cannot be done: then the index is as it was.
        """
        with self._writing() as archive:
            goal = Goal.DUE if due else Goal.ONE
            built = build(archive, self._generations, self._encoder, progress, goal)
        self._settle()
        if built.uncompacted is not None:
            raise LibraryError(built.uncompacted)

    @contextmanager
    def _writing(self, *, patience: float = 1.0) -> Iterator[Archive]:
        """An archive of the writer's own, so that its transactions hold no question up."""
        try:
            with (
                self._generations.writing(patience=patience),
                closing(Archive(self.path / ARCHIVE)) as archive,
            ):
                yield archive
        except OSError as error:
            if error.errno not in _UNWRITABLE:
                raise
            raise LibraryUnwritable(
                f"{error.filename or self.path} cannot be written to ({error.strerror}); see that its disk "
                "has room and that this user may write there; the old index stays live"
            ) from error

    def _settle(self) -> None:
        """After a build: questions come to the new generation, and nothing keeps the old one."""
        self._readers.refresh()
        self._tidy()

    def _tidy(self) -> None:
        """Delete what is past.

        It is done again after the next build, so it may fail: because another is writing, who
        does it then, or because this process may only read.
        """
        with self._tidying, suppress(LibraryError, OSError), self._writing(patience=0) as archive:
            forget_unread(archive, self._generations, self._encoder)

    # --- asking ---

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        without: frozenset[str] = NOTHING,
        within: Within | None = None,
        today: date | None = None,
    ) -> Answer | NotFound:
        """The articles' own words on a question, or that they do not say it.

        `turns` are the questions before it, oldest first, as they were understood: a follow-up
        ("and in 2024?") refers to them. Articles whose ids are in `without` are not used, nor any
        that `within` or the question's own words ("last week", "according to Xinhua") leave out;
        the result says what it was kept within. `today` is the asker's, else this machine's. Raises
        QuestionError, LibraryEmpty before the first build, and LibraryOutdated if the index was
        made by another model.
        """
        question = checked(question)
        with self._reading() as snapshot:
            return answer(
                question,
                snapshot,
                self._models,
                self._outcomes,
                quotes=self._quotes,
                confidence=self._confidence,
                today=today or _today(),
                turns=turns,
                without=without,
                within=within,
            )

    def remember_in(self, memory: Memory) -> None:
        """Have what is found outlive this process, so that the next one has it at hand."""
        self._outcomes.memory = memory

    def is_at_hand(self, question: str, *, turns: Sequence[str] = (), within: Within | None = None) -> bool:
        """Whether `ask` would answer at once, having been asked the same lately; raises as it does."""
        question = checked(question)
        with self._reading() as snapshot:
            return is_at_hand(
                question,
                snapshot,
                self._outcomes,
                quotes=self._quotes,
                confidence=self._confidence,
                today=_today(),
                turns=turns,
                within=within,
            )

    def best(
        self, question: str, *, quotes: int = 3, passages: int = PASSAGES, without: frozenset[str] = NOTHING
    ) -> Best:
        """The best quotes and passages however unlikely, best first, and which quotes would be shown.

        For measuring; `ask` shows none that is not sure enough. Raises as `ask` does.
        """
        question = checked(question)
        with self._reading() as snapshot:
            heard = hear(question, snapshot, self._models, without=without, depth=max(PASSAGES, passages))
            return best(heard, snapshot, quotes=quotes, hits=passages)

    def search(self, question: str, count: int = 10) -> tuple[Hit, ...]:
        """The `count` best passages for a question, best first; raises as `ask` does."""
        question = checked(question)
        with self._reading() as snapshot:
            heard = hear(question, snapshot, self._models, depth=max(PASSAGES, count))
            return passages(heard, count)

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        with self._readers.snapshot() as snapshot:
            if snapshot is None or not snapshot.passages:
                raise LibraryEmpty(f"nothing is indexed in {self.path} yet; run `articlebot index FOLDER`")
            if not is_current(snapshot.manifest, self._encoder):
                raise LibraryOutdated(self._other_model(snapshot.manifest.model))
            yield snapshot

    def _other_model(self, model: str) -> str:
        if model == self._encoder.name:
            reason = f"was made by another version of the model {model!r}"
        else:
            reason = f"was made by the model {model!r}, and the settings name {self._encoder.name!r}"
        return f"the index in {self.path} {reason}; run `articlebot index` to rebuild it"

    # --- what there is ---

    def articles(self) -> tuple[Article, ...]:
        """Every article that questions are answered from, newest first, undated last."""
        with self._live() as generation:
            found = self._articles(generation)
        return tuple(sorted(found, key=lambda each: (each.published or date.min, each.title), reverse=True))

    def article(self, id: str) -> Article:  # noqa: A002 - the record's own name for it
        """One article by its id, at the version that is quoted now; raises ArticleNotFound."""
        with self._live() as generation:
            digest = generation.holdings.digest(id) if generation else None
            if digest is None:
                raise _not_there(id)
            return self._archive.article(id, digest)

    def find(self, words: str, *, count: int | None = None) -> tuple[Article, ...]:
        """The articles whose titles hold all the words, newest first, at most `count`.

        Script, width and case do not matter; a word may go on ("bike" finds "bikes"), and of
        Chinese every character must be there. Without a word nothing is found.
        """
        with self._live() as generation:
            return self._of(titled(self._cards(generation), words)[:count])

    def browse(
        self,
        start: int,
        count: int,
        *,
        words: str = "",
        outlets: Collection[str | None] | None = None,
    ) -> Listing:
        """A page of the articles, newest first: at most `count` from the `start`th on, else the last page.

        With `words` only those whose titles hold them, as in `find`; of `outlets`, if any are
        given, by the names that `sources` gives them. Only the page's own texts are read.
        """
        with self._live() as generation:
            cards = self._cards(generation)
            if words:
                cards = titled(cards, words)
            if outlets is not None:
                cards = of_outlets(cards, outlets)
            first = max(0, min(start, (len(cards) - 1) // count * count))
            return Listing(len(cards), first, self._of(cards[first : first + count]))

    def latest(self, count: int) -> tuple[Article, ...]:
        """The `count` newest articles, undated ones last."""
        with self._live() as generation:
            return self._of(self._cards(generation)[:count])

    def sources(self) -> tuple[Source, ...]:
        """The outlets, those with the most articles first; what names none comes last."""
        with self._live() as generation:
            return sources(self._cards(generation))

    def summary(self, id: str, *, count: int = 3) -> tuple[Quote, ...]:  # noqa: A002 - as above
        """Up to `count` of an article's own sentences that stand best for it, in their order.

        Raises ArticleNotFound, and as `ask` does.
        """
        with self._reading() as snapshot:
            if id not in snapshot.holdings:
                raise _not_there(id)
            return summary(snapshot, id, count)

    def status(self) -> Status:
        """What the library holds and what its index was made by."""
        with self._live() as generation:
            manifest = generation.manifest if generation else None
            languages = generation.holdings.languages() if generation else Counter[str]()
            return Status(
                articles=languages.total(),
                passages=manifest.passages if manifest else 0,
                languages=tuple(sorted(languages.items())),
                generation=generation.name if generation else None,
                built=manifest.built if manifest else None,
                model=manifest.model if manifest else None,
            )

    @contextmanager
    def _live(self) -> Iterator[Generation | None]:
        """The live generation, whose articles are kept meanwhile, without opening its index."""
        generation = self._generations.live()
        try:
            yield generation
        finally:
            if generation is not None:
                generation.close()

    def _cards(self, generation: Generation | None) -> list[Card]:
        """The live articles' cards, newest first."""
        return newest_first(
            cards_of(generation.holdings.versions() if generation else (), self._archive.cards())
        )

    def _of(self, cards: Sequence[Card]) -> tuple[Article, ...]:
        return tuple(self._archive.article(card.id, card.digest) for card in cards)

    def _articles(self, generation: Generation | None) -> list[Article]:
        return [
            self._archive.article(*version)
            for version in (generation.holdings.versions() if generation else ())
        ]


def _today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def _not_there(article: str) -> ArticleNotFound:
    return ArticleNotFound(f"no article {article!r}; `articlebot articles` lists those there are")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryNotFound(
            f"no library can be made at {path} ({error.strerror}); name another folder with --library"
        ) from error


def _report(archive: Archive, before: Versions, intake: Intake, built: Built, start: float) -> BuildReport:
    """What has changed between two indexes, whenever and by whatever runs it was read in."""
    past, now = dict(before), dict(archive.live())
    added = [archive.article(*version) for version in now.items() if version[0] not in past]
    changed = [
        archive.article(*version) for version in now.items() if past.get(version[0], version[1]) != version[1]
    ]
    removed = [archive.find(*version) for version in past.items() if version[0] not in now]
    return BuildReport(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(article for article in removed if article is not None),
        unchanged=len(now) - len(added) - len(changed),
        duplicates=tuple(intake.duplicates),
        failed=tuple(intake.failed),
        embedded=built.embedded,
        passages=built.passages,
        seconds=time.perf_counter() - start,
        uncompacted=built.uncompacted,
    )

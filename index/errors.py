"""Every error the library raises on purpose, and how they relate.

A message names the value that was seen and what to do about it, so that it can be
shown to a person as it stands.

    ArticlebotError
    ├── ArticleError            one file or page could not be read as an article
    │   ├── UnsupportedFormat   a kind of file no reader exists for
    │   ├── EmptyArticle        read, and nothing worth keeping was in it
    │   ├── TooLarge            larger than the settings allow
    │   ├── FetchError          an address that may not or cannot be fetched
    │   └── FeedError           an address that leads to no feed
    ├── QuestionError           a question that cannot be asked (empty, only punctuation, ...)
    ├── LibraryError            something about the library as a whole
    │   ├── LibraryNotFound     no library at that place
    │   ├── LibraryEmpty        a library with nothing indexed yet
    │   ├── LibraryOutdated     made by another model or another version of the pipeline
    │   ├── LibraryLocked       another process is writing to it
    │   ├── LibraryDamaged      files of it cannot be read
    │   ├── BackupError         a backup that cannot be made, read or restored here
    │   ├── LibraryUnwritable   files of it cannot be written: no room, or no right to
    │   ├── VectorsUnreachable  the server with its vectors does not answer, or has lost them
    │   └── NothingToIndex      the places to index hold no articles
    ├── ArticleNotFound         no article with that id
    ├── QuoteGone               an article is no longer as it was quoted
    └── EncoderError            a model that cannot be loaded or used
"""


class ArticlebotError(Exception):
    """The root of the tree: catch this to catch every error below."""


class ArticleError(ArticlebotError):
    """One file or page could not be read as an article; the others are not touched."""


class UnsupportedFormat(ArticleError):
    """No reader exists for this kind of file."""


class EmptyArticle(ArticleError):
    """The file was read, and held no text."""


class TooLarge(ArticleError):
    """The file is larger than the settings allow."""


class FetchError(ArticleError):
    """An address that may not be fetched, or that led to no page.

    `wait` is how many seconds its server asked to be left alone, or None. `passing` says that the same
    address may well do another time: its server was busy, or the way there was broken.
    """

    def __init__(self, message: str, *, wait: float | None = None, passing: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.passing = passing


class FeedError(ArticleError):
    """What an address led to is no feed."""


class QuestionError(ArticlebotError):
    """A question that cannot be asked: empty, only punctuation, or too long."""


class LibraryError(ArticlebotError):
    """Something about the library as a whole."""


class LibraryNotFound(LibraryError):
    """There is no library at the place that was named."""


class LibraryEmpty(LibraryError):
    """The library exists, but nothing has been indexed yet."""


class LibraryOutdated(LibraryError):
    """The live index was made by another model or pipeline; it is rebuilt, never queried."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """Files of the library are missing or cannot be read."""


class BackupError(LibraryError):
    """A backup cannot be written or read, is damaged or newer, or may not replace what is there."""


class LibraryUnwritable(LibraryError):
    """Files of the library cannot be written: the disk is full or read-only, or it is another user's."""


class VectorsUnreachable(LibraryError):
    """The Chroma server that has an index's vectors does not answer or, if `lost`, has them no more."""

    def __init__(self, message: str, *, lost: bool = False) -> None:
        super().__init__(message)
        self.lost = lost


class NothingToIndex(LibraryError):
    """The folders that were named hold no file that could be an article."""


class ArticleNotFound(ArticlebotError):
    """No article has that id."""


class QuoteGone(ArticlebotError):
    """An article that was quoted has been changed or taken out since."""


class EncoderError(ArticlebotError):
    """A model cannot be loaded, or its output is not what the library was built for."""

"""Articles to quotes: the door of the package, as a table of contents.

    library = Library.open(Path("library"), create=True)
    library.build([Path("articles")])
    answer = library.ask("how much does Xiaomi plan to spend on R&D")

Importing it is cheap: models, Chroma and LlamaIndex are loaded when first needed, torch
only if the settings name a model of one's own. `index.retriever` is a door of its own,
for users of LlamaIndex.
"""

from pathlib import Path

from index.additions import plain_name
from index.addresses import web_address
from index.backups import Backup
from index.characters import display_width
from index.confinement import Limits
from index.errors import (
    ArticlebotError,
    ArticleError,
    ArticleNotFound,
    BackupError,
    EmptyArticle,
    EncoderError,
    FeedError,
    FetchError,
    LibraryDamaged,
    LibraryEmpty,
    LibraryError,
    LibraryLocked,
    LibraryNotFound,
    LibraryOutdated,
    LibraryUnwritable,
    NothingToIndex,
    QuestionError,
    QuoteGone,
    TooLarge,
    UnsupportedFormat,
    VectorsUnreachable,
)
from index.evaluation import Evaluation, Fault, Group, Outcome, evaluate
from index.examining import Problem, Remedy, Repair, examine, repair
from index.feeds import Entry, Feed
from index.fetching import Allowance, Fetcher, Page, Stamp
from index.judging import Case, Catalogue
from index.library import Library
from index.measures import Measure
from index.notes import find_or_none, note_of, quote_of
from index.outcomes import Memory
from index.parsers import SUFFIXES
from index.records import (
    Aid,
    Answer,
    Article,
    BuildReport,
    Failure,
    Hit,
    Listing,
    NotFound,
    Origin,
    Passage,
    Progress,
    Quote,
    Source,
    Span,
    Status,
    Within,
)
from index.sentences import surroundings
from index.server import Server
from index.text import language_of, wording_key
from index.unpacking import read as read_backup


def samples() -> Path:
    """The folder of the bundled sample articles."""
    return Path(__file__).parent / "samples"


__all__ = [
    # the facade
    "Library",
    "Limits",
    "Server",
    "samples",
    # what flows, in order
    "Article",
    "Span",
    "Passage",
    "Hit",
    "Origin",
    "Aid",
    "Quote",
    "Within",
    "Answer",
    "NotFound",
    # remembering
    "find_or_none",
    "note_of",
    "quote_of",
    "Memory",
    # finding
    "Source",
    # reading
    "SUFFIXES",
    "plain_name",
    # the web
    "Allowance",
    "Fetcher",
    "Page",
    "Stamp",
    "Feed",
    "Entry",
    "Listing",
    # building
    "Progress",
    "BuildReport",
    "Failure",
    "Status",
    # keeping
    "Backup",
    "read_backup",
    # mending
    "examine",
    "Problem",
    "Remedy",
    "repair",
    "Repair",
    # measuring
    "Case",
    "Catalogue",
    "evaluate",
    "Evaluation",
    "Group",
    "Measure",
    "Outcome",
    "Fault",
    # text
    "language_of",
    "display_width",
    "surroundings",
    "wording_key",
    "web_address",
    # what can go wrong
    "ArticlebotError",
    "ArticleError",
    "ArticleNotFound",
    "BackupError",
    "EmptyArticle",
    "EncoderError",
    "FeedError",
    "FetchError",
    "LibraryDamaged",
    "LibraryEmpty",
    "LibraryError",
    "LibraryLocked",
    "LibraryNotFound",
    "LibraryOutdated",
    "LibraryUnwritable",
    "NothingToIndex",
    "QuestionError",
    "QuoteGone",
    "TooLarge",
    "UnsupportedFormat",
    "VectorsUnreachable",
]

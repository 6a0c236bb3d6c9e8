"""`articlebot demo`: the whole way, from articles to a cited quote, with nothing to prepare."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from bot.commands.ask import show_answer
from bot.commands.session import open_library
from bot.progress import progress_on
from index import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Settings

QUESTION = "how much does Xiaomi plan to spend on R&D"
MORE = (
    "小米有多少研發人員？",
    "How much is TSMC going to invest in Arizona in total?",
    "南澜地铁6号线一共花了多少钱？",
    "Who painted the Mona Lisa?",
)


def demo(settings: Settings, question: str, keep: Path | None) -> int:
    """Index the sample articles, ask them a question, and show what else to try."""
    with _folder(keep) as folder, open_library(settings, path=folder, create=True) as library:
        with progress_on(sys.stderr) as progress:
            report = library.build([samples()], progress=progress)
        print(f"{report.unchanged + len(report.added)} sample articles.\n\n{question or QUESTION}\n")
        code = show_answer(library, question or QUESTION)
    print(f"\n{_more(question, keep)}")
    return code


def _more(question: str, keep: Path | None) -> str:
    command = f"articlebot ask --library {keep}" if keep else "articlebot demo"
    tries = [f'  {command} "{each}"' for each in (QUESTION, *MORE) if each != (question or QUESTION)]
    own = 'Over articles of your own: articlebot index FOLDER, then articlebot ask "..."'
    return "\n".join(["Try as well (the articles do not say everything):", *tries, "", own])


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give the folder that is kept, or one that is gone afterwards, also when the demo is stopped."""
    if keep is not None:
        yield keep.absolute()
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        with TemporaryDirectory(prefix="articlebot-demo-") as folder:
            yield Path(folder) / "library"
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)

"""The `articlebot` command: its subcommands, their options, and how errors are told.

Only typer is imported here. What a subcommand needs is imported when it runs, so that help,
usage errors and `--version` do not wait for the index.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from dataclasses import replace as replaced
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from config import Settings

app = typer.Typer(
    name="articlebot",
    help="Answer questions over your articles with verbatim, cited quotes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts faster than boxes
)

_Library = Annotated[
    Path | None,
    typer.Option("--library", metavar="DIR", help="The library's folder, instead of the settings'."),
]
_Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The settings file, instead of ./articlebot.toml."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for other tools.")]
_Id = Annotated[
    str, typer.Argument(metavar="ID", help="The article's id, as `articlebot articles` lists it.")
]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What stood before the subcommand."""

    library: Path | None
    config: Path | None


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"articlebot {metadata.version('articlebot')}")
        raise typer.Exit


@app.callback()
def _before(
    context: typer.Context,
    library: _Library = None,
    config: _Config = None,
    version: Annotated[  # noqa: ARG001 - typer calls _print_version
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = _Chosen(library, config)


def _settings(context: typer.Context, library: Path | None, config: Path | None) -> Settings:
    """Load the settings; an option after the subcommand wins over the same one before it."""
    from config import load_settings

    chosen: _Chosen = context.obj
    settings = load_settings(config or chosen.config)
    folder = library or chosen.library
    if folder is None:
        return settings
    return replaced(settings, library=replaced(settings.library, path=folder.absolute()))


@app.command()
def demo(
    context: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="[QUESTION]", help="A question of your own.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the sample library in this folder.")
    ] = None,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Ask the bundled sample articles a question.

    They are indexed in a temporary folder, which is removed afterwards.
    """
    from bot.commands.demo import demo as run_demo

    chosen: _Chosen = context.obj
    if library or chosen.library:
        print("articlebot: the demo makes a library of its own; --keep DIR keeps it", file=sys.stderr)
    settings = _settings(context, library, config)
    raise typer.Exit(run_demo(settings, " ".join(question or []), keep))


@app.command()
def index(
    context: typer.Context,
    places: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Folders or files of articles; none: those known so far."),
    ] = None,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Bring the library up to date with its articles. Exits 1 if a file could not be read."""
    from bot.commands.library import build

    raise typer.Exit(build(_settings(context, library, config), places or []))


@app.command()
def add(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Files of articles, or addresses of pages; - is stdin, a plain text."
        ),
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What stdin is called as a file, as in page.html.")
    ] = "stdin.txt",
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Add single articles, which stay until they are removed. Exits 1 if one could not be read.

    The files are read once and not looked at again; a folder that changes is for `index`.
    """
    from bot.commands.add import add as add_articles

    raise typer.Exit(add_articles(_settings(context, library, config), sources, name))


@app.command()
def ask(  # noqa: PLR0917 - typer's way of writing the options down
    context: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="The question, in English or Chinese.")
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help='Answer every line {"id", "question"} of a JSONL file; - is stdin.',
        ),
    ] = None,
    as_json: _Json = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Answer a question with quotes. Exits 0 if answered, 3 if the articles do not say it."""
    from bot.commands.ask import ask_batch, ask_one

    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or --batch FILE")
    settings = _settings(context, library, config)
    if batch is not None:
        raise typer.Exit(ask_batch(settings, batch))
    raise typer.Exit(ask_one(settings, " ".join(question or []), as_json))


@app.command(name="eval")
def evaluate(  # noqa: PLR0917 - typer's way of writing the options down
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help='JSON lines {"question", "answers": [...], "article"}; - is stdin.'
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="OUT.html", help="Also write a page with curves and the worst answers."
        ),
    ] = None,
    hide: Annotated[
        bool, typer.Option("--hide", help="Ask again with each question's article left out: is it refused?")
    ] = False,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", min=0, help="Also list the N worst answers to read.")
    ] = 0,
    as_json: _Json = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Measure how well the library answers questions whose answers you know."""
    from bot.commands.evaluate import evaluate_file

    settings = _settings(context, library, config)
    raise typer.Exit(evaluate_file(settings, file, report=report, hide=hide, as_json=as_json, worst=worst))


@app.command()
def articles(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]", help="Only those with all these in their titles.")
    ] = None,
    as_json: _Json = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """List the articles in the library, newest first."""
    from bot.commands.library import list_articles

    raise typer.Exit(list_articles(_settings(context, library, config), as_json, " ".join(words or [])))


@app.command()
def sources(
    context: typer.Context, as_json: _Json = False, library: _Library = None, config: _Config = None
) -> None:
    """List the outlets with how many articles there are of each, and the newest date."""
    from bot.commands.library import list_sources

    raise typer.Exit(list_sources(_settings(context, library, config), as_json))


@app.command()
def show(
    context: typer.Context,
    article_id: _Id,
    as_json: _Json = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Show one article with its whole text."""
    from bot.commands.library import show_article

    raise typer.Exit(show_article(_settings(context, library, config), article_id, as_json))


@app.command()
def remove(context: typer.Context, article_id: _Id, library: _Library = None, config: _Config = None) -> None:
    """Take an article out of the library, and what the index holds of it off the disk.

    It stays out until its file changes or it is added again.
    """
    from bot.commands.library import remove_article

    raise typer.Exit(remove_article(_settings(context, library, config), article_id))


_People = Annotated[
    bool,
    typer.Option(
        "--with-people", help="Also what the bot remembers: people's numeric ids, and what they asked."
    ),
]


@app.command()
def backup(  # noqa: PLR0917 - typer's way of writing the options down
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    small: Annotated[
        bool, typer.Option("--small", help="Without vectors: smaller, and slower to restore.")
    ] = False,
    people: _People = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Write the library into one file, also while it is in use."""
    from bot.commands.backup import back_up

    raise typer.Exit(back_up(_settings(context, library, config), file, small=small, people=people))


@app.command()
def restore(  # noqa: PLR0917 - typer's way of writing the options down
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `articlebot backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Instead of the articles that are there.")
    ] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Only add articles that are not there.")] = False,
    people: _People = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Make a library of a backup, in a new folder, or instead of the one there. It is checked first."""
    from bot.commands.backup import restore as restore_file

    if replace and merge:
        raise typer.BadParameter("give --replace or --merge, not both")
    how: Literal["new", "replace", "merge"] = "replace" if replace else "merge" if merge else "new"
    raise typer.Exit(restore_file(_settings(context, library, config), file, how, people=people))


@app.command()
def compact(context: typer.Context, library: _Library = None, config: _Config = None) -> None:
    """Write the index anew as one whole, without anything that was removed or replaced."""
    from bot.commands.library import compact_library

    raise typer.Exit(compact_library(_settings(context, library, config)))


@app.command()
def status(
    context: typer.Context, as_json: _Json = False, library: _Library = None, config: _Config = None
) -> None:
    """Say what the library holds."""
    from bot.commands.library import show_status

    raise typer.Exit(show_status(_settings(context, library, config), as_json))


@app.command()
def doctor(
    context: typer.Context,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also look for every passage by its own vector; takes longer.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend it. No archive is ever deleted; stop the bot first.")
    ] = False,
    library: _Library = None,
    config: _Config = None,
) -> None:
    """Find what is wrong, and say how to mend it. Exits 1 if anything is wrong, or was lost."""
    from bot.commands.doctor import look, mend

    settings = _settings(context, library, config)
    raise typer.Exit(mend(settings) if repair else look(settings, deep=deep))


@app.command()
def run(context: typer.Context, library: _Library = None, config: _Config = None) -> None:
    """Run the Telegram bot.

    Its token is read from the variable TELEGRAM_BOT_TOKEN alone.
    """
    from bot.commands.run import run_bot

    raise typer.Exit(run_bot(_settings(context, library, config)))


@app.command()
def health(context: typer.Context, library: _Library = None, config: _Config = None) -> None:
    """Say whether the running bot is well. Exits 1 if it is not, or if none runs."""
    from bot.commands.health import check

    raise typer.Exit(check(_settings(context, library, config)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: 0 well, 1 an error, 2 wrong usage or settings, 3 not in the articles."""
    _write_utf8()
    try:
        try:
            app(arguments, prog_name="articlebot")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has gone, as `head` does. Python would complain about it once more
        # when it closes stdout, so stdout becomes a place that takes anything.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        _complain(_sentence(error))
        sys.exit(code)


def _complain(sentence: str) -> None:
    """Tell an error; names of files may stand in it, and these may hold what commands a terminal."""
    from bot.terminal import Style

    print(f"articlebot: {Style(screen=sys.stderr.isatty()).safe(sentence)}", file=sys.stderr)


def _write_utf8() -> None:
    """Write UTF-8 whatever the locale; half characters, which it cannot write, are escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _exit_code(error: Exception) -> int | None:
    """Return the exit code of an error that is told in a sentence; None for a bug."""
    from config import SettingsError
    from index import ArticlebotError

    if isinstance(error, SettingsError):
        return 2
    return 1 if isinstance(error, (ArticlebotError, OSError)) else None


def _sentence(error: Exception) -> str:
    """Say what went wrong; the system's own errors come without their number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)

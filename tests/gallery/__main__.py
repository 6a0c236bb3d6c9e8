"""Pictures of chats with the bot: `python -m tests.gallery`.

chatting.py    scenes, played by the whole bot over the tests' Bot API
scenes.py      the scenes
drawing.py     messages to a page, with chat.html and entities.py
camera.py      pages to pictures

The sample articles and a few made-up ones are indexed and the bot is asked. Its messages as
that server received them, text and entities, are drawn and photographed by a headless
Chromium. Only the clock is made up, so that the pictures change when the answers do and not
by the minute. They were taken with Debian's fonts-roboto-unhinted, fonts-noto-cjk and
fonts-noto-color-emoji; without these they look a little different.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import yaml

from index import Library, samples
from tests.gallery.camera import BROWSERS, browser, photograph
from tests.gallery.chatting import play
from tests.gallery.drawing import HERE, THEMES, page
from tests.gallery.scenes import SCENES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.gallery.chatting import Scene

STORIES: Final = HERE.parent / "golden" / "stories" / "tuned.yaml"


def main() -> None:
    """Write the pages, and photograph them where there is a browser."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.gallery", description="Make the README's pictures."
    )
    parser.add_argument("--all", action="store_true", help="make every picture, not only the README's")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="make these pictures")
    parser.add_argument("--html", type=Path, metavar="DIR", help="keep the pages in this folder")
    parser.add_argument("--out", type=Path, metavar="DIR", default=HERE, help="the pictures' folder")
    options = parser.parse_args()
    scenes = [
        scene
        for scene in SCENES
        if options.all or (scene.name in options.only if options.only else scene.readme)
    ]
    with TemporaryDirectory(prefix="articlebot-gallery-") as scratch:
        pages = _write_pages(scenes, Path(scratch), options.html or Path(scratch))
        _photograph_all(pages, options.out)


def _write_pages(scenes: Sequence[Scene], scratch: Path, folder: Path) -> dict[str, Path]:
    """The pages by the names of their pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_stories(scratch / "stories")
    pages = {}
    with Library.open(scratch / "library", create=True) as library:
        library.build([samples(), scratch / "stories"])
        for scene in scenes:
            shown = asyncio.run(play(scene, library))
            for theme in THEMES:
                pages[f"{scene.name}-{theme}"] = path = folder / f"{scene.name}-{theme}.html"
                path.write_text(page(shown, scene, theme), "utf-8")
    return pages


def _write_stories(folder: Path) -> None:
    """Articles of several outlets on the same things, as files."""
    folder.mkdir()
    for number, story in enumerate(yaml.safe_load(STORIES.read_text("utf-8"))):
        for place, article in enumerate(story["articles"]):
            head = f"{article['title']}\nSource: {article['outlet']}\nDate: {article['date']}\n"
            (folder / f"{number}-{place}.txt").write_text(f"{head}\n{article['text']}", "utf-8")


def _photograph_all(pages: dict[str, Path], folder: Path) -> None:
    found = browser()
    if found is None:
        sys.exit(
            f"There is no browser to take pictures with ({', '.join(BROWSERS)}): install Chromium, "
            "or look at the pages that --html DIR keeps."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, html in pages.items():
        picture = folder.absolute() / f"{name}.png"
        photograph(found, html, picture)
        print(f"{picture} ({picture.stat().st_size // 1000} kB)")  # noqa: T201  a script tells what it made


if __name__ == "__main__":
    main()

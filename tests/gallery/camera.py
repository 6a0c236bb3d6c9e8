"""Photographs of pages, by a headless Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from PIL import Image  # llama-index brings Pillow

from tests.gallery.drawing import WIDTH

if TYPE_CHECKING:
    from pathlib import Path

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-lcd-text",
    "--force-device-scale-factor=2",
)
HEIGHT: Final = re.compile(r'data-height="(\d+)"')


def browser() -> str | None:
    """The browser of this machine that can take pictures, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def photograph(browser: str, html: Path, picture: Path) -> None:
    """Have the browser draw a page, as wide as a phone and as tall as it is, into a PNG file."""
    dom = _browse(browser, html, "--dump-dom")
    height = HEIGHT.search(dom)
    if height is None:
        raise ValueError(f"{browser} drew {html.name} but did not tell how tall it is")
    _browse(browser, html, f"--screenshot={picture}", f"--window-size={WIDTH},{height[1]}")
    _pack(picture)


def _pack(picture: Path) -> None:
    """Write a PNG file anew with a palette, a third of the size; a README is to load at once."""
    with Image.open(picture) as taken:
        # This method keeps few-pixel colours such as the ticks' green, and k-means the large ones exact.
        packed = taken.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
    packed.save(picture, optimize=True)


def _browse(browser: str, html: Path, *arguments: str) -> str:
    with TemporaryDirectory(prefix="articlebot-gallery-") as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *arguments, html.absolute().as_uri()]
        try:
            return subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout
        except subprocess.CalledProcessError as error:
            error.add_note(error.stderr)
            raise

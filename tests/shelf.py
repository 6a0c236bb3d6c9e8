"""A folder of articles and a library of them, made by an encoder that costs nothing."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from index import BuildReport, Library, Server
from index.reader import OnnxReader
from tests.encoders import HashEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from index.reader import Reader


class Shelf:
    """What a test needs to change articles and to see what the library makes of them."""

    def __init__(
        self,
        path: Path,
        *,
        encoder: HashEncoder | None = None,
        reader: Reader | None = None,
        server: Server | None = None,
    ) -> None:
        self.server = server
        self.folder = path / "articles"
        self.path = path / "library"
        self.folder.mkdir(exist_ok=True)
        self.path.mkdir(exist_ok=True)
        self.encoder = encoder or HashEncoder()
        self.reader = reader or OnnxReader()
        self.library = self.open()

    def open(self, encoder: HashEncoder | None = None) -> Library:
        """Another door to the same library."""
        return Library(
            self.path,
            encoder or self.encoder,
            self.reader,
            max_file_bytes=1_000_000,
            quotes=3,
            confidence=0.0,
            server=self.server,
        )

    def write(self, name: str, text: str) -> Path:
        """A file that was changed an hour ago, which is long before it is read."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        changed = time.time_ns() - 3_600_000_000_000
        os.utime(path, ns=(changed, changed))
        return path

    def build(self) -> BuildReport:
        """Bring the library up to date with the folder."""
        return self.library.build([self.folder])

    def found(self, question: str, library: Library | None = None) -> str:
        """The words of the passage that answers best."""
        return (library or self.library).search(question, 1)[0].passage.text

    def generations(self) -> list[str]:
        """The folders of indexes there are."""
        return sorted(path.name for path in (self.path / "generations").iterdir())

    def segments(self) -> list[str]:
        """The folders of segments there are."""
        return sorted(path.name for path in (self.path / "segments").iterdir())

    def on_disk(self) -> bytes:
        """Every byte the library keeps."""
        return b"".join(path.read_bytes() for path in self.path.rglob("*") if path.is_file())

"""Which articles a segment holds, and what filters ask of them: one table, on disk and mapped.

Reading it costs nothing until an article is looked up, so that opening an index takes as long for a
hundred thousand articles as for ten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import mapped

FILES = _IDS, _TABLE, _OUTLETS = "ids.npy", "articles.npy", "outlets.json"
_NONE = -1

Versions = tuple[tuple[str, str], ...]
"""Articles as (id, digest of one version)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one version of an article; `outlet` is None where it names none."""

    id: str
    digest: str
    language: str
    published: date | None
    outlet: str | None


@dataclass(frozen=True, slots=True)
class Roster:
    """The articles of a segment by number, in the order of their ids.

    `ids` are UTF-8, by themselves for the sake of looking them up. `table` has the fields digest,
    language, day (an ordinal of the calendar, 0 for none) and outlet (a place in `outlets`, -1 for none).
    """

    ids: npt.NDArray[np.bytes_]
    table: npt.NDArray[np.void]
    outlets: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path) -> Roster:
        """Map what `save` wrote."""
        ids, table = (mapped(folder / name) for name in (_IDS, _TABLE))
        return cls(ids, table, tuple(json.loads((folder / _OUTLETS).read_text(encoding="utf-8"))))

    def __len__(self) -> int:
        return len(self.ids)

    def number(self, article: str) -> int | None:
        """The number of the article with an id; None if it is not there."""
        sought = np.bytes_(article.encode())
        if sought.itemsize > self.ids.itemsize:
            return None  # and NumPy would copy the ids to compare them
        at = int(self.ids.searchsorted(sought))
        return at if at < len(self.ids) and self.ids[at] == sought else None

    def version(self, number: int) -> tuple[str, str]:
        """The id and the digest of an article."""
        return bytes(self.ids[number]).decode(), bytes(self.table[number]["digest"]).decode()

    def versions(self) -> Versions:
        """The ids and digests of all articles, by number."""
        ids, digests = self.ids.tolist(), self.table["digest"].tolist()
        return tuple((one.decode(), other.decode()) for one, other in zip(ids, digests, strict=True))


def save(entries: Sequence[Entry], folder: Path) -> None:
    """Write the articles of a segment, which are in the order of their ids."""
    outlets = sorted({entry.outlet for entry in entries if entry.outlet is not None})
    places: dict[str | None, int] = {name: place for place, name in enumerate(outlets)}
    columns = {
        "digest": _bytes(entry.digest for entry in entries),
        "language": _bytes(entry.language for entry in entries),
        "day": np.array([each.published.toordinal() if each.published else 0 for each in entries], np.int32),
        "outlet": np.array([places.get(each.outlet, _NONE) for each in entries], np.int32),
    }
    table = np.empty(len(entries), dtype=[(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        table[name] = column
    np.save(folder / _IDS, _bytes(entry.id for entry in entries))
    np.save(folder / _TABLE, table)
    (folder / _OUTLETS).write_text(json.dumps(outlets, ensure_ascii=False), encoding="utf-8")


def _bytes(texts: Iterable[str]) -> npt.NDArray[np.bytes_]:
    """Texts in UTF-8, each in as many bytes as the longest takes."""
    return np.array([text.encode() for text in texts], dtype=np.bytes_)

"""NumPy arrays on disk: written row by row, so that they need not fit into memory, and mapped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt


def mapped(path: Path) -> npt.NDArray[Any]:
    """An array that stays on disk; what is read of it comes when it is read."""
    # As a plain array: each look into NumPy's own kind costs several times as much.
    return np.asarray(np.load(path, mmap_mode="r"))


class GrowingArray:
    """An .npy file with more rows each time; `np.load` reads it once it is closed.

    NumPy leaves room in the file's head for a longer first axis.
    """

    def __init__(self, path: Path, dtype: npt.DTypeLike, *row: int) -> None:
        """Begin a file; `row` is the shape of one row, none for single values."""
        self._dtype = np.dtype(dtype)
        self._row = row
        self._rows = 0
        self._file = path.open("wb")
        self._write_head()

    def _write_head(self) -> None:
        shape = (self._rows, *self._row)
        described = np.lib.format.dtype_to_descr(self._dtype)
        head = {"descr": described, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, head)

    def __len__(self) -> int:
        return self._rows

    def append(self, rows: npt.NDArray[np.generic] | Sequence[object]) -> None:
        """Write further rows."""
        made = np.asarray(rows, dtype=self._dtype).reshape(-1, *self._row)
        self._file.write(made.tobytes())
        self._rows += len(made)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write how many rows there are, and close the file."""
        with self._file:
            self._file.seek(0)
            self._write_head()

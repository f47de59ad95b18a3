"""Columns on disk: files that only grow, each with a length that has been committed.

What lies beyond the committed length does not exist: a process killed while writing leaves nothing behind that a
reader sees, and the next writer begins where the last commit ended.
"""

import os
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Lengths = Mapping[str, int]


class ColumnWriter:
    """Appends to the columns in one directory; `lengths` (bytes by name) is what was committed before."""

    def __init__(self, directory: Path, lengths: Lengths) -> None:
        self._directory = directory
        self._lengths = dict(lengths)
        self._pending: dict[str, list[bytes]] = {}
        self._written: set[str] = set()

    def append(self, name: str, values: NDArray[Any] | bytes) -> None:
        """Add rows to the column called `name`, which begins with its first rows."""
        content = values if isinstance(values, bytes) else np.ascontiguousarray(values).tobytes()
        self._pending.setdefault(name, []).append(content)

    def append_texts(self, name: str, texts: Sequence[str]) -> None:
        """Add texts to the column called `name`, to be read with `Columns.texts`."""
        encoded = [text.encode() for text in texts]
        ends = self._end(name) + np.cumsum([len(text) for text in encoded], dtype=np.int64)
        self.append(name, b"".join(encoded))
        self.append(f"{name}.ends", ends)

    def write(self) -> None:
        """Put what was appended on disk, beyond the committed length."""
        for name, parts in self._pending.items():
            length = self._lengths.get(name, 0)
            with os.fdopen(os.open(self._directory / name, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
                file.truncate(length)
                file.seek(length)
                for part in parts:
                    file.write(part)
                self._lengths[name] = file.tell()
            self._written.add(name)
        self._pending.clear()

    @property
    def lengths(self) -> dict[str, int]:
        """The lengths written so far, in bytes by name."""
        return dict(self._lengths)

    def flush(self) -> dict[str, int]:
        """Write, wait until the disk has it, and give the lengths to commit."""
        self.write()
        for name in self._written:
            descriptor = os.open(self._directory / name, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        return self.lengths

    def _end(self, name: str) -> int:
        return self._lengths.get(name, 0) + sum(len(part) for part in self._pending.get(name, ()))


class Columns:
    """Reads the columns in one directory up to their committed lengths, memory-mapped."""

    def __init__(self, directory: Path, lengths: Lengths) -> None:
        self._directory = directory
        self._lengths = lengths

    def names(self, prefix: str) -> Sequence[str]:
        """The columns whose names begin with `prefix`."""
        return [name for name in self._lengths if name.startswith(prefix)]

    def read(self, name: str, dtype: DTypeLike, width: int = 0) -> NDArray[Any]:
        """The column's values, shape (rows,), or (rows, width) if a width is given; none if nothing was appended."""
        kind = np.dtype(dtype)
        rows = self._lengths.get(name, 0) // (kind.itemsize * max(width, 1))
        shape = (rows, width) if width else (rows,)
        if not rows:
            return np.zeros(shape, dtype=kind)
        # As a plain array: reading a row of a memmap object costs several times as much.
        return np.asarray(np.memmap(self._directory / name, dtype=kind, mode="r", shape=shape))

    def texts(self, name: str, *, mapped: bool = True) -> "Texts":
        """A column of texts, written with `ColumnWriter.append_texts`; a large one is better not `mapped`."""
        content = self.read(name, np.uint8) if mapped else self.pieces(name)
        return Texts(content, self.read(f"{name}.ends", np.int64))

    def pieces(self, name: str) -> "Pieces":
        """The column's bytes, to be read from the disk a piece at a time."""
        return Pieces(self._directory / name if self._lengths.get(name) else None)


class Pieces:
    """The bytes of a large file of which little is read at a time.

    Mapped into memory, all that was ever read would count as the process's own, with what lies around it.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = -1
        if path is not None:
            self._file = os.open(path, os.O_RDONLY)
            weakref.finalize(self, os.close, self._file)

    def __getitem__(self, piece: slice) -> bytes:
        """The bytes from `piece.start` to `piece.stop`."""
        return os.pread(self._file, piece.stop - piece.start, piece.start)


class Texts(Sequence[str]):
    """Texts of any length, read one at a time."""

    def __init__(self, content: NDArray[np.uint8] | Pieces, ends: NDArray[np.int64]) -> None:
        self._content = content
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: Any) -> Any:
        start = int(self._ends[place - 1]) if place else 0
        return bytes(self._content[start : int(self._ends[place])]).decode()

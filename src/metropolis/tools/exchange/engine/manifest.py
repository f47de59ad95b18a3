"""The small file that says what an index holds. Whoever replaces it has committed; nothing else counts."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from metropolis.engine_kit import Conflict, NotFound, Value
from metropolis.tools.exchange.engine.graph import GRAPH_FROM, PIECES

FORMAT = 1
NAME = "manifest.json"
PATIENCE = 120.0  # seconds to wait for another writer
PAUSE = 0.02


class Manifest(Value):
    """A committed state: which generation (directory), how many rows, and how long each of its columns is."""

    format: int = FORMAT
    generation: str
    commit: int = 0
    encoders: tuple[str, ...]
    documents: int = 0
    rows: int = 0
    dead: int = 0
    purged: int = 0
    rows_when_built: int = 0
    graph_from: int = GRAPH_FROM
    columns: dict[str, int] = {}

    @property
    def graphs(self) -> int:
        """How many graphs each encoder has."""
        return sum(name.startswith(graph_name(0, "")) for name in self.columns)

    @property
    def undrawn(self) -> tuple[int, int] | None:
        """The first row and the end of the next graph to be drawn; None if there are too few rows for one."""
        piece = max(1, self.graph_from // PIECES)
        first, end = self.graphs * piece, (self.graphs + 1) * piece
        return (first, end) if max(end, self.graph_from) <= self.rows else None


def graph_name(place: int, number: int | str) -> str:
    """The file with one of the graphs of the encoder at that place."""
    return f"encoder{place}.graph{number}"


def read_manifest(path: Path) -> Manifest:
    """The committed state of the index in `path`."""
    try:
        return Manifest.model_validate_json((path / NAME).read_bytes())
    except FileNotFoundError:
        raise NotFound(f"There is no search index in {path}: create it first.", field="path") from None
    except ValidationError as error:
        raise Conflict(f"The search index in {path} is of another version: rebuild it.", field="path") from error


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Commit: from one moment to the next, every reader sees the new state."""
    new = path / f"{NAME}.new"
    with new.open("wb") as file:
        file.write(manifest.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    new.replace(path / NAME)
    keep_on_disk(path)


def keep_on_disk(path: Path) -> None:
    """Wait until the disk has a file, or what a directory lists."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def stamp(path: Path) -> tuple[int, int, int]:
    """Changes whenever a state is committed; costs one look at the directory."""
    try:
        status = (path / NAME).stat()
    except FileNotFoundError:
        raise NotFound(f"There is no search index in {path}: create it first.", field="path") from None
    return status.st_ino, status.st_mtime_ns, status.st_size


@contextmanager
def sole_writer(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the one right to write to the index in `path`; Conflict if others keep it for `patience` seconds.

    The system gives the right back when the process that holds it ends, however it ends.
    """
    with (path / "write.lock").open("w") as file:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Conflict(f"Another process has been writing to {path} for {patience:.0f} s.") from None
                time.sleep(PAUSE)
        yield

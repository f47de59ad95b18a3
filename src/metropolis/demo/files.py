"""The files the demonstration network is read from: `data/`, all UTF-8."""

import csv
import json
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

DATA = files("metropolis.demo") / "data"
#: The vectors of all texts; `vectors.py` makes it.
VECTORS = DATA / "vectors.sqlite"


def read(name: str) -> Any:
    """The content of one JSON file."""
    return json.loads((DATA / name).read_text("utf-8"))


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file, each by its headings."""
    return list(csv.DictReader((DATA / name).read_text("utf-8").splitlines()))


def read_folder(name: str) -> Iterator[Any]:
    """The content of every JSON file of a folder, and of every line of its JSON Lines files, in the files' order."""
    for file in sorted((DATA / name).iterdir(), key=_name):
        text = file.read_text("utf-8")
        for content in text.splitlines() if file.name.endswith(".jsonl") else [text]:
            yield json.loads(content)


def _name(file: Traversable) -> str:
    return file.name

"""Reads a PDF from its standard input and tells as JSON what is in it, or the reason to refuse it.

A program of its own, started by `pdf.py`: a file made to keep a reader busy, to fill the memory or to crash it does
that to this process only. It imports nothing of the house.
"""

import contextlib
import io
import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

MEMORY = 1 << 30
OBJECTS = 500_000
#: What a page may fail with whose text cannot be read; pypdf says NotImplementedError of filters it does not know.
UNREADABLE = (PyPdfError, ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)

#: Names that stand as a key where a file holds what it must not.
KEYS = {
    "/JS": "scripts",
    "/JavaScript": "scripts",
    "/EmbeddedFiles": "embedded-files",
    "/RichMediaContent": "active-content",
    "/XFA": "active-content",
}
#: Names that stand as the kind of an object.
KINDS = {
    "/JavaScript": "scripts",
    "/Launch": "programs",
    "/EmbeddedFile": "embedded-files",
    "/GoToE": "embedded-files",
    "/SubmitForm": "sends-data",
    "/ImportData": "sends-data",
    "/RichMedia": "active-content",
    "/RichMediaExecute": "active-content",
    "/Movie": "active-content",
    "/Sound": "active-content",
    "/Rendition": "active-content",
    "/3D": "active-content",
}


def inspect(data: bytes, *, max_pages: int, max_letters: int, seconds: float) -> dict[str, Any]:
    """`{"pages", "text", "is_whole"}`, or `{"reason"}` to refuse the file."""
    until = time.monotonic() + seconds
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        return {"reason": "encrypted"}
    for found in _dictionaries(reader):
        kinds = (KINDS.get(str(found.get(name))) for name in ("/S", "/Type", "/Subtype"))
        reason = next(filter(None, (*map(KEYS.get, found), *kinds)), None)
        if reason:
            return {"reason": reason}
    pages = len(reader.pages)
    if pages > max_pages:
        return {"reason": "too-many-pages"}
    text, is_whole = _text(reader, max_letters, until)
    return {"pages": pages, "text": text, "is_whole": is_whole}


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that can be reached from the file's trailer."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            place = (one.idnum, one.generation)
            if place in seen:
                continue
            seen.add(place)
            if len(seen) > OBJECTS:
                raise ValueError
            one = one.get_object() or NullObject()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(dict.values(one))
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))


def _text(reader: PdfReader, max_letters: int, until: float) -> tuple[str, bool]:
    """The pages' text, each with its white space made single, and whether the time was enough for all the letters."""
    texts: list[str] = []
    is_whole = True
    for page in reader.pages:
        if sum(map(len, texts)) > max_letters:
            break
        is_whole = time.monotonic() < until
        if not is_whole:
            break
        with contextlib.suppress(*UNREADABLE):
            texts.append(" ".join(page.extract_text().replace("-\n", "").split()))
    readable = "\n\n".join(filter(None, texts))[:max_letters]
    return readable.encode("utf-8", "ignore").decode().replace("\0", ""), is_whole


if __name__ == "__main__":
    max_pages, max_letters, seconds, limit = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    answer = inspect(sys.stdin.buffer.read(), max_pages=max_pages, max_letters=max_letters, seconds=seconds)
    json.dump(answer, sys.stdout)

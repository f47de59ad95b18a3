"""A PDF's text and number of pages, found out in a process of its own that may neither last nor grow."""

import json
import subprocess
import sys
from pathlib import Path

from metropolis.engine_kit import InvalidInput, Value

PROGRAM = Path(__file__).with_name("pdf_program.py")


class PdfText(Value):
    """The number of pages, the text, a paragraph a page, and whether the time was enough for all of it."""

    pages: int
    text: str
    is_whole: bool


def read_pdf(
    data: bytes, *, max_pages: int = 2000, max_letters: int = 300_000, seconds: int = 10, at_most: int = 20
) -> PdfText:
    """Check a PDF and take out what text can be read by `seconds` after its beginning, in `at_most` seconds in all.

    `InvalidInput` with `data["reason"]`: `not-a-pdf`, `damaged`, `encrypted`, `scripts` (JavaScript), `programs`
    (launches one), `embedded-files`, `sends-data` (submits or imports a form), `active-content` (XFA, rich media),
    `too-many-pages`, `too-slow`. The actions are those of ISO 32000-1, 12.6.4.
    """
    if not data.startswith(b"%PDF-"):
        raise _refusal("not-a-pdf")
    limits = map(str, (max_pages, max_letters, seconds, at_most))
    # -I: nothing but the standard library and installed packages, whatever the environment says.
    command = [sys.executable, "-I", str(PROGRAM), *limits]
    try:
        answer = subprocess.run(command, input=data, capture_output=True, timeout=at_most, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise _refusal("too-slow") from error
    if answer.returncode < 0:
        raise _refusal("too-slow")  # ended by the limit on its processor time
    if answer.returncode > 0:
        raise _refusal("damaged")
    found = json.loads(answer.stdout)
    if "reason" in found:
        raise _refusal(found["reason"])
    return PdfText.model_validate(found)


def _refusal(reason: str) -> InvalidInput:
    return InvalidInput(f"The PDF is refused: {reason}.", field="file", data={"reason": reason})

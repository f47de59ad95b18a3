"""Text out of HTML, for what other platforms keep as web pages."""

import re
from html.parser import HTMLParser
from typing import Final

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|&(#\d+|#x[0-9a-fA-F]+|\w+);")
#: Elements that begin on a line of their own, and those whose content is no text.
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SILENT: Final = frozenset({"head", "script", "style", "template", "title"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's signature
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def plain_text(source: str) -> str:
    r"""The text a reader of this HTML would see, a block on each line; text without any markup stays as it is.

    Never fails and never gives markup back to be trusted: what comes out is text, to be escaped like any other.

    >>> plain_text("<p>Trees &amp; ponds<br>for <b>shade</b></p><script>alert(1)</script>")
    'Trees & ponds\nfor shade'
    >>> plain_text("more than 3 < 4\n and no markup")
    'more than 3 < 4\n and no markup'
    """
    if not _TAG.search(source):
        return source
    reader = _Reader()
    reader.feed(source)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)

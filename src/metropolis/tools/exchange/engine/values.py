"""What goes into the search index and what comes out of it."""

from pydantic import Field

from metropolis.engine_kit import Value


class LanguageText(Value):
    """One language version of a document.

    `body` holds its paragraphs or sentences in reading order. `keywords` are read with the summary and only
    quoted where there is nothing else.
    """

    language: str
    title: str
    summary: str = ""
    keywords: str = ""
    body: tuple[str, ...] = ()


class Document(Value):
    """Something to be found. The first text is the original; the others are translations.

    `id` names it for ever ("practice:bogota-ciclovia"), `kind` is a word ("practice"), `facets` are the closed terms it
    may be filtered by ({"theme": ("water", "mobility")}), `place_ids` the cities it is about. Texts are indexed apart
    and the best language version counts. `kind` and the languages of the texts are facets without being listed.
    `payload` is not searched: it comes back with each hit as it is.

    >>> Document(id="practice:x", kind="practice", texts=(LanguageText(language="en", title="Cycle Sundays"),)).id
    'practice:x'
    """

    id: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    texts: tuple[LanguageText, ...] = Field(min_length=1)
    facets: dict[str, tuple[str, ...]] = {}
    place_ids: tuple[int, ...] = ()
    payload: str = ""


class Query(Value):
    """A question in the reader's own words.

    `language` None means: detect it, in doubt in favour of the `reader`'s language. `filters` keep documents that have
    any of the values, for every facet named.
    `"quoted words"` must occur as they stand, `-word` and `NOT word` must not. An empty text lists what the filters
    keep, the newest first. Where nobody looks at them, hits need not be `quoted` (see `SearchIndex.quoted`) nor all
    facets `counted`, only those named: that is most of the work.
    """

    text: str = ""
    language: str | None = None
    reader: str = "en"
    filters: dict[str, tuple[str, ...]] = {}
    kinds: tuple[str, ...] = ()
    limit: int = Field(default=20, ge=0, le=1000)
    offset: int = Field(default=0, ge=0)
    quoted: bool = True
    counted: tuple[str, ...] | None = None


class Hit(Value):
    """One document found.

    `score` (0 to 1) is the relevance and orders the hits. `lexical` is the BM25 score, `semantic` the similarity
    corrected for hubness (see `hubness`); None where that leg did not find the document. `language` is that of the
    version which answered best. `title` and `quote`, the passage closest to the question, are that version's if it is
    in the language of the question or the reader, else those of the version in the reader's language or the original:
    `quote_language` says which. `languages` are those of all its versions.
    """

    id: str
    kind: str
    title: str
    score: float
    lexical: float | None = None
    semantic: float | None = None
    language: str
    quote: str = ""
    quote_language: str = ""
    languages: tuple[str, ...] = ()
    facets: dict[str, tuple[str, ...]] = {}
    place_ids: tuple[int, ...] = ()
    payload: str = ""


class Results(Value):
    """The hits of one page and what there is besides.

    `total` counts all documents found; `facets` says how many of them carry each value, a facet's own filter left
    aside, so that a reader sees what another choice would give. `language` is that of the query, `legs` the
    milliseconds each step took.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: dict[str, dict[str, int]] = {}
    language: str = ""
    legs: dict[str, float] = {}

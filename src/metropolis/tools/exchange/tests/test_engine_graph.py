"""The graphs that a large index is asked by: the answers of the scan, whatever changes, breaks or gets killed."""

import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from metropolis.tools.exchange.engine import Document, LanguageText, Query, QueryBank, Question, Results, SearchIndex
from metropolis.tools.exchange.engine.encoders import Encoder, Progress
from metropolis.tools.exchange.engine.manifest import read_manifest
from metropolis.tools.exchange.engine.semantic import Semantic
from metropolis.tools.exchange.tests.test_engine_index import started

ROWS = 9000
SYLLABLES = [first + second for first in "bdgklmnprst" for second in "aeiou"]
BANK = QueryBank(questions=tuple(Question(language="en", text=f"What of {one}?") for one in SYLLABLES), strength=0.5)
Filters = dict[str, tuple[str, ...]]
FILTERS: tuple[Filters, ...] = (
    {},
    {"half": ("1",)},
    {"fiftieth": ("7",)},
    {"half": ("1",), "fiftieth": ("7", "8")},
)


class Uncached:
    """Vectors made as they are asked for."""

    def encode(
        self, encoder: Encoder, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        del progress
        return encoder.encode(texts, query=query)


def sentences(count: int, seed: int) -> list[str]:
    generator = np.random.default_rng(seed)
    words = ["".join(generator.choice(SYLLABLES, size=3)) for _ in range(300)]
    return [" ".join(generator.choice(words, size=8)) for _ in range(count)]


QUESTIONS = sentences(20, seed=1)


def document(number: int, title: str) -> Document:
    facets: Filters = {"half": (str(number % 2),), "fiftieth": (str(number % 50),)}
    text = LanguageText(language="en", title=title)
    return Document(id=f"practice:{number}", kind="practice", texts=(text,), facets=facets)


def an_index(path: Path, rows: int, *encoders: str) -> SearchIndex:
    index = SearchIndex.create(path, encoders, bank=BANK, vectors=Uncached(), graph_from=rows)
    index.rebuild([document(number, title) for number, title in enumerate(sentences(rows, seed=1))])
    return index


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return an_index(tmp_path_factory.mktemp("scanned") / "index", ROWS, "hashing")


@pytest.fixture(scope="module")
def drawn(scanned: SearchIndex, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = copied(scanned, tmp_path_factory.mktemp("drawn") / "index")
    index.draw_graphs()
    assert index.snapshot().drawn == ROWS
    return index


def copied(index: SearchIndex, path: Path) -> SearchIndex:
    shutil.copytree(index.path, path)
    return SearchIndex.open(path, vectors=Uncached())


def asked(index: SearchIndex, text: str, filters: Filters | None = None) -> Results:
    return index.search(Query(text=text, language="en", filters=filters or {}))


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def nearest(index: SearchIndex, text: str) -> list[str]:
    return index.rank(text, "en", 20)["semantic"]


def graph_of(index: SearchIndex) -> Path:
    return index.path / read_manifest(index.path).generation / "encoder0.graph0"


def test_the_graphs_name_what_the_scan_finds(scanned: SearchIndex, drawn: SearchIndex) -> None:
    shared = [len({*nearest(scanned, text)} & {*nearest(drawn, text)}) for text in QUESTIONS]
    assert sum(shared) >= 0.98 * 20 * len(QUESTIONS)


def test_a_drawn_index_does_not_scan_every_row(
    drawn: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = copied(drawn, tmp_path / "index")
    scanned_rows: list[int] = []
    real = Semantic.scan

    def scan(leg: Semantic, question: NDArray[np.float32], rows: NDArray[np.int64] | None = None) -> object:
        scanned_rows.append(ROWS if rows is None else len(rows))
        return real(leg, question, rows)

    monkeypatch.setattr(Semantic, "scan", scan)
    monkeypatch.setattr("metropolis.tools.exchange.engine.snapshot.SAMPLE", 500)
    assert asked(index, QUESTIONS[0], {"half": ("1",)}).total
    assert max(scanned_rows) < 0.7 * ROWS


@pytest.mark.parametrize("filters", FILTERS)
def test_answers_scores_and_counts_are_those_of_the_scan(
    scanned: SearchIndex, drawn: SearchIndex, filters: Filters
) -> None:
    for text in QUESTIONS:
        expected, found = asked(scanned, text, filters), asked(drawn, text, filters)
        assert len({*ids(expected)} & {*ids(found)}) >= len(expected.hits) - 1
        scores = {hit.id: hit.score for hit in expected.hits}
        assert [hit.score for hit in found.hits] == pytest.approx(
            [scores.get(hit.id, hit.score) for hit in found.hits], abs=0.01
        )
        assert found.total == pytest.approx(expected.total, rel=0.02, abs=2)


def test_what_is_changed_added_or_deleted_shows_at_once(drawn: SearchIndex, tmp_path: Path) -> None:
    index = copied(drawn, tmp_path / "index")
    best, second = nearest(index, QUESTIONS[0])[:2]
    index.update([document(int(best.split(":")[1]), "Zebra crossings"), document(ROWS, QUESTIONS[0])], [second])
    assert index.snapshot().drawn == ROWS
    assert nearest(index, QUESTIONS[0])[0] == f"practice:{ROWS}"
    assert not {best, second} & {*nearest(index, QUESTIONS[0])}
    assert nearest(index, "zebra crossing")[0] == best
    assert ids(asked(index, "zebra crossing"))[0] == best


def test_a_rebuilt_index_gives_the_same_answers(drawn: SearchIndex, tmp_path: Path) -> None:
    index = copied(drawn, tmp_path / "index")
    index.rebuild()
    assert index.snapshot().drawn == 0
    index.draw_graphs()
    assert index.snapshot().drawn == ROWS
    for text in QUESTIONS[:5]:
        assert ids(asked(index, text)) == ids(asked(drawn, text))


def test_a_small_index_draws_no_graph(tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", 30, "hashing")
    small = SearchIndex.create(tmp_path / "small", ("hashing",), bank=BANK, vectors=Uncached(), graph_from=31)
    small.rebuild(document(number, text) for number, text in enumerate(sentences(30, seed=1)))
    for one in (index, small):
        one.draw_graphs()
    assert (index.snapshot().drawn, small.snapshot().drawn) == (28, 0)
    assert ids(asked(index, QUESTIONS[0])) == ids(asked(small, QUESTIONS[0]))


def test_two_encoders_have_a_graph_each(tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", 60, "hashing", "use")
    before = asked(index, QUESTIONS[0])
    index.draw_graphs()
    assert index.snapshot().drawn == 60
    after = asked(index, QUESTIONS[0])
    assert [(hit.id, hit.score) for hit in after.hits] == [(hit.id, hit.score) for hit in before.hits]


@pytest.mark.parametrize("damage", ["cut short", "overwritten", "gone"])
def test_a_damaged_graph_is_logged_and_all_rows_are_scanned(
    scanned: SearchIndex, drawn: SearchIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    index = copied(drawn, tmp_path / "index")
    caplog.set_level("WARNING")
    whole = graph_of(index).read_bytes()
    if damage == "gone":
        graph_of(index).unlink()
    else:
        broken = whole[: len(whole) // 2] if damage == "cut short" else bytes(len(whole))
        graph_of(index).write_bytes(broken)
    assert index.snapshot().drawn == 0
    assert "all rows are scanned" in caplog.text
    assert ids(asked(index, QUESTIONS[0])) == ids(asked(scanned, QUESTIONS[0]))
    index.rebuild()
    index.draw_graphs()
    assert index.snapshot().drawn == ROWS


DRAWER = """
import sys
from pathlib import Path
from metropolis.tools.exchange.engine import SearchIndex
print("begun", flush=True)
SearchIndex.open(Path(sys.argv[1])).draw_graphs()
"""


def test_a_killed_drawing_leaves_an_index_that_scans(scanned: SearchIndex, tmp_path: Path) -> None:
    index = copied(scanned, tmp_path / "index")
    drawer = started(DRAWER, str(index.path))
    assert drawer.stdout
    assert drawer.stdout.readline() == "begun\n"
    drawer.send_signal(signal.SIGKILL)
    drawer.communicate()
    graph_of(index).write_bytes(b"half a graph, as one killed while saving leaves it")
    assert index.snapshot().drawn == 0
    assert ids(asked(index, QUESTIONS[0])) == ids(asked(scanned, QUESTIONS[0]))
    index.draw_graphs()
    assert index.snapshot().drawn == ROWS


def test_a_graph_of_an_index_rebuilt_meanwhile_is_thrown_away(
    scanned: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = copied(scanned, tmp_path / "index")
    real = Semantic.draw

    def draw(leg: Semantic, first: int, end: int) -> object:
        index.rebuild([document(number, text) for number, text in enumerate(sentences(50, seed=1))])
        return real(leg, first, end)

    monkeypatch.setattr(Semantic, "draw", draw)
    index.draw_graphs()
    assert (index.snapshot().drawn, asked(index, "").total) == (0, 50)


def test_progress_counts_the_rows_drawn(tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", 30, "hashing")
    steps: list[tuple[int, int]] = []
    index.draw_graphs(progress=lambda done, total: steps.append((done, total)))
    index.draw_graphs(progress=lambda done, total: steps.append((done, total)))
    assert steps == [(7, 30), (14, 30), (21, 30), (28, 30)]


def test_rows_that_came_later_get_a_graph_without_a_rebuild(tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", 40, "hashing")
    index.draw_graphs()
    index.update([document(number, f"Late words {number}") for number in range(40, 51)])
    before = index.snapshot()
    index.draw_graphs()
    after = index.snapshot()
    assert (before.drawn, after.drawn, after.manifest.rows) == (40, 50, 51)
    assert before.manifest.generation == after.manifest.generation
    assert ids(asked(index, "late words 47"))[0] == "practice:47"


def test_while_most_rows_are_in_no_graph_all_are_scanned(tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", 40, "hashing")
    seen: list[int] = []
    index.draw_graphs(progress=lambda _done, _total: seen.append(index.snapshot().drawn))
    assert seen == [0, 0, 30, 40]

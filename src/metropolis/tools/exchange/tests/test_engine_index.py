"""The index as a store: what is written is found, at once, by everybody, whatever gets killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from metropolis.engine_kit import Conflict, NotFound
from metropolis.tools.exchange.engine import Document, LanguageText, Query, QueryBank, SearchIndex, VectorCache
from metropolis.tools.exchange.engine.encoders import HashingEncoder
from metropolis.tools.exchange.engine.manifest import read_manifest, sole_writer

SOURCE = Path(__file__).parents[4]
TOPICS = ("mobility", "water", "care")


def document(number: int, title: str = "", **changes: object) -> Document:
    words = title or f"Practice number {number} of the river city"
    fields = {
        "id": f"practice:{number}",
        "kind": "practice",
        "texts": (LanguageText(language="en", title=words, summary=f"What was done in place {number}, and why."),),
        "facets": {"topic": (TOPICS[number % 3],)},
        "place_ids": (number,),
    }
    return Document.model_validate(fields | changes)


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex.create(tmp_path / "index", ("hashing",))


def found(index: SearchIndex, text: str, **query: object) -> list[str]:
    return [hit.id for hit in index.search(Query.model_validate({"text": text, "language": "en", **query})).hits]


def test_an_empty_index_answers_with_nothing(index: SearchIndex) -> None:
    assert index.search(Query(text="anything")).total == 0
    assert index.search(Query()).total == 0


def test_opening_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="create it first"):
        SearchIndex.open(tmp_path)


def test_creating_twice_keeps_what_is_there(index: SearchIndex) -> None:
    index.update([document(1)])
    assert SearchIndex.create(index.path, ("use",)).search(Query()).total == 1


def test_a_changed_document_is_found_by_its_new_words_only(index: SearchIndex) -> None:
    index.update([document(number) for number in range(5)])
    index.update([document(3, "Zebra crossings")])
    assert found(index, "zebra crossings")[0] == "practice:3"
    assert found(index, '"number 3"') == []
    assert index.search(Query()).total == 5


def test_hits_without_quotes_are_the_same_and_can_be_quoted_later(index: SearchIndex) -> None:
    index.update([document(number) for number in range(6)])
    asked = Query(text="river city", language="en")
    whole = index.search(asked)
    bare = index.search(asked.model_copy(update={"quoted": False, "counted": ()}))
    assert {hit.quote for hit in bare.hits} == {""}
    assert (bare.total, bare.facets) == (whole.total, {})
    assert index.quoted(asked, bare.hits) == list(whole.hits)
    index.update([], deleted_ids=[bare.hits[0].id])
    assert [bool(hit.quote) for hit in index.quoted(asked, bare.hits[:2])] == [False, True]


def test_a_deleted_document_vanishes_from_hits_counts_and_lists(index: SearchIndex) -> None:
    index.update([document(number) for number in range(6)])
    index.update([], deleted_ids=["practice:3", "practice:unknown"])
    results = index.search(Query())
    assert results.total == 5
    assert results.facets["topic"] == {"mobility": 1, "water": 2, "care": 2}
    assert "practice:3" not in found(index, "practice number 3")


def test_the_same_document_deleted_and_given_is_deleted(index: SearchIndex) -> None:
    index.update([document(1), document(2)])
    index.update([document(1, "Zebra")], deleted_ids=["practice:1"])
    assert found(index, "") == ["practice:2"]


def test_an_unchanged_document_is_not_written_again(index: SearchIndex) -> None:
    index.update([document(1), document(2)])
    before = read_manifest(index.path)
    index.update([document(1), document(2)])
    assert read_manifest(index.path) == before


def test_many_changes_of_one_document_leave_one(index: SearchIndex) -> None:
    index.update([document(number) for number in range(3)])
    for turn in range(12):
        index.update([document(1, f"Turn {turn} of the tide")])
    assert found(index, '"turn 11"') == ["practice:1"]
    assert found(index, '"turn 10"') == []
    assert index.search(Query()).total == 3


def test_a_rebuild_leaves_the_dead_behind(index: SearchIndex) -> None:
    index.update([document(number) for number in range(4)])
    index.update([document(1, "Zebra crossings")], deleted_ids=["practice:2"])
    index.rebuild()
    manifest = read_manifest(index.path)
    assert (manifest.documents, manifest.dead) == (3, 0)
    assert found(index, "zebra crossings")[0] == "practice:1"
    assert [path.name for path in index.path.glob("g*")] == [manifest.generation]


def test_an_index_that_was_changed_much_says_that_a_rebuild_pays(index: SearchIndex) -> None:
    index.update([document(1)])
    assert not index.worn
    index.update([document(number) for number in range(2, 520)])
    assert index.worn
    index.rebuild()
    assert not index.worn


def test_a_second_encoder_and_another_bank_come_with_a_rebuild(index: SearchIndex) -> None:
    index.update([document(1, "Cycle lanes"), document(2, "Night buses")])
    index.rebuild(encoders=("hashing", "hashing"), bank=QueryBank(strength=0.0))
    assert index.encoders == ("hashing", "hashing")
    assert found(index, "cycle lane")[0] == "practice:1"


def test_progress_counts_the_documents_of_a_rebuild(index: SearchIndex) -> None:
    steps: list[tuple[int, int]] = []
    index.rebuild([document(number) for number in range(600)], progress=lambda done, total: steps.append((done, total)))
    assert steps == [(500, 600), (600, 600)]


def test_versions_in_other_languages_are_found_and_the_best_is_shown(index: SearchIndex) -> None:
    texts = (
        LanguageText(language="es", title="Ciclovía dominical", summary="Las avenidas se cierran a los coches."),
        LanguageText(language="en", title="Car-free Sundays", summary="The avenues are closed to cars."),
    )
    index.update([document(1, texts=texts), *(document(number) for number in range(2, 9))])
    for text, language in (("avenues closed to cars", "en"), ("avenidas cerradas a los coches", "es")):
        hit = index.search(Query(text=text)).hits[0]
        assert (hit.id, hit.language, hit.quote_language) == ("practice:1", language, language)
    assert index.search(Query(filters={"language": ("es",)})).total == 1


def test_the_quote_is_the_passage_that_answers(index: SearchIndex) -> None:
    body = (
        "The council met in spring. It heard the neighbours of the port.",
        "Old fishing boats were turned into floating gardens for schools.",
        "The mayor thanked everybody who had come to the last meeting.",
    )
    text = LanguageText(language="en", title="Harbour", summary="A plan for the harbour of the old town.", body=body)
    index.update([document(1, texts=(text,)), *(document(number) for number in range(2, 9))])
    quote = index.search(Query(text="floating school gardens on boats", language="en")).hits[0].quote
    assert quote == "Old fishing boats were turned into floating gardens for schools."


@pytest.mark.parametrize(("reader", "shown"), [("en", "en"), ("es", "es"), ("fr", "es"), ("ar", "ar")])
def test_what_answers_in_a_third_language_is_quoted_in_the_readers_or_the_original(
    index: SearchIndex, reader: str, shown: str
) -> None:
    titles = {"es": "Vías verdes", "ar": "مسارات خضراء", "en": "Green ways"}
    bodies = {
        "es": "Otra cosa distinta.",
        "ar": "استعادة القنوات وضفاف الأنهار كممرات خضراء للمشاة.",
        "en": "Something else altogether.",
    }
    texts = tuple(LanguageText(language=one, title=titles[one], body=(bodies[one],)) for one in titles)
    index.update([Document(id="x", kind="practice", texts=texts)])
    asked = Query(text="استعادة القنوات وضفاف الأنهار", language="de", reader=reader)
    hit = index.search(asked).hits[0]
    assert (hit.language, hit.quote_language, hit.title, hit.quote) == ("ar", shown, titles[shown], bodies[shown])
    later = index.search(asked.model_copy(update={"quoted": False})).hits
    assert index.quoted(asked, later)[0].quote == bodies[shown]


def test_a_quoted_phrase_must_stand_as_it_is(index: SearchIndex) -> None:
    index.update([document(1, "Water meters for free"), document(2, "Free water for schools"), document(3)])
    assert found(index, '"free water"') == ["practice:2"]
    assert found(index, '"water free"') == []


def test_excluded_words_keep_documents_out(index: SearchIndex) -> None:
    index.update([document(1, "Trams on green tracks"), document(2, "Green roofs"), document(3, "Green walls")])
    assert set(found(index, "green -trams")) == {"practice:2", "practice:3"}
    assert set(found(index, "green NOT tram NOT wall")) == {"practice:2"}
    assert set(found(index, "-tram")) == {"practice:2", "practice:3"}


def test_a_slip_of_the_pen_and_a_missing_accent_still_find(index: SearchIndex) -> None:
    index.update([document(1, "Participatory budgeting in Medellín"), *(document(number) for number in range(2, 30))])
    assert found(index, "particpatory")[0] == "practice:1"
    assert found(index, "medellin")[0] == "practice:1"


def test_kinds_and_filters_narrow_together(index: SearchIndex) -> None:
    index.update([document(number, kind="expert" if number % 2 else "practice") for number in range(12)])
    results = index.search(Query(filters={"topic": ("water", "care")}, kinds=("expert",)))
    assert results.total == 4
    assert results.facets["kind"] == {"practice": 4, "expert": 4}
    assert results.facets["topic"] == {"mobility": 2, "water": 2, "care": 2}


@pytest.mark.parametrize("text", ["river city", "practice", '"river city"', "number -7", ""])
def test_a_count_is_the_number_that_choosing_it_gives(index: SearchIndex, text: str) -> None:
    index.update([document(number, kind="expert" if number % 2 else "practice") for number in range(40)])
    results = index.search(Query(text=text, language="en", filters={"topic": ("water",)}))
    for topic, count in results.facets["topic"].items():
        assert index.search(Query(text=text, language="en", filters={"topic": (topic,)})).total == count
    for kind, count in results.facets["kind"].items():
        chosen = Query(text=text, language="en", filters={"topic": ("water",)}, kinds=(kind,))
        assert index.search(chosen).total == count


def test_a_score_does_not_depend_on_the_filters(index: SearchIndex) -> None:
    index.update([document(number) for number in range(40)])
    everywhere = {hit.id: hit.score for hit in index.search(Query(text="river city 7", limit=100)).hits}
    filtered = index.search(Query(text="river city 7", limit=100, filters={"topic": ("water",)})).hits
    assert {hit.id: hit.score for hit in filtered}.items() <= everywhere.items()


def test_pages_follow_one_another_without_gap_or_overlap(index: SearchIndex) -> None:
    index.update([document(number) for number in range(30)])
    whole = found(index, "river city", limit=30)
    pages = [found(index, "river city", limit=7, offset=offset) for offset in range(0, 35, 7)]
    assert [name for page in pages for name in page] == whole
    assert len(set(whole)) == 30


def test_an_empty_question_lists_the_newest_first(index: SearchIndex) -> None:
    for number in (4, 9, 2):
        index.update([document(number)])
    assert found(index, "") == ["practice:2", "practice:9", "practice:4"]


def test_names_of_facets_may_hold_any_character(index: SearchIndex) -> None:
    index.update([document(1, facets={"size/class.ends": ("a=b", "ü"), "empty": ()})])
    assert index.search(Query(filters={"size/class.ends": ("a=b",)})).facets["size/class.ends"] == {"a=b": 1, "ü": 1}


def test_a_writer_waits_its_turn_and_then_gives_up(index: SearchIndex) -> None:
    with (
        sole_writer(index.path),
        pytest.raises(Conflict, match="Another process"),
        sole_writer(index.path, patience=0.1),
    ):
        pass


def test_vectors_computed_once_serve_another_cache(tmp_path: Path) -> None:
    class Counting(HashingEncoder):
        asked = 0

        def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
            self.asked += len(texts)
            return super().encode(texts, query=query)

    encoder = Counting()
    first, second = VectorCache(tmp_path / "a.sqlite"), VectorCache(tmp_path / "b.sqlite")
    vectors = first.encode(encoder, ["one", "two", "one"])
    second.take_in(tmp_path / "a.sqlite")
    assert (second.encode(encoder, ["one", "two", "one"]) == vectors).all()
    assert encoder.asked == 2


# Other processes: each is a real one.

READER = """
import sys
from pathlib import Path
from metropolis.tools.exchange.engine import Query, SearchIndex
index = SearchIndex.open(Path(sys.argv[1]))
for text in sys.stdin:
    results = index.search(Query(text=text.strip(), language="en"))
    print(results.total, results.hits[0].id if results.hits else "-", flush=True)
"""
WRITER = """
import sys
from pathlib import Path
from metropolis.tools.exchange.engine import Document, SearchIndex
from metropolis.tools.exchange.tests.test_engine_index import document
index = SearchIndex.open(Path(sys.argv[1]))
turn = 0
while True:
    turn += 1
    numbers = range(turn * 10, turn * 10 + 10)
    if sys.argv[2] == "update":
        index.update([document(number) for number in numbers], [f"practice:{(turn - 1) * 10}"])
    else:
        index.rebuild([document(number) for number in range(300)])
    print(turn, flush=True)
"""


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture
def readers(index: SearchIndex) -> Iterator[list[subprocess.Popen[str]]]:
    processes = [started(READER, str(index.path)) for _ in range(2)]
    yield processes
    for process in processes:
        process.communicate()


def asked(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_two_reading_processes_see_each_change_at_once(
    index: SearchIndex, readers: list[subprocess.Popen[str]]
) -> None:
    assert [asked(reader, '"zebra crossings"') for reader in readers] == ["0 -", "0 -"]
    index.update([document(1, "Zebra crossings"), document(2)])
    assert [asked(reader, '"zebra crossings"') for reader in readers] == ["1 practice:1", "1 practice:1"]
    index.rebuild()
    assert [asked(reader, '"zebra crossings"') for reader in readers] == ["1 practice:1", "1 practice:1"]
    index.update([], deleted_ids=["practice:1"])
    assert [asked(reader, '"zebra crossings"') for reader in readers] == ["0 -", "0 -"]


@pytest.mark.parametrize("delay", [0.0, 0.013, 0.031])
@pytest.mark.parametrize("action", ["update", "rebuild"])
def test_a_killed_writer_leaves_the_last_commit_whole(index: SearchIndex, action: str, delay: float) -> None:
    index.update([document(number) for number in range(10)])
    writer = started(WRITER, str(index.path), action)
    assert writer.stdout
    committed = [int(writer.stdout.readline()) for _ in range(3)][-1]
    time.sleep(delay)  # into the midst of what follows
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate()
    committed = int(rest.split()[-1]) if rest.split() else committed

    total = index.search(Query(limit=0)).total
    names = found(index, "", limit=1000)
    # The kill may fall between a commit and the line that tells of it.
    expected = {300} if action == "rebuild" else {10 + 9 * committed, 10 + 9 * (committed + 1)}
    assert total in expected
    assert len(set(names)) == total

    index.update([document(5000, "Zebra crossings")])
    assert found(index, '"zebra crossings"') == ["practice:5000"]
    assert index.search(Query(limit=0)).total == total + 1
    assert set(found(index, "practice number", limit=1000)) <= {*names, "practice:5000"}
    index.rebuild()
    assert index.search(Query(limit=0)).total == total + 1
    assert len(list(index.path.glob("g*"))) == 1


def test_a_manifest_of_another_version_asks_for_a_rebuild(index: SearchIndex) -> None:
    (index.path / "manifest.json").write_text(json.dumps({"made by": "something else"}))
    with pytest.raises(Conflict, match="rebuild it"):
        SearchIndex.open(index.path)

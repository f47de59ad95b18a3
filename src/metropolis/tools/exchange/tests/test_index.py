"""The index follows what is done in the network: in this process, in others, and through crashes."""

import logging
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from pytest_django.fixtures import Settings

from metropolis.engine_kit import Conflict
from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.operations import change_initiative, set_initiative_visibility, switch_tool
from metropolis.tools.exchange import queries
from metropolis.tools.exchange.engine import SearchIndex
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.operations import (
    close_need,
    delete_need,
    keep_up,
    prepare_index,
    rebuild_index,
    save_vectors,
    set_need_visibility,
    take_in_changes,
    warm_vectors,
)
from metropolis.tools.exchange.operations import index as index_room
from metropolis.tools.exchange.queries import answers, points, suggestions
from metropolis.tools.exchange.tests.factories import a_need, an_initiative
from metropolis.tools.exchange.values import Question


def found(text: str = "", **filters: tuple[str, ...]) -> list[str]:
    keep_up()
    question = Question(text=text, filters=filters, kinds=tuple(record_kinds()))
    return [str(answer.reference) for answer in answers(question, language="en").answers]


def counted(facet: str) -> dict[str, int]:
    keep_up()
    return dict(answers(Question(kinds=tuple(record_kinds())), language="en").facets.get(facet, {}))


def test_what_is_published_is_found_at_once(network: Initiative) -> None:
    row = an_initiative("Night buses for women", city="Kampala")
    assert found("transport at night")[0] == f"initiative:{row.slug}"
    assert not Change.objects.exists()


def test_a_change_is_found_by_its_new_words_and_not_by_the_old(network: Initiative) -> None:
    row = an_initiative("Urban beekeeping", city="Agra")
    assert found('"beekeeping"') == [f"initiative:{row.slug}"]
    change_initiative(
        slug=row.slug, actor=row.author, fields={"title": "Rainwater tanks", "one_line": "Tanks on every school."}
    )
    assert found('"beekeeping"') == []
    assert found('"tanks"') == [f"initiative:{row.slug}"]


@pytest.mark.parametrize(
    "vanish",
    [
        lambda row: set_need_visibility(slug=row.slug, actor=row.author, visibility=Visibility.DRAFT),
        lambda row: close_need(slug=row.slug, actor=row.author, status="withdrawn"),
        lambda row: delete_need(slug=row.slug, actor=row.author),
    ],
    ids=["unpublished", "withdrawn", "deleted"],
)
def test_what_is_taken_back_vanishes_at_once_from_everywhere(
    network: Initiative, vanish: Callable[[Need], object]
) -> None:
    row = a_need(network, topics=("rivers-canals",))
    assert f"need:{row.slug}" in found("canal banks")
    vanish(row)
    assert f"need:{row.slug}" not in found("canal banks")
    assert counted("kind") == {"initiative": 1}
    assert "rivers-canals" not in counted("topic")
    assert all(answer.reference.key != row.slug for answer in suggestions("canal banks", language="en"))
    assert points(Question(text="canal banks"))["features"] == []
    assert answers(Question(text="canal banks"), language="en").cities == ()


def test_what_the_index_has_not_taken_in_yet_is_kept_out_of_answers_cities_and_map(network: Initiative) -> None:
    row = a_need(network)
    keep_up()
    set_need_visibility(slug=row.slug, actor=row.author, visibility=Visibility.DRAFT)
    late = answers(Question(text="canal banks"), language="en")
    assert late.answers == ()
    assert late.cities == ()
    assert points(Question(text="canal banks"))["features"] == []


def test_of_a_record_that_just_changed_no_old_words_are_quoted(network: Initiative) -> None:
    row = an_initiative("Canal banks", story="The keeper of the lock is Mr Example.")
    keep_up()
    told = {"story": "The lock has a keeper.", "title": "Canal banks by day", "one_line": "Closed at night."}
    change_initiative(slug=row.slug, actor=row.author, fields=told)
    (late,) = answers(Question(text='"keeper"'), language="en").answers
    assert (late.title, late.line, late.quote) == ("Canal banks by day", "Closed at night.", "")
    keep_up()
    (fresh,) = answers(Question(text='"keeper"'), language="en").answers
    assert fresh.quote == "The lock has a keeper."


def test_with_an_initiative_all_its_records_vanish_and_return(network: Initiative) -> None:
    host = an_initiative("Host")
    steward = host.author
    rows = [a_need(host, author=steward, title=f"Canal bank number {number}") for number in range(7)]
    ids = {f"need:{row.slug}" for row in rows}
    while take_in_changes():
        pass
    assert ids <= set(found("canal bank"))
    set_initiative_visibility(slug=host.slug, actor=steward, visibility=Visibility.DRAFT)
    assert not ids & set(found("canal bank"))
    assert counted("kind") == {"initiative": 1}
    set_initiative_visibility(slug=host.slug, actor=steward, visibility=Visibility.PUBLIC)
    while take_in_changes():
        pass
    assert ids <= set(found("canal bank"))


def test_a_record_the_history_does_not_know_stays_when_its_initiative_changes(network: Initiative) -> None:
    row = a_need(network)
    assert found("canal banks") == [f"need:{row.slug}"]
    Entry.objects.filter(key=row.slug).delete()
    change_initiative(slug=network.slug, actor=network.author, fields={"lead": "The association"})
    assert found("canal banks") == [f"need:{row.slug}"]
    assert not Change.objects.exists()


def test_what_a_tool_holds_vanishes_when_the_tool_is_switched_off(network: Initiative) -> None:
    host = an_initiative("Host")
    row = a_need(host, author=host.author)
    assert f"need:{row.slug}" in found("canal banks")
    switch_tool(slug=host.slug, actor=host.author, tool="exchange", on=False)
    assert f"need:{row.slug}" not in found("canal banks")


def test_a_crash_before_the_changes_are_settled_does_them_twice_and_no_harm(network: Initiative) -> None:
    row = a_need(network)
    with patch.object(index_room, "settle_changes", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        take_in_changes()
    assert Change.objects.exists()
    assert found("canal banks").count(f"need:{row.slug}") == 1
    assert not Change.objects.exists()


def test_a_turn_ends_in_time_and_the_next_goes_on(network: Initiative, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_room, "BUDGET", 0.0)
    rows = [a_need(network, title=f"Canal bank number {number}") for number in range(index_room.BATCH + 2)]
    assert take_in_changes() < len(rows) + 1
    while take_in_changes():
        pass
    assert set(found("canal bank")) == {f"need:{row.slug}" for row in rows}


def test_a_record_that_cannot_be_indexed_does_not_keep_the_others_waiting(
    network: Initiative, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = a_need(network, title="Broken"), a_need(network, title="Whole")
    real = index_room.findables

    def findables(references: list[object]) -> object:
        if any(str(reference) == f"need:{bad.slug}" for reference in references):
            raise LookupError
        return real(references)

    monkeypatch.setattr(index_room, "findables", findables)
    with caplog.at_level(logging.ERROR):
        take_in_changes()
    assert found("canal banks") == [f"need:{good.slug}"]
    assert f"need:{bad.slug} cannot be indexed" in caplog.text


def test_while_another_process_indexes_a_search_answers_from_the_index_as_it_is(
    network: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_need(network)
    keep_up()
    monkeypatch.setattr(index_room, "PATIENCE", 0.05)
    with index_room._alone(0) as alone:
        assert alone
        second = a_need(network, title="Second")
        assert found("canal banks") == [f"need:{first.slug}"]
    assert set(found("canal banks")) == {f"need:{first.slug}", f"need:{second.slug}"}


def test_before_the_first_build_a_search_says_so(db: None, search_folder: Path) -> None:
    with pytest.raises(Conflict, match="being built"):
        answers(Question(text="water"), language="en")
    keep_up()
    assert prepare_index()
    assert not prepare_index()
    assert answers(Question(text="water"), language="en").total == 0


def test_a_rebuild_finds_everything_and_forgets_what_is_gone(network: Initiative) -> None:
    rows = [a_need(network, title=f"Canal bank number {number}") for number in range(3)]
    keep_up()
    Need.objects.filter(slug=rows[0].slug).delete()  # behind the back of the operations
    assert rebuild_index() == 3
    assert set(found("canal bank")) == {f"need:{row.slug}" for row in rows[1:]}


def test_a_rebuild_that_fails_leaves_the_old_index_serving(network: Initiative) -> None:
    row = a_need(network)
    keep_up()
    with patch.object(SearchIndex, "rebuild", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        rebuild_index()
    assert found("canal banks") == [f"need:{row.slug}"]


def test_two_rebuilds_at_once_are_refused(network: Initiative) -> None:
    with index_room._alone(0), pytest.raises(Conflict, match="Another process"):
        rebuild_index()


def test_saved_vectors_spare_the_embedding(network: Initiative, tmp_path: Path, settings: Settings) -> None:
    a_need(network)
    save_vectors(tmp_path / "ready.sqlite", encoders=("use",))
    settings.SEARCH_FOLDER = tmp_path / "elsewhere"
    warm_vectors(tmp_path / "ready.sqlite")
    with patch("metropolis.tools.exchange.engine.encoders.UniversalSentenceEncoder.encode", side_effect=AssertionError):
        rebuild_index()
    assert queries.is_up_to_date()

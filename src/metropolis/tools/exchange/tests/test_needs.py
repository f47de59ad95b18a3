"""Needs and offers: who may do what, and what is found for them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.operations import change_initiative, set_initiative_visibility
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.models import Match, Need
from metropolis.tools.exchange.operations import (
    add_need,
    change_need,
    close_need,
    delete_need,
    keep_up,
    mark_match,
    match_need,
    match_waiting,
    see_matches,
    set_need_visibility,
)
from metropolis.tools.exchange.queries import findable, index, matches, need, needs, own_needs, panel
from metropolis.tools.exchange.tests.factories import PersonFactory, a_need, an_initiative, content, member_of

YESTERDAY = timezone.localdate() - timedelta(days=1)
WANTED = {"title": "Canal banks for walkers", "text": "We want to open the banks of our canals to people on foot."}


def let_pass(row: Need) -> None:
    """The day until which it is open is past now."""
    Need.objects.filter(pk=row.pk).update(open_until=YESTERDAY)


def found_for(row: Need) -> list[str]:
    return [match.reference for match in matches(row)]


def test_a_need_is_a_draft_until_it_is_published(network: Initiative) -> None:
    row = a_need(network, public=False)
    assert list(needs(None)) == []
    assert list(needs(row.author)) == [row]
    set_need_visibility(slug=row.slug, actor=row.author, visibility=Visibility.PUBLIC)
    assert list(needs(None)) == [row]


def test_every_deed_is_in_the_history_and_on_the_list_of_changes(network: Initiative) -> None:
    row = a_need(network)
    change_need(slug=row.slug, actor=row.author, content=content(title="Other title"))
    close_need(slug=row.slug, actor=row.author, status="met")
    delete_need(slug=row.slug, actor=row.author)
    verbs = list(Entry.objects.filter(key=row.slug).order_by("id").values_list("verb", flat=True))
    assert verbs == ["add_need", "change_need", "close_need", "delete_need"]
    assert Change.objects.filter(kind="need", key=row.slug).count() == 4


@pytest.mark.parametrize(
    ("told", "field"),
    [({"city": "Atlantis"}, "city"), ({"topics": ("alchemy",)}, "topics")],
)
def test_what_is_wrong_is_named(network: Initiative, told: dict[str, object], field: str) -> None:
    given = content().model_copy(update=told)
    with pytest.raises((InvalidInput, NotFound)) as refused:
        add_need(initiative=network.slug, actor=PersonFactory.create(), content=given)
    assert refused.value.field == field
    assert not Need.objects.exists()


def test_a_stranger_cannot_add_to_an_initiative_that_is_not_open(network: Initiative) -> None:
    closed = an_initiative("Closed")
    with pytest.raises(NotAllowed):
        add_need(initiative=closed.slug, actor=PersonFactory.create(), content=content())
    assert add_need(initiative=closed.slug, actor=member_of(closed, Role.CONTRIBUTOR), content=content())


@pytest.mark.parametrize(
    "deed",
    [
        lambda row, actor: change_need(slug=row.slug, actor=actor, content=content()),
        lambda row, actor: set_need_visibility(slug=row.slug, actor=actor, visibility=Visibility.DRAFT),
        lambda row, actor: close_need(slug=row.slug, actor=actor, status="met"),
        lambda row, actor: delete_need(slug=row.slug, actor=actor),
        lambda row, actor: mark_match(
            slug=row.slug, actor=actor, reference=Reference(kind="initiative", key="x"), state="kept"
        ),
    ],
    ids=["change", "unpublish", "close", "delete", "mark a match"],
)
def test_another_member_may_not_touch_it_and_a_coordinator_may(network: Initiative, deed: "object") -> None:
    row = a_need(network)
    with pytest.raises(NotAllowed):
        deed(row, PersonFactory.create())  # type: ignore[operator]
    deed(row, member_of(network, Role.COORDINATOR))  # type: ignore[operator]


@pytest.mark.parametrize(
    "told",
    [{"open_until": YESTERDAY}, {"by_when": "1999"}, {"by_when": f"{YESTERDAY:%Y-%m-%d}"}],
)
def test_a_time_that_is_past_is_refused_unless_it_was_told_in_time(
    network: Initiative, told: dict[str, object]
) -> None:
    (field,) = told
    with pytest.raises(InvalidInput) as refused:
        a_need(network, **told)
    assert refused.value.field == field
    row = a_need(network)
    with pytest.raises(InvalidInput):
        change_need(slug=row.slug, actor=row.author, content=content(**told))
    Need.objects.filter(pk=row.pk).update(**told)
    changed = change_need(slug=row.slug, actor=row.author, content=content(title="Other title", **told))
    assert changed.title == "Other title"


def test_a_time_that_lasts_until_today_or_this_year_is_taken(network: Initiative) -> None:
    assert a_need(network, open_until=YESTERDAY + timedelta(days=1), by_when=str(timezone.localdate().year))


def test_what_was_open_until_yesterday_is_neither_published_nor_opened_again_nor_found(network: Initiative) -> None:
    row = a_need(network, **WANTED)
    keep_up()
    let_pass(row)
    assert list(findable("need")) == []
    assert list(needs(None, status="open")) == []
    for deed in (
        lambda: set_need_visibility(slug=row.slug, actor=row.author, visibility=Visibility.PUBLIC),
        lambda: close_need(slug=row.slug, actor=row.author, status="open"),
    ):
        with pytest.raises(InvalidInput) as refused:
            deed()
        assert refused.value.field == "open_until"
    close_need(slug=row.slug, actor=row.author, status="met")
    assert [found.reference.key for found in findable("need")] == [row.slug]


def test_what_is_open_no_longer_leaves_the_index_by_itself(network: Initiative) -> None:
    row = a_need(network, **WANTED)
    keep_up()
    assert f"need:{row.slug}" in index().ids({"status": ("open",)})
    let_pass(row)
    match_waiting()
    keep_up()
    assert index().ids({"status": ("open",)}) == []
    match_waiting()
    assert not Change.objects.exists()


def test_a_draft_cannot_be_reached_by_others(network: Initiative) -> None:
    row = a_need(network, public=False)
    for viewer in (None, PersonFactory.create()):
        with pytest.raises(NotFound):
            need(row.slug, viewer)


def test_a_need_stays_a_need(network: Initiative) -> None:
    row = a_need(network)
    with pytest.raises(InvalidInput) as refused:
        change_need(slug=row.slug, actor=row.author, content=content(kind="offer"))
    assert refused.value.field == "kind"


def test_a_title_that_is_an_address_of_the_room_gets_another_slug(network: Initiative) -> None:
    assert {a_need(network, title="Add").slug, a_need(network, title="Mine").slug} == {"add-2", "mine-2"}


def test_a_new_need_is_matched_at_once_with_what_is_there(network: Initiative) -> None:
    answer = an_initiative(
        "Green ways along canals", city="Santiago", story="We opened the banks of our canals to people on foot."
    )
    keep_up()
    row = a_need(network, **WANTED)
    assert found_for(row) == [f"initiative:{answer.slug}"]
    (match,) = matches(row)
    assert match.quote == "We opened the banks of our canals to people on foot."
    assert match.fit is not None
    assert match.is_new


def test_of_a_match_no_words_are_shown_that_it_says_no_longer(network: Initiative) -> None:
    said = "We opened the banks of our canals to people on foot."
    answer = an_initiative("Green ways along canals", city="Santiago", story=said)
    keep_up()
    row = a_need(network, **WANTED)
    assert [match.quote for match in matches(row)] == [said]
    assert answer.author is not None
    change_initiative(slug=answer.slug, actor=answer.author, fields={"story": "The canals are closed."})
    assert [match.quote for match in matches(row)] == [""]


def test_an_offer_finds_the_needs_and_a_need_the_offers(network: Initiative) -> None:
    wanted = a_need(network, **WANTED)
    keep_up()
    offered = a_need(network, kind="offer", city="Kampala", **WANTED)
    keep_up()
    assert found_for(offered) == [f"need:{wanted.slug}"]
    assert found_for(wanted) == [f"offer:{offered.slug}"]


def test_a_new_entry_is_matched_with_the_open_needs(network: Initiative) -> None:
    row = a_need(network, **WANTED)
    other = a_need(network, title="School meals", text="We want to cook school meals from local farms.")
    keep_up()
    answer = an_initiative("Green ways along canals", story="We opened the banks of our canals to people on foot.")
    keep_up()
    assert found_for(row) == [f"initiative:{answer.slug}"]
    assert found_for(other) == []


@pytest.mark.parametrize("closed", ["met", "expired"])
def test_a_need_that_is_not_open_any_more_is_left_alone(network: Initiative, closed: str) -> None:
    row = a_need(network, **WANTED)
    if closed == "met":
        close_need(slug=row.slug, actor=row.author, status="met")
    else:
        let_pass(row)
    keep_up()
    an_initiative("Green ways along canals", story="We opened the banks of our canals to people on foot.")
    keep_up()
    assert found_for(row) == []


def test_what_was_set_aside_stays_so_and_comes_last(network: Initiative) -> None:
    best = an_initiative("Canal banks for walkers", story="We opened the banks of our canals to people on foot.")
    an_initiative("Walkers on canal banks and squares", story="The banks of our canals are open to people.")
    keep_up()
    row = a_need(network, **WANTED)
    assert found_for(row)[0] == f"initiative:{best.slug}"
    mark_match(slug=row.slug, actor=row.author, reference=Reference.parse(f"initiative:{best.slug}"), state="dismissed")
    match_need(slug=row.slug)
    kept, aside = matches(row, set_aside=True)
    assert (kept.state, aside.state, aside.reference) == ("new", "dismissed", f"initiative:{best.slug}")
    assert found_for(row) == [kept.reference]


def test_a_match_that_is_no_longer_public_is_not_shown(network: Initiative) -> None:
    answer = an_initiative("Canal banks for walkers", story="We opened the banks of our canals to people on foot.")
    keep_up()
    row = a_need(network, **WANTED)
    assert found_for(row)
    set_initiative_visibility(slug=answer.slug, actor=answer.author, visibility=Visibility.DRAFT)
    assert found_for(row) == []


def test_matches_are_new_until_the_author_has_looked(network: Initiative) -> None:
    an_initiative("Canal banks for walkers", story="We opened the banks of our canals to people on foot.")
    keep_up()
    row = a_need(network, **WANTED)
    assert own_needs(row.author).get().new_matches == 1
    see_matches(slug=row.slug, actor=PersonFactory.create())
    assert own_needs(row.author).get().new_matches == 1
    see_matches(slug=row.slug, actor=row.author)
    assert own_needs(row.author).get().new_matches == 0
    with CaptureQueriesContext(connection) as caught:
        see_matches(slug=row.slug, actor=row.author)
    assert not [query for query in caught if query["sql"].startswith("UPDATE")]


def test_what_could_not_be_matched_at_once_is_matched_later(network: Initiative) -> None:
    an_initiative("Canal banks for walkers", story="We opened the banks of our canals to people on foot.")
    keep_up()
    row = a_need(network, **WANTED)
    Match.objects.all().delete()
    Need.objects.update(matched_at=None)
    assert match_waiting() == 1
    assert match_waiting() == 0
    assert found_for(row)


def test_any_number_of_matches_takes_the_same_number_of_queries(network: Initiative) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            matches(row)
        return len(caught)

    row = a_need(network, **WANTED)
    an_initiative(
        "Canal banks for walkers 0", story="We opened the banks of our canals to people on foot.", city="Agra"
    )
    keep_up()
    one = count()
    assert len(matches(row)) == 1
    for number in (1, 2):
        an_initiative(
            f"Canal banks for walkers {number}",
            story="We opened the banks of our canals to people on foot.",
            city="Kampala",
        )
    keep_up()
    assert len(matches(row)) == 3
    assert count() == one


def test_any_number_of_needs_takes_the_same_number_of_queries(network: Initiative) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            list(findable("need"))
            panel(network.pk, None)
            list(needs(None))
        return len(caught)

    a_need(network)
    one = count()
    for number in (1, 2):
        a_need(network, title=f"Need {number}", city="Kampala", topics=("water",))
    assert count() == one


def test_lists_are_narrowed_by_kind_status_topic_and_country(network: Initiative) -> None:
    first = a_need(network, topics=("rivers-canals",))
    offer = a_need(network, kind="offer", city="Kampala")
    close_need(slug=offer.slug, actor=offer.author, status="met")
    assert list(needs(None, kind="need")) == [first]
    assert list(needs(None, status="met")) == [offer]
    assert list(needs(None, topic="rivers-canals")) == [first]
    assert list(needs(None, country="UG")) == [offer]


def test_a_city_with_needs_is_kept(network: Initiative) -> None:
    from django.db.models import ProtectedError  # noqa: PLC0415 - only here

    a_need(network)
    with pytest.raises(ProtectedError):
        City.objects.all().delete()

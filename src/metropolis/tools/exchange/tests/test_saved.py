"""Saved searches, and what their owners and those of needs are told."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.following.models import Notice
from metropolis.foundation.following.operations import follow, tell_news, unfollow
from metropolis.foundation.following.queries import described, own_follows
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.operations import change_initiative, set_initiative_visibility
from metropolis.tools.exchange.models import SavedSearch
from metropolis.tools.exchange.operations import (
    change_search,
    delete_search,
    keep_up,
    match_search,
    match_waiting,
    rebuild_index,
    save_search,
)
from metropolis.tools.exchange.operations.saved import MOST
from metropolis.tools.exchange.queries import saved_search, saved_searches
from metropolis.tools.exchange.tests.factories import PersonFactory, a_city, a_need, an_initiative
from metropolis.tools.exchange.values import Question

WALKERS = "canal banks opened to people on foot"
STORY = "The banks of the canals were opened to people on foot, with trees and benches."


def a_search(person: Person | None = None, **asked: object) -> SavedSearch:
    question = Question.model_validate({"text": WALKERS, **asked})
    return save_search(person=person or PersonFactory.create(), name="Walkers", query="q=canals", question=question)


def catch_up() -> None:
    """What the process that follows the changes does."""
    keep_up()
    while match_waiting():
        pass


def told(person: Person) -> list[str]:
    return [str(row.reference) for row in Notice.objects.filter(person=person).order_by("pk")]


def test_what_comes_to_answer_a_saved_search_is_told_once(network: Initiative) -> None:
    before = an_initiative("Canal banks of old", story=STORY)
    keep_up()
    row = a_search()
    found = an_initiative("Canal banks for walkers", story=STORY)
    an_initiative("Accounting software of the tax office", story="Invoices are kept for ten years.")
    catch_up()
    assert told(row.person) == [f"initiative:{found.slug}"]
    Notice.objects.update(read_at="2026-01-01T00:00Z")
    for initiative in (before, found):
        change_initiative(slug=initiative.slug, actor=initiative.author, fields={"seeks": "Partners"})
    catch_up()
    assert told(row.person) == [f"initiative:{found.slug}"]


def test_filters_are_kept_to(network: Initiative) -> None:
    row = a_search(text="", filters={"country": ("CL",)})
    an_initiative("Canals of Rosario", city="Rosario")
    chile = an_initiative("Canals of Santiago", city="Santiago")
    catch_up()
    assert told(row.person) == [f"initiative:{chile.slug}"]


def test_kinds_are_kept_to(network: Initiative) -> None:
    row = a_search(text="", kinds=("need",))
    an_initiative("Canals of Rosario")
    need = a_need(network)
    catch_up()
    assert told(row.person) == [f"need:{need.slug}"]


def test_what_is_withdrawn_before_it_is_told_is_not_told(network: Initiative) -> None:
    row = a_search()
    found = an_initiative("Canal banks for walkers", story=STORY)
    set_initiative_visibility(slug=found.slug, actor=found.author, visibility=Visibility.DRAFT)
    catch_up()
    assert told(row.person) == []


def test_nobody_is_told_of_their_own_record_nor_of_a_search_they_stopped_following(network: Initiative) -> None:
    found = an_initiative("Canal banks for walkers", story=STORY)
    own, stopped = a_search(found.author), a_search()
    for row in (own, stopped):
        SavedSearch.objects.filter(pk=row.pk).update(known=[])
    unfollow(person=stopped.person, reference=Reference(kind="search", key=str(stopped.pk)))
    catch_up()
    assert told(own.person) == told(stopped.person) == []


def test_a_search_that_asks_something_else_begins_anew(network: Initiative) -> None:
    row = a_search(text="tax office invoices")
    an_initiative("Canal banks for walkers", story=STORY)
    catch_up()
    change_search(search=row.pk, person=row.person, name="Canals", query="q=canals", question=Question(text=WALKERS))
    catch_up()
    assert told(row.person) == []
    row.refresh_from_db()
    assert (row.name, row.get_absolute_url()) == ("Canals", "/search/?q=canals")


def test_a_worker_killed_while_it_tells_loses_and_doubles_nothing(network: Initiative) -> None:
    row = a_search()
    an_initiative("Canal banks for walkers", story=STORY)
    keep_up()

    def killed() -> None:
        with transaction.atomic():
            match_search(search=row.pk)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert told(row.person) == []
    catch_up()
    match_search(search=row.pk)
    assert len(told(row.person)) == 1


def test_a_search_is_its_owners_alone(network: Initiative) -> None:
    row, stranger = a_search(), PersonFactory.create()
    reference = Reference(kind="search", key=str(row.pk))
    for attempt in (
        lambda: saved_search(row.pk, stranger),
        lambda: change_search(search=row.pk, person=stranger, name="Mine"),
        lambda: delete_search(search=row.pk, person=stranger),
        lambda: follow(person=stranger, reference=reference),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert described(None, [reference]) == {}
    delete_search(search=row.pk, person=row.person)
    assert not saved_searches(row.person)
    assert not own_follows(row.person)


def test_a_search_has_a_name_and_one_person_keeps_so_many(network: Initiative) -> None:
    row = a_search()
    with pytest.raises(InvalidInput, match="name"):
        change_search(search=row.pk, person=row.person, name=" ")
    SavedSearch.objects.bulk_create(SavedSearch(person=row.person, name="x", question={}) for _ in range(MOST - 1))
    with pytest.raises(Conflict):
        a_search(row.person)


def test_a_search_saved_while_the_index_is_built_is_tried_later(db: None, search_folder: object) -> None:
    row = a_search()
    assert (row.known, row.matched_at) == (None, None)


def test_new_matches_of_a_need_are_told_to_its_author_but_not_those_on_the_page(network: Initiative) -> None:
    an_initiative("Canal banks of old", story=STORY)
    keep_up()
    need = a_need(network)
    assert told(need.author) == []
    found = an_initiative("Canal banks for walkers", story=STORY)
    catch_up()
    assert told(need.author) == [f"initiative:{found.slug}"]


def test_followers_of_a_city_and_of_a_topic_are_told_of_a_record_there(network: Initiative) -> None:
    city, topic = PersonFactory.create(), PersonFactory.create()
    follow(person=city, reference=Reference(kind="city", key=str(a_city("Rosario").pk)))
    code = Term.objects.filter(vocabulary="topic").values_list("code", flat=True)[0]
    follow(person=topic, reference=Reference(kind="topic", key=code))
    need = a_need(network, city="Rosario", topics=(code,))
    tell_news()
    assert told(city) == told(topic) == [f"need:{need.slug}"]


def test_what_is_followed_here_is_described_or_left_out(network: Initiative) -> None:
    keys = {"city": (str(a_city("Agra").pk), "1" * 30, "²", "1"), "topic": ("none",), "search": ("1", "x")}
    references = [Reference(kind=kind, key=key) for kind, several in keys.items() for key in several]
    found = described(PersonFactory.create(), references)
    assert [(one.title, one.kind) for one in found.values()] == [("Agra, India", "City")]


def test_listing_takes_as_many_queries_for_three_searches_as_for_one(network: Initiative) -> None:
    person = PersonFactory.create()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            list(saved_searches(person))
            described(person, [Reference(kind=row.kind, key=row.key) for row in own_follows(person)])
        return len(captured)

    a_search(person)
    first = queries()
    a_search(person)
    a_search(person)
    assert queries() == first


def test_what_arrives_while_the_index_is_built_anew_is_told_as_well(network: Initiative) -> None:
    row = a_search()
    found = an_initiative("Canal banks for walkers", story=STORY)
    rebuild_index()
    catch_up()
    assert told(row.person) == [f"initiative:{found.slug}"]

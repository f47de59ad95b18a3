"""Lists, filters, what is offered to search, and how few queries it takes."""

from collections.abc import Callable, Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.access import needs
from metropolis.foundation.workspaces.cards import record_kinds, visible_references
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts import operations, queries
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.tests.factories import content, knows, publish_expert, spoken
from metropolis.tools.experts.values import ExpertFilters, ShownExpert

ALL = dict.fromkeys(
    ("name", "role", "organisation", "city", "bio", "languages", "methods", "regions", "evidence", "availability"),
    "public",
)


def slugs(found: Iterable[ShownExpert]) -> set[str]:
    return {expert.slug for expert in found}


@pytest.mark.parametrize(
    ("consents", "title"),
    [
        (("name", "role", "organisation"), "Ada Ejemplo"),
        (("role", "organisation"), "Engineer, City of Rosario"),
        (("role",), "Engineer"),
        (("organisation",), "Expert in Mobility and transport"),
        ((), "Expert in Mobility and transport"),
    ],
)
def test_a_title_tells_as_much_as_is_shared(initiative: Initiative, consents: tuple[str, ...], title: str):
    shared = dict.fromkeys(consents, "public")
    slug, _person = publish_expert(initiative, shared, role="Engineer", organisation="City of Rosario")
    assert queries.expert(slug, None).title == title
    (found,) = queries.findable([slug])
    assert found.texts[0].title == title


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.DRAFT, {"expert", "coordinator"}),
        (Visibility.INTERNAL, {"expert", "coordinator", "initiative member"}),
        (Visibility.PUBLIC, {"expert", "coordinator", "initiative member", "member", "visitor"}),
    ],
)
def test_a_profile_is_known_to_those_its_visibility_says(
    initiative: Initiative, visibility: Visibility, readers: set[str]
):
    slug, person = publish_expert(initiative)
    Expert.objects.update(visibility=visibility)
    people = {
        "visitor": None,
        "member": PersonFactory.create(),
        "initiative member": member_of(initiative, Role.VIEWER),
        "coordinator": member_of(initiative, Role.COORDINATOR),
        "expert": person,
    }
    for reader, viewer in people.items():
        known = reader in readers
        assert (slug in slugs(queries.experts(viewer))) == known, reader
        assert queries.visible_keys(viewer, [slug]) == ({slug} if known else set())
        if not known:
            with pytest.raises(NotFound):
                queries.expert(slug, viewer)
    offered = [found.reference.key for found in queries.findable()]
    assert offered == ([slug] if visibility == Visibility.PUBLIC else [])


def test_a_tool_that_is_switched_off_or_a_hidden_initiative_hides_its_experts(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    reference = Reference(kind="expert", key=slug)
    assert visible_references(None, [reference]) == {reference}
    Initiative.objects.update(visibility=Visibility.INTERNAL)
    assert (slugs(queries.experts(None)), list(queries.findable())) == (set(), [])
    Initiative.objects.update(visibility=Visibility.PUBLIC)
    ToolInUse.objects.filter(tool="experts").delete()
    assert (slugs(queries.experts(None)), list(queries.findable())) == (set(), [])
    assert visible_references(None, [reference]) == set()


def test_an_expert_appears_once_whatever_else_the_initiative_uses(initiative: Initiative):
    _slug, person = publish_expert(initiative)
    assert (len(queries.experts(None)), len(queries.experts(person))) == (1, 1)


def test_filters_narrow_together_and_their_counts_follow_the_other_filters(initiative: Initiative):
    CityFactory.create(name="Lima", country="PE")
    CityFactory.create(name="Dakar", country="SN")
    lima, _person = publish_expert(
        initiative, ALL, topics=knows("water", "heat"), city="Lima, PE", languages=[spoken("es")], regions=["005"],
        availability="available",
    )  # fmt: skip
    dakar, _person = publish_expert(
        initiative, ALL, topics=knows("water"), city="Dakar, SN", languages=[spoken("fr"), spoken("es")],
        regions=["011", "005"], availability="not_now",
    )  # fmt: skip

    def found(**filters: tuple[str, ...]) -> set[str]:
        return slugs(queries.experts(None, ExpertFilters(**filters)))

    assert found() == found(topic=("water",)) == found(topic=("heat", "water")) == {lima, dakar}
    assert found(topic=("heat",)) == found(country=("PE",)) == found(availability=("available",)) == {lima}
    assert found(language=("fr",)) == found(region=("011",)) == {dakar}
    assert found(topic=("heat",), language=("fr",)) == set()
    assert found(topic=("unheard-of",)) == set()

    facets = queries.facets(None, ExpertFilters(country=("PE",)))
    counts = {name: {facet.value: facet.count for facet in values} for name, values in facets.items()}
    assert counts["topic"] == {"water": 1, "heat": 1, "climate": 1}
    assert counts["country"] == {"PE": 1, "SN": 1}
    assert counts["language"] == {"es": 1}
    assert {facet.label for facet in facets["country"]} == {"Peru", "Senegal"}


def test_what_search_gets_is_what_everybody_may_read(initiative: Initiative):
    city = CityFactory.create(name="Lima", country="PE")
    slug, _person = publish_expert(
        initiative, ALL, role="Engineer", city="Lima, PE", bio="Uno.\n\nDos.", methods="Tres.", language="es",
        topics=knows("rivers-canals"),
    )  # fmt: skip
    (found,) = queries.findable([slug])
    assert (found.reference, found.workspace) == (Reference(kind="expert", key=slug), initiative.slug)
    assert (found.city_ids, found.involvement, found.topics) == ((city.pk,), "knows", ("rivers-canals",))
    (text,) = found.texts
    assert (text.language, text.title) == ("es", "Ada Ejemplo")
    assert (text.summary, text.keywords) == ("Engineer", "Ríos, canales y riberas")
    assert text.paragraphs == ("Uno.", "Dos.", "Tres.")
    assert not found.is_demonstration
    unknown = {fact.label for fact in found.facts if fact.text is None}
    assert unknown == {"Languages", "Regions worked in", "Availability", "Fee"}


def test_an_invented_expert_is_marked_as_such(initiative: Initiative):
    coordinator = member_of(initiative, Role.COORDINATOR)
    slug = operations.add_expert(
        initiative=initiative.slug, actor=coordinator, content=content(), is_fictional=True, slug="invented-1"
    )
    operations.set_expert_visibility(slug=slug, actor=coordinator, visibility=Visibility.PUBLIC)
    (found,) = queries.findable()
    assert (found.reference.key, found.is_demonstration) == ("invented-1", True)


def test_findable_reads_all_batches(initiative: Initiative, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("metropolis.tools.experts.queries.finding.BATCH", 2)
    published = {publish_expert(initiative)[0] for _number in range(5)}
    assert {found.reference.key for found in queries.findable()} == published


def test_the_panel_of_an_initiative_tells_titles_and_the_number(initiative: Initiative):
    for _number in range(7):
        publish_expert(initiative)
    panel = queries.panel(initiative.pk, None)
    assert (panel.total, len(panel.records)) == (7, 6)
    assert panel.records[0][0] == "Expert in Mobility and transport"


def _read_list() -> None:
    list(queries.experts(None)[:20])


def _read_list_as_a_coordinator() -> None:
    list(queries.experts(Expert.objects.select_related("person").earliest("pk").person)[:20])


def _read_facets() -> None:
    queries.facets(None, ExpertFilters(topic=("water",)))


def _read_findable() -> None:
    list(queries.findable())


@pytest.mark.parametrize("read", [_read_list, _read_list_as_a_coordinator, _read_facets, _read_findable])
def test_three_experts_take_no_more_queries_than_one(initiative: Initiative, read: Callable[[], None]):
    CityFactory.create(name="Lima", country="PE")

    def add() -> None:
        publish_expert(
            initiative, ALL, city="Lima, PE", languages=[spoken("es")], regions=["005"], topics=knows("water", "heat"),
            evidence=[{"reference": f"initiative:{initiative.slug}"}],
        )  # fmt: skip

    def count() -> int:
        with CaptureQueriesContext(connection) as taken:
            read()
        return len(taken)

    add()
    with_one = count()
    add()
    add()
    assert count() == with_one


def test_the_card_offers_its_kind_and_its_rights():
    assert record_kinds()["expert"].visible is queries.visible_keys
    assert needs()["experts.validate_topic"].least == Role.COORDINATOR

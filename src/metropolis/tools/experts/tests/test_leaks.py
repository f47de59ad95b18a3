"""Nothing personal reaches anybody it is not shared with: every part, every consent, every reader, every door."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.history.queries import entries
from metropolis.foundation.records.queries import links_from
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts import queries
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.operations import ask_expert, delete_expert, give_consent, withdraw_consent
from metropolis.tools.experts.queries.reading import _personal
from metropolis.tools.experts.tests.factories import HomeFactory, publish_expert
from metropolis.tools.experts.values import ExpertFilters, Shared, ShownExpert

ADDRESS = "reach-me@secret.example"
#: What gives each part away, on a page and in JSON; words that stand nowhere else.
MARKS: dict[str, tuple[str, ...]] = {
    "name": ("Quillonvarga",),
    "role": ("Chieffloodwarden",),
    "organisation": ("Bureauofmarks",),
    "city": ("Xantopolis",),
    "bio": ("biographymark",),
    "languages": ("Basque", '"eu"'),
    "methods": ("methodmark",),
    "regions": ("Melanesia", '"054"'),
    "evidence": ("Evidencemark", "notemark"),
    "availability": ("Available for little", '"limited"', "availmark", "With or without a fee", '"either"'),
    "conflicts": ("conflictmark",),
}
READERS = ("visitor", "member", "initiative member", "expert", "coordinator", "editor")
INSIDERS = {"expert", "coordinator", "editor"}


class Scene(NamedTuple):
    slug: str
    expert: Person
    people: dict[str, Person | None]


@pytest.fixture
def scene(initiative: Initiative) -> Scene:
    CityFactory.create(name="Xantopolis", country="FJ", slug="xantopolis-fj")
    shown_work = HomeFactory.create(title="Evidencemark", slug="some-work")
    slug, expert = publish_expert(
        initiative,
        name="Quillonvarga",
        role="Chieffloodwarden",
        organisation="Bureauofmarks",
        city="Xantopolis, FJ",
        bio="biographymark",
        language="gl",
        languages=[{"language": "eu", "level": "B2"}],
        methods="methodmark",
        regions=["054"],
        evidence=[{"reference": f"initiative:{shown_work.slug}", "note": "notemark"}],
        availability="limited",
        availability_note="availmark",
        fee_kind="either",
        conflicts="conflictmark",
        contact_email=ADDRESS,
    )
    people = {
        "visitor": None,
        "member": PersonFactory.create(),
        "initiative member": member_of(initiative, Role.CONTRIBUTOR),
        "expert": expert,
        "coordinator": member_of(initiative, Role.COORDINATOR),
        "editor": PersonFactory.create(network_role=NetworkRole.EDITOR),
    }
    return Scene(slug, expert, people)


def doors(slug: str, viewer: Person | None) -> Iterator[tuple[str, str]]:
    """Everything a viewer can read of an expert, by the name of the door."""
    client = Client()
    if viewer is not None:
        client.force_login(viewer)

    def get(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.content.decode()

    yield "page", get(reverse("experts:expert", args=[slug]))
    yield "list", get(reverse("experts:experts"))
    yield "API", get(f"/api/experts/{slug}")
    yield "API list", get("/api/experts")
    row = Expert.objects.get()
    panel = queries.panel(row.initiative_id, viewer)
    yield "panel", f"{panel.records}"
    facets = queries.facets(viewer, ExpertFilters())
    yield "facets", json.dumps({name: [facet.model_dump() for facet in found] for name, found in facets.items()})
    if viewer is None:
        (found,) = queries.findable([slug])
        yield "search", found.model_dump_json()


def found_marks(text: str) -> set[str]:
    return {part for part, marks in MARKS.items() if any(mark in text for mark in marks)}


@pytest.mark.parametrize(("part", "audience"), list(itertools.product(MARKS, ["", "members", "public"])))
def test_a_part_reaches_its_audience_and_nobody_else(scene: Scene, part: str, audience: str):
    if audience:
        give_consent(slug=scene.slug, actor=scene.expert, field=part, audience=audience)
    for reader in READERS:
        wide_enough = audience == "public" or (audience == "members" and reader != "visitor")
        expected = {part} if wide_enough else set()
        seen = set()
        for door, text in doors(scene.slug, scene.people[reader]):
            if reader in INSIDERS:
                continue
            assert found_marks(text) <= expected, f"{reader} at the {door}"
            assert ADDRESS not in text, f"{reader} at the {door}"
            seen |= found_marks(text)
        if reader not in INSIDERS:
            assert seen == expected, reader


def test_the_language_of_a_profile_is_told_only_with_words_in_it(scene: Scene):
    give_consent(slug=scene.slug, actor=scene.expert, field="name", audience="public")
    texts = [text for _door, text in doors(scene.slug, None)]
    assert not [text for text in texts if re.search(r"\bgl\b", text)]
    give_consent(slug=scene.slug, actor=scene.expert, field="bio", audience="public")
    texts = dict(doors(scene.slug, None))
    assert [door for door in ("page", "API", "search") if re.search(r"\bgl\b", texts[door])] == [
        "page",
        "API",
        "search",
    ]


@pytest.mark.parametrize("reader", sorted(INSIDERS))
def test_insiders_see_all_of_it(scene: Scene, reader: str):
    text = dict(doors(scene.slug, scene.people[reader]))
    assert found_marks(text["page"]) == found_marks(text["API"]) == set(MARKS)
    assert ADDRESS in text["page"]
    assert ADDRESS not in text["API"] + text["API list"] + text["list"]


@pytest.mark.parametrize("part", MARKS)
def test_to_withdraw_takes_effect_at_every_door_at_once(scene: Scene, part: str):
    give_consent(slug=scene.slug, actor=scene.expert, field=part, audience="public")
    withdraw_consent(slug=scene.slug, actor=scene.expert, field=part)
    for _door, text in doors(scene.slug, None):
        assert found_marks(text) == set()


@pytest.mark.parametrize("pose", ["visitor", "member"])
def test_an_insider_can_see_the_page_as_others_do(scene: Scene, client: Client, pose: str):
    give_consent(slug=scene.slug, actor=scene.expert, field="bio", audience="members")
    client.force_login(scene.expert)
    text = client.get(reverse("experts:expert", args=[scene.slug]), {"as": pose}).content.decode()
    assert found_marks(text) == ({"bio"} if pose == "member" else set())
    assert ADDRESS not in text


@pytest.mark.parametrize("pose", ["insider", "expert", "coordinator", "member", "visitor"])
def test_nobody_sees_more_by_posing(scene: Scene, client: Client, pose: str):
    member = scene.people["member"]
    assert member is not None
    client.force_login(member)
    text = client.get(reverse("experts:expert", args=[scene.slug]), {"as": pose}).content.decode()
    assert found_marks(text) == set()
    assert "as others see it" not in text


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("language", "eu", "languages"),
        ("region", "054", "regions"),
        ("country", "FJ", "city"),
        ("availability", "limited", "availability"),
    ],
)
def test_a_filter_does_not_find_by_what_is_not_shared(scene: Scene, client: Client, name: str, value: str, part: str):
    def count() -> int:
        return int(client.get("/api/experts", {name: value}).json()["count"])

    assert count() == 0
    assert queries.facets(None, ExpertFilters())[name] == []
    give_consent(slug=scene.slug, actor=scene.expert, field=part, audience="members")
    assert count() == 0
    give_consent(slug=scene.slug, actor=scene.expert, field=part, audience="public")
    assert count() == 1


def test_the_address_of_a_page_tells_no_name(scene: Scene):
    assert found_marks(scene.slug) == set()
    assert scene.slug.startswith("mobility-")


def test_history_tells_neither_whose_profile_it_is_nor_what_it_says(scene: Scene, initiative: Initiative):
    give_consent(slug=scene.slug, actor=scene.expert, field="contact", audience="members")
    ask_expert(slug=scene.slug, actor=scene.people["member"], message="messagemark")
    assert entries(workspace=initiative.slug) == []
    assert scene.expert.name not in Client().get(initiative.get_absolute_url()).content.decode()
    of_profile = entries(reference=Reference(kind="expert", key=scene.slug))
    assert {entry.verb for entry in of_profile} >= {"add_expert", "give_consent", "set_expert_visibility"}
    told = json.dumps([entry.data for entry in of_profile])
    assert found_marks(told.replace('"languages"', "")) == set()
    assert "messagemark" not in told


def test_links_to_the_work_shown_stand_only_while_everybody_may_know(scene: Scene):
    def links() -> list[Reference]:
        return links_from(Reference(kind="expert", key=scene.slug))

    assert links() == []
    give_consent(slug=scene.slug, actor=scene.expert, field="evidence", audience="public")
    assert links() == [Reference(kind="initiative", key="some-work")]
    give_consent(slug=scene.slug, actor=scene.expert, field="evidence", audience="members")
    assert links() == []
    give_consent(slug=scene.slug, actor=scene.expert, field="evidence", audience="public")
    delete_expert(slug=scene.slug, actor=scene.expert)
    assert links() == []


def test_work_that_is_not_public_itself_is_shown_to_insiders_only(scene: Scene):
    give_consent(slug=scene.slug, actor=scene.expert, field="evidence", audience="public")
    Initiative.objects.filter(slug="some-work").update(visibility="draft")
    assert queries.expert(scene.slug, None).evidence == ()
    assert [shows.title for shows in queries.expert(scene.slug, scene.expert).evidence] == ["initiative:some-work"]


def test_the_coordinator_who_validated_is_named_to_insiders_only(scene: Scene, client: Client):
    coordinator = scene.people["coordinator"]
    assert coordinator is not None
    client.force_login(coordinator)
    address = reverse("experts:validate", args=[scene.slug, "mobility"])
    client.post(address, {"level": 2, "expires_on": "2027-01-01"})
    told = {reader: "".join(text for _door, text in doors(scene.slug, scene.people[reader])) for reader in READERS}
    # The visitor's page names nobody; a signed-in reader's header names the reader.
    assert coordinator.name not in told["visitor"] + told["member"] + told["initiative member"]
    assert coordinator.name in told["expert"]


def test_an_error_about_a_profile_names_nobody(scene: Scene):
    assert found_marks(repr(Expert.objects.get()) + str(Expert.objects.get())) == set()


def test_every_part_but_the_contact_and_the_evidence_is_opened_by_its_consent(scene: Scene):
    opened = _personal(Expert.objects.get())
    assert set(Shared) - set(opened) == {Shared.CONTACT, Shared.EVIDENCE}
    always = {
        "slug", "url", "title", "initiative", "initiative_title", "topics", "language", "is_fictional", "visibility",
        "takes_requests", "may", "consents", "contact_email", "evidence",
    }  # fmt: skip
    by_consent = {name for values in opened.values() for name in values}
    assert always | by_consent == set(ShownExpert.model_fields)


def test_closing_the_account_takes_the_profile_along(scene: Scene):
    scene.expert.delete()
    assert Expert.objects.count() == 0
    assert list(queries.findable()) == []

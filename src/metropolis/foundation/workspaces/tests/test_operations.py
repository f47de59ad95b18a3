from typing import Any

import pytest
import time_machine

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed, editor
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.records.models import Follow, Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces import operations
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Initiative, Invitation, Member, Partner
from metropolis.foundation.workspaces.queries import deeds, initiative_texts
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db

FIELDS = {"title": "Green ways", "one_line": "River banks become ways for walkers."}


def start(**told: Any) -> Initiative:
    return operations.start_initiative(author=PersonFactory.create(), fields=FIELDS | told)


def test_an_initiative_starts_as_a_draft_with_its_author_as_steward():
    city = CityFactory.create()
    author = PersonFactory.create()
    row = operations.start_initiative(
        author=author, fields=FIELDS, cities=[city], partners=[Partner(city=city, part="hosts")], tools=["barometer"]
    )
    assert row.slug == "green-ways"
    assert row.visibility == Visibility.DRAFT
    assert Member.objects.get(initiative=row, person=author).role == Role.STEWARD
    assert [partner.part for partner in row.partners.all()] == ["hosts"]
    assert Entry.objects.get(verb="start_initiative").workspace == "green-ways"
    assert Change.objects.filter(kind="initiative", key="green-ways").exists()


def test_two_initiatives_of_one_title_have_different_addresses():
    assert [start().slug, start().slug] == ["green-ways", "green-ways-2"]


@pytest.mark.parametrize("title", ["Add", "Invitations", "Mine", "Rights"])
def test_an_initiative_never_takes_the_address_of_a_page(title: str):
    assert start(title=title).slug == f"{title.lower()}-2"


def test_an_initiative_takes_over_nothing_from_a_deleted_one_of_its_address():
    before = start()
    operations.translate_initiative(
        slug=before.slug, actor=before.author, language="es", fields={"title": "Secreto"}, origin="author"
    )
    operations.delete_initiative(slug=before.slug, actor=before.author)
    row = start()
    assert row.slug == before.slug
    assert initiative_texts([row], "es")[row.slug].fields["title"] == row.title
    deeds_told = deeds(open_workspace(row.slug, viewer=row.author))
    assert [deed.entry.actor for deed in deeds_told] == [row.author]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": ""}, "title"),
        ({"started_on": "soon"}, "started_on"),
        ({"status": "asleep"}, "status"),
        ({"links": [{"title": "Here", "url": "javascript:alert(1)"}]}, "links"),
        ({"links": [{"title": "Here", "url": "https://example.org", "colour": "red"}]}, "links"),
        ({"figures": [{"label": "Length", "text": ""}]}, "figures"),
        ({"figures": "1,500 km"}, "figures"),
        ({"sources": [{"title": "Plan", "url": "data:text/html,x"}]}, "sources"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(told: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as refusal:
        start(**told)
    assert refusal.value.field == field
    assert not Initiative.objects.exists()


def test_an_unknown_tool_is_refused():
    with pytest.raises(InvalidInput, match="no tool 'hammer'"):
        operations.start_initiative(author=PersonFactory.create(), fields=FIELDS, tools=["hammer"])


def test_a_coordinator_changes_an_initiative_and_the_history_keeps_what_was_before():
    row = InitiativeFactory.create(title="Old title")
    city = CityFactory.create()
    actor = member_of(row, Role.COORDINATOR)
    operations.change_initiative(
        slug=row.slug,
        actor=actor,
        fields={"title": "New title"},
        cities=[city],
        partners=[Partner(organisation="Club")],
    )
    row.refresh_from_db()
    assert row.title == "New title"
    assert list(row.cities.all()) == [city]
    assert [str(partner) for partner in row.partners.all()] == ["Club"]
    assert Entry.objects.get(verb="change_initiative").data == {"before": {"title": "Old title"}}


def test_what_is_not_given_stays():
    row = InitiativeFactory.create()
    row.cities.set([CityFactory.create()])
    Partner.objects.create(initiative=row, organisation="Club")
    operations.change_initiative(slug=row.slug, actor=editor(), fields={"seeks": "Partners"})
    assert row.cities.count() == row.partners.count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_who_only_contributes_may_not_change_publish_or_translate(role: Role):
    row = InitiativeFactory.create()
    actor = member_of(row, role)
    attempts = [
        lambda: operations.change_initiative(slug=row.slug, actor=actor, fields={"title": "Mine"}),
        lambda: operations.set_initiative_visibility(slug=row.slug, actor=actor, visibility=Visibility.DRAFT),
        lambda: operations.translate_initiative(
            slug=row.slug, actor=actor, language="es", fields={"title": "Mío"}, origin="author"
        ),
        lambda: operations.set_tools(slug=row.slug, actor=actor, tools=[]),
        lambda: operations.switch_tool(slug=row.slug, actor=actor, tool="barometer", on=True),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="Coordinator"):
            attempt()
    assert Entry.objects.count() == 0


def test_a_coordinator_is_not_a_steward():
    row = InitiativeFactory.create()
    actor, person = member_of(row, Role.COORDINATOR), member_of(row, Role.VIEWER)
    attempts = [
        lambda: operations.set_role(slug=row.slug, actor=actor, person=actor, role=Role.STEWARD),
        lambda: operations.remove_member(slug=row.slug, actor=actor, person=person),
        lambda: operations.stop_initiative(slug=row.slug, actor=actor, on="2020", why="No money."),
        lambda: operations.delete_initiative(slug=row.slug, actor=actor),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="Steward"):
            attempt()


def test_a_stranger_learns_nothing_of_a_draft():
    row = InitiativeFactory.create(visibility=Visibility.DRAFT)
    with pytest.raises(NotFound):
        operations.change_initiative(slug=row.slug, actor=PersonFactory.create(), fields={"title": "Mine"})


def test_an_open_initiative_lets_members_of_the_network_contribute_but_not_rule():
    row = InitiativeFactory.create(is_open=True)
    with pytest.raises(NotAllowed):
        operations.change_initiative(slug=row.slug, actor=PersonFactory.create(), fields={"title": "Mine"})


def test_the_last_steward_can_neither_step_down_nor_leave():
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    with pytest.raises(Conflict, match="needs a steward"):
        operations.set_role(slug=row.slug, actor=steward, person=steward, role=Role.VIEWER)
    with pytest.raises(Conflict, match="needs a steward"):
        operations.remove_member(slug=row.slug, actor=steward, person=steward)
    other = member_of(row, Role.VIEWER)
    operations.set_role(slug=row.slug, actor=steward, person=other, role=Role.STEWARD)
    operations.remove_member(slug=row.slug, actor=steward, person=steward)
    assert [member.person for member in row.members.all()] == [other]


def invited(**told: Any) -> Invitation:
    row = InitiativeFactory.create()
    asked = {"slug": row.slug, "actor": member_of(row, Role.STEWARD), "email": "officer@example.org"}
    return operations.invite_member(**asked | {"role": Role.CONTRIBUTOR} | told)


def test_only_who_has_confirmed_the_address_accepts_an_invitation():
    asked = invited()
    person, stranger = PersonFactory.create(email="officer@example.org"), confirmed(PersonFactory.create())
    for other in (person, stranger):
        with pytest.raises(NotFound):
            operations.accept_invitation(invitation_id=asked.pk, person=other)
    operations.accept_invitation(invitation_id=asked.pk, person=confirmed(person))
    assert asked.initiative.members.get(person=person).role == Role.CONTRIBUTOR
    with pytest.raises(NotFound):
        operations.accept_invitation(invitation_id=asked.pk, person=person)


def test_an_invitation_ends_after_two_weeks_and_is_sent_again_by_inviting_again():
    asked = invited()
    person = confirmed(PersonFactory.create(email="officer@example.org"))
    with time_machine.travel(asked.expires_at, tick=False):
        with pytest.raises(NotFound):
            operations.accept_invitation(invitation_id=asked.pk, person=person)
        again = {"slug": asked.initiative.slug, "actor": asked.invited_by, "email": "OFFICER@example.org"}
        operations.invite_member(**again, role=Role.VIEWER)
        operations.accept_invitation(invitation_id=asked.pk, person=person)
    assert asked.initiative.members.get(person=person).role == Role.VIEWER
    assert Mail.objects.filter(to=person.email).count() == 2


def test_an_invitation_takes_no_right_from_a_member():
    asked = invited(role=Role.VIEWER)
    person = confirmed(PersonFactory.create(email="officer@example.org"))
    Member.objects.create(initiative=asked.initiative, person=person, role=Role.COORDINATOR)
    operations.accept_invitation(invitation_id=asked.pk, person=person)
    assert asked.initiative.members.get(person=person).role == Role.COORDINATOR


def test_who_is_a_steward_no_more_leaves_no_invitation_of_a_steward_behind():
    asked = invited(role=Role.STEWARD)
    steward, slug = member_of(asked.initiative, Role.STEWARD), asked.initiative.slug
    operations.set_role(slug=slug, actor=steward, person=asked.invited_by, role=Role.VIEWER)
    assert not asked.initiative.invitations.exists()


def test_a_member_is_not_invited_and_somebody_else_gets_no_role():
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    with pytest.raises(Conflict):
        operations.invite_member(slug=row.slug, actor=steward, email=steward.email.upper(), role=Role.VIEWER)
    with pytest.raises(InvalidInput) as refusal:
        operations.invite_member(slug=row.slug, actor=steward, email="nobody", role=Role.VIEWER)
    assert refusal.value.field == "email"
    with pytest.raises(NotFound):
        operations.set_role(slug=row.slug, actor=steward, person=PersonFactory.create(), role=Role.VIEWER)


def test_a_history_tells_nothing_of_who_was_invited():
    asked = invited()
    told = [deed.entry.verb for deed in deeds(open_workspace(asked.initiative.slug, viewer=editor()))]
    assert told == []
    assert "officer@example.org" not in str(Entry.objects.get(verb="invite_member").data)


def test_everybody_may_leave():
    row = InitiativeFactory.create()
    person = member_of(row, Role.VIEWER)
    operations.remove_member(slug=row.slug, actor=person, person=person)
    assert not row.members.exists()


def test_who_is_no_member_cannot_be_removed():
    row = InitiativeFactory.create()
    with pytest.raises(NotFound):
        operations.remove_member(slug=row.slug, actor=member_of(row, Role.STEWARD), person=PersonFactory.create())


def test_exactly_the_chosen_tools_are_on_and_each_change_is_noted():
    row = InitiativeFactory.create()
    row.tools_in_use.create(tool="map")
    row.tools_in_use.create(tool="fund")
    operations.set_tools(slug=row.slug, actor=member_of(row, Role.COORDINATOR), tools=["map", "barometer"])
    assert {use.tool for use in row.tools_in_use.all()} == {"map", "barometer"}
    changes = Entry.objects.filter(verb="switch_tool").order_by("pk")
    assert [entry.data for entry in changes] == [{"tool": "barometer", "on": True}, {"tool": "fund", "on": False}]


def test_an_initiative_is_stopped_with_the_reason_and_not_without():
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    with pytest.raises(InvalidInput, match="why it stopped"):
        operations.stop_initiative(slug=row.slug, actor=steward, on="2020-05", why=" ")
    operations.stop_initiative(slug=row.slug, actor=steward, on="2020-05", why="The grant ended.")
    row.refresh_from_db()
    assert (row.status, row.ended_on, row.stopped_why) == ("stopped", "2020-05", "The grant ended.")


def test_an_initiative_that_holds_records_is_not_deleted():
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    Publication.objects.create(initiative=row, slug="report", title="Report")
    with pytest.raises(Conflict, match="Publications"):
        operations.delete_initiative(slug=row.slug, actor=steward)
    Publication.objects.all().delete()
    Follow.objects.create(kind="initiative", key=row.slug, person=steward)
    operations.delete_initiative(slug=row.slug, actor=steward)
    assert not Follow.objects.exists()
    assert not Initiative.objects.exists()
    assert Entry.objects.get(verb="delete_initiative").key == row.slug


def test_a_translation_keeps_its_origin_and_goes_stale_with_the_original():
    row = InitiativeFactory.create(title="Green ways")
    steward = member_of(row, Role.STEWARD)
    operations.translate_initiative(
        slug=row.slug, actor=steward, language="es", fields={"title": "Vías verdes"}, origin="machine"
    )
    kept = Translation.objects.get(kind="initiative", key=row.slug)
    assert (kept.text, kept.origin, kept.author) == ("Vías verdes", "machine", steward)


def test_the_original_is_no_translation():
    row = InitiativeFactory.create(language="en")
    with pytest.raises(InvalidInput, match="language of the original"):
        operations.translate_initiative(
            slug=row.slug, actor=editor(), language="en", fields={"title": "Other"}, origin="author"
        )

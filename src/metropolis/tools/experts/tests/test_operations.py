"""Adding, changing, sharing, validating, asking and deleting, and who may not."""

from datetime import date, timedelta

import pydantic
import pytest
from django.db import IntegrityError, transaction
from time_machine import TimeMachineFixture

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.history.models import Change
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, Member, ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts import operations, queries
from metropolis.tools.experts.models import Consent, ContactRequest, Expert, Topic
from metropolis.tools.experts.operations.requests import MOST_A_DAY, MOST_TO_ONE_A_DAY
from metropolis.tools.experts.tests.factories import content, publish_expert

TODAY = date(2026, 6, 1)
NEXT_YEAR = date(2027, 6, 1)


@pytest.fixture
def coordinator(initiative: Initiative) -> Person:
    return member_of(initiative, Role.COORDINATOR)


@pytest.fixture(autouse=True)
def _a_fixed_day(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(TODAY)


# Adding


def test_a_new_profile_is_a_draft_that_shares_nothing(initiative: Initiative):
    person = PersonFactory.create()
    slug = operations.add_expert(initiative=initiative.slug, actor=person, content=content())
    row = Expert.objects.get(slug=slug)
    assert (row.visibility, row.person, row.author) == (Visibility.DRAFT, person, person)
    assert not row.consents.exists()
    with pytest.raises(NotFound):
        queries.expert(slug, None)


def test_everything_typed_in_comes_out_again(initiative: Initiative):
    city = CityFactory.create(name="Rosario", country="AR", division="Santa Fe")
    told = content(
        role="Engineer",
        organisation="City of Rosario",
        city="Rosario, AR",
        bio="I plan green corridors.",
        language="es",
        languages=[{"language": "es", "level": "native"}, {"language": "pt", "level": "B2"}],
        topics=[{"topic": "walking", "level": 4}, {"topic": "water", "level": 2}],
        methods="Walks with residents.",
        regions=["005", "013"],
        evidence=[{"reference": f"initiative:{initiative.slug}", "note": "I led it."}],
        availability="limited",
        availability_note="Two days a month.",
        fee_kind="pro_bono",
        conflicts="None.",
        contact_email="ada@example.org",
    )
    person = PersonFactory.create()
    slug = operations.add_expert(initiative=initiative.slug, actor=person, content=told)
    assert queries.profile_input(slug, person) == told.model_copy(update={"city": city.label})


def test_nobody_has_two_profiles(initiative: Initiative):
    _slug, person = publish_expert(initiative)
    with pytest.raises(Conflict, match="already"):
        operations.add_expert(initiative=initiative.slug, actor=person, content=content())


def test_a_coordinator_adds_somebody_without_an_account(initiative: Initiative, coordinator: Person):
    slug = operations.add_expert(
        initiative=initiative.slug, actor=coordinator, content=content(), consents={"name": "public"}, is_own=False
    )
    assert Expert.objects.get(slug=slug).person is None
    operations.set_expert_visibility(slug=slug, actor=coordinator, visibility=Visibility.PUBLIC)
    assert queries.expert(slug, None).title == "Ada Ejemplo"


@pytest.mark.parametrize("told", [{"is_own": False}, {"is_fictional": True}])
def test_only_a_coordinator_adds_somebody_else(initiative: Initiative, told: dict[str, bool]):
    with pytest.raises(NotAllowed, match="Coordinator"):
        operations.add_expert(initiative=initiative.slug, actor=PersonFactory.create(), content=content(), **told)
    assert not Expert.objects.exists()


def test_a_profile_needs_an_initiative_that_uses_the_tool(initiative: Initiative):
    ToolInUse.objects.filter(tool="experts").delete()
    with pytest.raises(NotFound):
        operations.add_expert(initiative=initiative.slug, actor=PersonFactory.create(), content=content())


def test_only_contributors_add_to_an_initiative_that_is_not_open(initiative: Initiative):
    Initiative.objects.update(is_open=False)
    with pytest.raises(NotAllowed):
        operations.add_expert(initiative=initiative.slug, actor=member_of(initiative, Role.VIEWER), content=content())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"city": "Nowhere, AR"}, "city"),
        ({"topics": [{"topic": "alchemy", "level": 1}]}, "topics"),
        ({"regions": ["999"]}, "regions"),
        ({"evidence": [{"reference": "practice:not-there"}]}, "evidence"),
        ({"evidence": [{"reference": "unheard:of"}]}, "evidence"),
        ({"contact_email": "not an address"}, "contact_email"),
    ],
)
def test_what_does_not_exist_is_refused_by_field_and_nothing_is_kept(
    initiative: Initiative, told: dict[str, object], field: str
):
    with pytest.raises((InvalidInput, NotFound)) as refusal:
        operations.add_expert(initiative=initiative.slug, actor=PersonFactory.create(), content=content(**told))
    assert refusal.value.field == field
    assert not Expert.objects.exists()


@pytest.mark.parametrize(
    "told",
    [
        {"name": ""},
        {"topics": []},
        {"topics": [{"topic": "water", "level": 5}]},
        {"topics": [{"topic": "water", "level": 1}, {"topic": "water", "level": 2}]},
        {"languages": [{"language": "es", "level": "fluent"}]},
        {"languages": [{"language": "es", "level": "C1"}, {"language": "es", "level": "C2"}]},
        {"regions": ["005", "005"]},
        {"evidence": [{"reference": "nothing"}]},
        {"fee_kind": "gold"},
        {"unknown": "field"},
    ],
)
def test_input_of_the_wrong_form_is_refused(told: dict[str, object]):
    with pytest.raises((pydantic.ValidationError, InvalidInput)):
        content(**told)


# Changing


def test_a_topic_that_stays_keeps_its_validation_and_one_that_goes_loses_it(
    initiative: Initiative, coordinator: Person
):
    slug, person = publish_expert(initiative, topics=[{"topic": "water", "level": 2}, {"topic": "heat", "level": 2}])
    for topic in ("water", "heat"):
        operations.validate_topic(slug=slug, topic=topic, actor=coordinator, level=3, expires_on=NEXT_YEAR)
    changed = content(topics=[{"topic": "water", "level": 4}])
    operations.change_expert(slug=slug, actor=person, content=changed)
    (topic,) = queries.expert(slug, None).topics
    assert (topic.code, topic.declared_level, topic.level, topic.is_validated) == ("water", 4, 3, True)
    operations.change_expert(slug=slug, actor=person, content=content(topics=[{"topic": "heat", "level": 2}]))
    assert not queries.expert(slug, None).topics[0].is_validated


def test_a_change_without_consents_leaves_those_given(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public"})
    operations.change_expert(slug=slug, actor=person, content=content(name="Ada Nueva"))
    assert queries.expert(slug, None).name == "Ada Nueva"


def test_a_refused_change_changes_nothing(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public", "bio": "public"}, bio="Before.")
    with pytest.raises(NotFound):
        operations.change_expert(
            slug=slug, actor=person, content=content(bio="After.", city="Nowhere, AR"), consents={"name": ""}
        )
    found = queries.expert(slug, None)
    assert (found.name, found.bio) == ("Ada Ejemplo", "Before.")


def test_others_do_not_change_a_profile(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    for role in (Role.VIEWER, Role.CONTRIBUTOR):
        other = member_of(initiative, role)
        with pytest.raises(NotAllowed):
            operations.change_expert(slug=slug, actor=other, content=content(name="Somebody else"))
        with pytest.raises(NotAllowed):
            operations.delete_expert(slug=slug, actor=other)
        with pytest.raises(NotAllowed):
            queries.profile_input(slug, other)


def test_what_one_says_of_oneself_can_be_taken_back_whatever_becomes_of_the_initiative(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public"})
    Initiative.objects.update(is_open=False, visibility=Visibility.DRAFT)
    ToolInUse.objects.filter(tool="experts").delete()
    assert queries.expert(slug, person).name
    operations.withdraw_consent(slug=slug, actor=person, field="name")
    operations.set_expert_visibility(slug=slug, actor=person, visibility=Visibility.DRAFT)
    operations.delete_expert(slug=slug, actor=person)
    assert not Expert.objects.exists()


# Consent


def test_a_consent_keeps_the_day_it_was_given_until_it_changes(
    initiative: Initiative, time_machine: TimeMachineFixture
):
    slug, person = publish_expert(initiative, {"name": "members"})
    time_machine.move_to(NEXT_YEAR)
    operations.change_expert(slug=slug, actor=person, content=content(), consents={"name": "members"})
    assert Consent.objects.get().given_on == TODAY
    operations.give_consent(slug=slug, actor=person, field="name", audience="public")
    assert Consent.objects.get().given_on == NEXT_YEAR


def test_only_the_expert_widens_what_is_shared_but_a_coordinator_may_withdraw(
    initiative: Initiative, coordinator: Person
):
    slug, person = publish_expert(initiative, {"name": "members"})
    with pytest.raises(NotAllowed, match="Only the expert"):
        operations.give_consent(slug=slug, actor=coordinator, field="name", audience="public")
    with pytest.raises(NotAllowed):
        operations.withdraw_consent(slug=slug, actor=member_of(initiative, Role.CONTRIBUTOR), field="name")
    operations.withdraw_consent(slug=slug, actor=coordinator, field="name")
    assert queries.expert(slug, PersonFactory.create()).name == ""
    operations.give_consent(slug=slug, actor=person, field="name", audience="public")
    assert queries.expert(slug, None).name == "Ada Ejemplo"


def test_withdrawing_twice_is_no_error(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public"})
    for _time in range(2):
        operations.withdraw_consent(slug=slug, actor=person, field="name")
    assert queries.expert(slug, None).name == ""


def test_a_withdrawal_is_told_to_the_search_index(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public"})
    Change.objects.all().delete()
    operations.withdraw_consent(slug=slug, actor=person, field="name")
    assert list(Change.objects.values_list("kind", "key")) == [("expert", slug)]


@pytest.mark.parametrize(("field", "audience"), [("shoe_size", "public"), ("name", "the moon"), ("contact", "public")])
def test_a_consent_that_does_not_exist_is_refused(initiative: Initiative, field: str, audience: str):
    slug, person = publish_expert(initiative)
    with pytest.raises(InvalidInput):
        operations.give_consent(slug=slug, actor=person, field=field, audience=audience)


def test_the_database_itself_refuses_requests_from_the_public(initiative: Initiative):
    publish_expert(initiative)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(expert=Expert.objects.get(), field="contact", audience="public", given_on=TODAY)


# Publishing


def test_only_the_expert_publishes_but_a_coordinator_may_take_back(initiative: Initiative, coordinator: Person):
    person = PersonFactory.create()
    slug = operations.add_expert(initiative=initiative.slug, actor=person, content=content())
    for visibility in (Visibility.PUBLIC, Visibility.INTERNAL):
        with pytest.raises(NotAllowed, match="Only the expert"):
            operations.set_expert_visibility(slug=slug, actor=coordinator, visibility=visibility)
    operations.set_expert_visibility(slug=slug, actor=person, visibility=Visibility.PUBLIC)
    operations.set_expert_visibility(slug=slug, actor=coordinator, visibility=Visibility.DRAFT)
    with pytest.raises(NotFound):
        queries.expert(slug, None)


def test_who_may_no_longer_contribute_does_not_publish(initiative: Initiative):
    slug, person = publish_expert(initiative)
    operations.set_expert_visibility(slug=slug, actor=person, visibility=Visibility.DRAFT)
    Initiative.objects.update(is_open=False)
    with pytest.raises(NotAllowed):
        operations.set_expert_visibility(slug=slug, actor=person, visibility=Visibility.PUBLIC)


# Validating


def test_a_validation_counts_until_its_last_day(
    initiative: Initiative, coordinator: Person, time_machine: TimeMachineFixture
):
    slug, _person = publish_expert(initiative, topics=[{"topic": "water", "level": 4}])
    operations.validate_topic(slug=slug, topic="water", actor=coordinator, level=2, expires_on=NEXT_YEAR)
    (topic,) = queries.expert(slug, None).topics
    assert (topic.level, topic.declared_level, topic.is_validated, topic.validated_by) == (2, 4, True, "")
    time_machine.move_to(NEXT_YEAR + timedelta(days=1))
    (topic,) = queries.expert(slug, None).topics
    assert (topic.level, topic.is_validated, topic.has_expired) == (4, False, True)


def test_a_validation_can_be_withdrawn(initiative: Initiative, coordinator: Person):
    slug, _person = publish_expert(initiative)
    operations.validate_topic(slug=slug, topic="mobility", actor=coordinator, level=2, expires_on=NEXT_YEAR)
    operations.withdraw_validation(slug=slug, topic="mobility", actor=coordinator)
    (topic,) = queries.expert(slug, None).topics
    assert (topic.level, topic.is_validated, topic.has_expired, topic.expires_on) == (3, False, False, None)


def test_nobody_validates_themselves_or_without_the_right(initiative: Initiative):
    slug, person = publish_expert(initiative)
    told = {"slug": slug, "topic": "mobility", "level": 4, "expires_on": NEXT_YEAR}
    with pytest.raises(NotAllowed, match="Coordinator"):
        operations.validate_topic(actor=member_of(initiative, Role.CONTRIBUTOR), **told)
    Member.objects.create(initiative=initiative, person=person, role=Role.STEWARD)
    with pytest.raises(NotAllowed, match="their own"):
        operations.validate_topic(actor=person, **told)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level": 0}, "level"),
        ({"level": 5}, "level"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": date(2032, 1, 1)}, "expires_on"),
        ({"validated_on": date(2026, 6, 2)}, "validated_on"),
        ({"topic": "water"}, "topic"),
    ],
)
def test_a_validation_has_a_level_a_term_and_a_topic(
    initiative: Initiative, coordinator: Person, changed: dict[str, object], field: str
):
    slug, _person = publish_expert(initiative)
    told = {"topic": "mobility", "level": 3, "expires_on": NEXT_YEAR} | changed
    with pytest.raises((InvalidInput, NotFound)) as refusal:
        operations.validate_topic(slug=slug, actor=coordinator, **told)  # type: ignore[arg-type]  # that is the test
    assert refusal.value.field == field


def test_the_database_itself_refuses_half_a_validation(initiative: Initiative):
    publish_expert(initiative)
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.update(validated_level=3)


# Asking


def test_a_request_is_read_by_the_expert_and_nobody_else(initiative: Initiative, coordinator: Person):
    slug, person = publish_expert(initiative, {"contact": "members"})
    sender = PersonFactory.create()
    operations.ask_expert(slug=slug, actor=sender, message="  May we visit?  ")
    (request,) = queries.contact_requests(slug, person)
    assert (request.message, request.sender, request.sender_email) == ("May we visit?", sender.name, sender.email)
    for other in (None, sender, coordinator):
        assert queries.contact_requests(slug, other) == []


def test_coordinators_read_the_requests_to_somebody_without_an_account(initiative: Initiative, coordinator: Person):
    slug = operations.add_expert(
        initiative=initiative.slug, actor=coordinator, content=content(), consents={"contact": "members"}, is_own=False
    )
    operations.set_expert_visibility(slug=slug, actor=coordinator, visibility=Visibility.PUBLIC)
    sender = PersonFactory.create()
    operations.ask_expert(slug=slug, actor=sender, message="May we visit?")
    assert len(queries.contact_requests(slug, coordinator)) == 1
    assert queries.contact_requests(slug, sender) == []


def test_an_expert_who_takes_no_requests_gets_none(initiative: Initiative):
    slug, person = publish_expert(initiative, {"contact": "members"})
    operations.withdraw_consent(slug=slug, actor=person, field="contact")
    with pytest.raises(NotAllowed, match="no requests"):
        operations.ask_expert(slug=slug, actor=PersonFactory.create(), message="Hello")


def test_visitors_and_the_expert_do_not_write_to_the_expert(initiative: Initiative):
    slug, person = publish_expert(initiative, {"contact": "members"})
    with pytest.raises(NotAllowed, match="Sign in"):
        operations.ask_expert(slug=slug, actor=None, message="Hello")
    with pytest.raises(InvalidInput, match="your own"):
        operations.ask_expert(slug=slug, actor=person, message="Hello")


@pytest.mark.parametrize("message", ["", "   ", "x" * 2001])
def test_a_message_is_neither_empty_nor_endless(initiative: Initiative, message: str):
    slug, _person = publish_expert(initiative, {"contact": "members"})
    with pytest.raises(InvalidInput):
        operations.ask_expert(slug=slug, actor=PersonFactory.create(), message=message)


def test_a_sender_writes_to_one_expert_and_in_all_only_so_often_a_day(
    initiative: Initiative, time_machine: TimeMachineFixture
):
    sender = PersonFactory.create()
    slugs = [publish_expert(initiative, {"contact": "members"})[0] for _number in range(MOST_A_DAY)]
    for _number in range(MOST_TO_ONE_A_DAY):
        operations.ask_expert(slug=slugs[0], actor=sender, message="Hello")
    with pytest.raises(Conflict, match="tomorrow"):
        operations.ask_expert(slug=slugs[0], actor=sender, message="Hello")
    for slug in slugs[1 : MOST_A_DAY - MOST_TO_ONE_A_DAY + 1]:
        operations.ask_expert(slug=slug, actor=sender, message="Hello")
    assert ContactRequest.objects.count() == MOST_A_DAY
    with pytest.raises(Conflict, match="tomorrow"):
        operations.ask_expert(slug=slugs[-1], actor=sender, message="Hello")
    operations.ask_expert(slug=slugs[-1], actor=PersonFactory.create(), message="Hello")
    time_machine.move_to(TODAY + timedelta(days=2))
    operations.ask_expert(slug=slugs[-1], actor=sender, message="Hello")

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metropolis.engine_kit import Conflict, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.documents.operations import (
    change_publication,
    delete_publication,
    set_publication_visibility,
)
from metropolis.foundation.documents.tests.factories import content, publish
from metropolis.foundation.following import operations
from metropolis.foundation.following.models import Notice
from metropolis.foundation.following.operations import follow, notify, tell_news, unfollow
from metropolis.foundation.following.operations.follows import MOST
from metropolis.foundation.following.queries import is_following, notices, told
from metropolis.foundation.history.models import Untold
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.models import Follow
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.operations import set_initiative_visibility
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


def at(row: Initiative) -> Reference:
    return Reference(kind="initiative", key=row.slug)


def follower_of(*references: Reference) -> Person:
    person = PersonFactory.create()
    for reference in references:
        follow(person=person, reference=reference)
    return person


def said(person: Person) -> list[tuple[str, str]]:
    """What a person was told, oldest first."""
    return [(row.what, str(row.reference)) for row in reversed(notices(person))]


def test_a_record_that_is_published_in_a_followed_initiative_is_told_once_as_new():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    report = publish(row)
    while tell_news():
        pass
    assert said(person) == [("new", f"publication:{report.slug}")]
    assert not Untold.objects.exists()
    assert tell_news() == 0


def test_a_draft_is_told_of_when_it_is_published_and_not_before():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    report = publish(row, Visibility.DRAFT)
    tell_news()
    assert said(person) == []
    set_publication_visibility(slug=report.slug, actor=report.author, visibility=Visibility.PUBLIC)
    tell_news()
    assert said(person) == [("new", f"publication:{report.slug}")]


def test_nothing_is_told_of_an_initiative_that_was_taken_back():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    publish(row)
    set_initiative_visibility(slug=row.slug, actor=member_of(row, Role.STEWARD), visibility=Visibility.INTERNAL)
    tell_news()
    assert said(person) == []


def test_a_new_version_is_told_to_those_who_follow_the_record_itself():
    report = publish()
    tell_news()
    person = follower_of(Reference(kind="publication", key=report.slug))
    change_publication(slug=report.slug, actor=report.author, content=content(summary="More."))
    tell_news()
    assert said(person) == [("changed", f"publication:{report.slug}")]


def test_changes_that_wait_to_be_told_are_told_as_one():
    report = publish()
    tell_news()
    person = follower_of(Reference(kind="publication", key=report.slug))
    for summary in ("One.", "Two.", "Three."):
        change_publication(slug=report.slug, actor=report.author, content=content(summary=summary))
        tell_news()
    assert len(said(person)) == 1
    operations.mark_read(person=person)
    change_publication(slug=report.slug, actor=report.author, content=content(summary="Four."))
    tell_news()
    assert len(said(person)) == 2


def test_nobody_is_told_of_their_own_deeds():
    row = InitiativeFactory.create()
    author = member_of(row, Role.CONTRIBUTOR)
    follow(person=author, reference=at(row))
    publish(row, author=author)
    tell_news()
    assert said(author) == []


def test_who_follows_the_record_and_its_initiative_is_told_once_and_by_the_nearest_reason():
    row = InitiativeFactory.create()
    report = publish(row)
    tell_news()
    publication = Reference(kind="publication", key=report.slug)
    person = follower_of(at(row), publication)
    change_publication(slug=report.slug, actor=report.author, content=content(summary="More."))
    tell_news()
    assert [one.why for one in notices(person)] == [publication]


def test_followers_roles_and_other_deeds_are_no_news():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    for verb in ("set_role", "follow_initiative", "switch_tool", "remove_member"):
        record(actor=None, verb=verb, reference=at(row), workspace=row.slug)
    tell_news()
    assert said(person) == []


def test_a_crash_while_telling_loses_and_doubles_nothing():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    publish(row)

    def told_and_killed() -> None:
        with transaction.atomic():
            tell_news()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told_and_killed()
    assert said(person) == []
    tell_news()
    assert len(said(person)) == 1


def test_a_deleted_record_takes_its_followers_and_notices_along():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    report = publish(row)
    tell_news()
    reference = Reference(kind="publication", key=report.slug)
    follow(person=person, reference=reference)
    delete_publication(slug=report.slug, actor=member_of(row, Role.COORDINATOR))
    assert not is_following(reference, person)
    tell_news()
    assert said(person) == []


def test_whose_account_is_closed_is_told_nothing():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    Person.objects.filter(pk=person.pk).update(is_active=False)
    publish(row)
    tell_news()
    assert said(person) == []


def test_what_is_found_for_somebody_is_told_once_and_only_while_it_is_public():
    person = PersonFactory.create()
    report, draft = publish(), publish(visibility=Visibility.DRAFT)
    why = Reference(kind="search", key="1")
    for row in (report, report, draft):
        reference = Reference(kind="publication", key=row.slug)
        notify(person=person.pk, reference=reference, why=why, key=f"match {why} {reference}")
        operations.mark_read(person=person)
    assert said(person) == [("match", f"publication:{report.slug}")]
    notify(person=report.author.pk, reference=Reference(kind="publication", key=report.slug), why=why, key="own")
    assert said(report.author) == []


def test_a_notice_holds_no_word_of_a_record_that_is_not_public_any_more():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    report = publish(row)
    tell_news()
    assert told(person, notices(person))[0].record is not None
    set_publication_visibility(slug=report.slug, actor=report.author, visibility=Visibility.DRAFT)
    assert told(person, notices(person))[0].record is None


def test_following_twice_is_following_once_and_stopping_takes_back_what_waits():
    row = InitiativeFactory.create()
    person = follower_of(at(row), at(row))
    assert Follow.objects.count() == 1
    publish(row)
    tell_news()
    unfollow(person=person, reference=at(row))
    assert Follow.objects.count() == 0
    assert said(person) == []


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.INTERNAL])
def test_what_is_not_public_cannot_be_followed_nor_told_from_what_is_not_there(visibility: Visibility):
    row = InitiativeFactory.create(visibility=visibility)
    person = PersonFactory.create()
    with pytest.raises(NotFound) as hidden:
        follow(person=person, reference=at(row))
    with pytest.raises(NotFound) as absent:
        follow(person=person, reference=Reference(kind="initiative", key="none"))
    assert hidden.value.message == absent.value.message
    with pytest.raises(NotFound):
        follow(person=person, reference=Reference(kind="person", key=str(person.pk)))


def test_one_person_follows_so_much_and_no_more():
    person = PersonFactory.create()
    row = InitiativeFactory.create()
    Follow.objects.bulk_create(Follow(person=person, kind="topic", key=str(number)) for number in range(MOST))
    with pytest.raises(Conflict):
        follow(person=person, reference=at(row))


def test_old_notices_are_deleted():
    row = InitiativeFactory.create()
    person = follower_of(at(row))
    publish(row)
    tell_news()
    now = datetime.now(tz=UTC)
    assert operations.forget_old_notices(now=now + timedelta(days=179)) == 0
    assert operations.forget_old_notices(now=now + timedelta(days=181)) == 1
    assert said(person) == []


def test_telling_takes_as_many_queries_for_three_deeds_as_for_one():
    row = InitiativeFactory.create()
    for _ in range(3):
        follower_of(at(row))

    def queries_for(number: int) -> int:
        for _ in range(number):
            publish(row)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            tell_news()
        return len(queries)

    assert queries_for(1) == queries_for(3)
    assert Notice.objects.count() == 12
    assert timezone.now() >= Notice.objects.latest("pk").told_at

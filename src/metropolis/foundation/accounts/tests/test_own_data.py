import json
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from metropolis.engine_kit import Conflict, InvalidInput, NotFound, TooMany
from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.models import AccountClosing, DataExport, Invitation, Membership, Person
from metropolis.foundation.accounts.queries import own_data
from metropolis.foundation.accounts.tasks import close_due_accounts
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory, confirmed, editor
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.history.models import Entry
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.records.models import Follow
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return PersonFactory.create(name="Ana of the archive", email="ana@city.example")


def sign_in(client: Client, person: Person) -> None:
    client.post(reverse("accounts:sign_in"), {"email": person.email, "password": PASSWORD})
    assert client.get(reverse("accounts:account")).status_code == HTTPStatus.OK


def archive_of(person: Person) -> ZipFile:
    made = BytesIO()
    operations.export_data(person=person, to=made)
    return ZipFile(made)


def told(archive: ZipFile) -> dict[str, list[dict[str, object]]]:
    return {section["of"]: section["rows"] for section in json.loads(archive.read("data.json"))["sections"]}


def close(person: Person) -> None:
    operations.ask_to_close_account(person=person, password=PASSWORD)
    closing = AccountClosing.objects.get(person=person)
    operations.close_account(closing=closing.pk, now=closing.due_at)


def test_an_account_nobody_got_into_is_forgotten_unless_something_else_is_kept_of_the_person(person: Person):
    Member.objects.create(initiative=InitiativeFactory.create(), person=person, role=Role.VIEWER)
    confirmed(PersonFactory.create(name="confirmed"))
    PersonFactory.create(name="signed in", last_login=timezone.now())
    opened = operations.open_account(email="victim@example.org", name="A stranger")
    now = opened.joined_at + timedelta(days=30)
    assert operations.forget_unconfirmed(now=now - timedelta(seconds=1)) == 0
    assert operations.forget_unconfirmed(now=now) == 1
    assert set(Person.objects.values_list("name", flat=True)) == {person.name, "confirmed", "signed in"}


def test_an_archive_tells_all_rooms_and_no_password(person: Person):
    club = operations.register_organisation(name="Club", kind="club", actor=person)
    home = InitiativeFactory.create(title="Open streets")
    Member.objects.create(initiative=home, person=person, role=Role.COORDINATOR)
    archive = archive_of(person)
    rows = told(archive)
    assert rows["accounts.Person.pk"][0]["email"] == "ana@city.example"
    assert rows["accounts.Membership.person"][0]["organisation"] == str(club)
    assert rows["workspaces.Member.person"][0]["initiative"] == "Open streets"
    assert {"register_organisation", "export_data"} <= {row["verb"] for row in rows["history.Entry.actor"]}
    assert person.password not in archive.read("data.json").decode()
    assert set(rows) == {data.key for data in own_data.personal_data()}


def test_an_archive_tells_nothing_of_others(person: Person):
    other = PersonFactory.create(name="Somebody else", email="other@city.example")
    club = operations.register_organisation(name="Club", kind="club", actor=other)
    operations.join_organisation(person=person, organisation=club)
    asked = operations.ask_to_join(slug=club.slug, person=PersonFactory.create(), message="A private message.")
    operations.set_organisation_role(slug=club.slug, actor=other, person=person, is_steward=True)
    operations.decline_join_request(slug=club.slug, request_id=asked.pk, actor=person, reason="No.")
    text = archive_of(person).read("data.json").decode()
    assert "other@city.example" not in text
    assert "Somebody else" not in text
    assert "A private message." not in text


def test_an_archive_holds_the_files_one_added(person: Person):
    name = default_storage.save("publications/guide.pdf", ContentFile(b"the guide"))
    home = InitiativeFactory.create()
    row = {"initiative": home, "author": person}
    Publication.objects.create(slug="guide", title="Guide", file=name, **row)
    Publication.objects.create(slug="lost", title="Lost", file="publications/lost.pdf", **row)
    archive = archive_of(person)
    assert archive.read(f"files/{name}") == b"the guide"
    rows = told(archive)["documents.Publication.author"]
    assert {row["file"] for row in rows} == {f"files/{name}", "files/publications/lost.pdf"}


def test_an_archive_is_made_in_the_background_and_kept_for_a_week(person: Person):
    asked = operations.ask_for_archive(person=person)
    with pytest.raises(Conflict):
        operations.ask_for_archive(person=person)
    with pytest.raises(NotFound):
        queries.data_export(asked.pk, person)
    for _time in range(2):
        operations.make_archive(export=asked.pk)
    made = queries.data_export(asked.pk, person)
    with made.file.open() as file:
        assert told(ZipFile(file))["accounts.Person.pk"][0]["name"] == person.name
    assert Mail.objects.filter(to=person.email).count() == 1
    with pytest.raises(NotFound):
        queries.data_export(asked.pk, PersonFactory.create())
    now = timezone.now()
    assert operations.forget_archives(now=now + timedelta(days=6)) == 0
    assert operations.forget_archives(now=now + timedelta(days=8)) == 1
    assert not DataExport.objects.exists()
    assert not default_storage.exists(made.file.name)


def test_an_archive_that_a_killed_worker_left_is_made_again(person: Person):
    asked = operations.ask_for_archive(person=person)
    default_storage.save(f"exports/{asked.pk}.zip", ContentFile(b"half"))
    operations.make_archive(export=asked.pk)
    made = queries.data_export(asked.pk, person)
    assert made.file.name == f"exports/{asked.pk}.zip"
    with made.file.open() as file:
        assert ZipFile(file).testzip() is None


def test_an_archive_that_is_written_while_the_account_is_deleted_does_not_stay(
    person: Person, monkeypatch: pytest.MonkeyPatch
):
    asked = operations.ask_for_archive(person=person)
    write = own_data.write_archive

    def write_and_close(*args: Any, **options: Any) -> None:
        write(*args, **options)
        close(person)

    monkeypatch.setattr(operations.own_data, "write_archive", write_and_close)
    operations.make_archive(export=asked.pk)
    assert not default_storage.exists(f"exports/{asked.pk}.zip")


def test_an_archive_that_a_killed_worker_left_goes_when_the_account_is_gone(person: Person):
    asked = operations.ask_for_archive(person=person)
    default_storage.save(f"exports/{asked.pk}.zip", ContentFile(b"all of it"))
    close(person)
    operations.make_archive(export=asked.pk)  # the task goes to another worker
    assert not default_storage.exists(f"exports/{asked.pk}.zip")


def test_archives_are_not_asked_for_all_day(person: Person):
    for _time in range(10):
        archive_of(person)
    with pytest.raises(TooMany):
        archive_of(person)


def test_an_account_is_closed_with_its_password_and_not_without(person: Person):
    for wrong in ("", "wrong"):
        with pytest.raises(InvalidInput) as refusal:
            operations.ask_to_close_account(person=person, password=wrong)
        assert refusal.value.field == "password"
    with pytest.raises(InvalidInput):
        operations.ask_to_close_account(person=person, password="wrong", is_fresh=True)
    closing = operations.ask_to_close_account(person=person, password=PASSWORD)
    assert closing.due_at - timezone.now() > timedelta(days=13)
    assert "Keep my account" in Mail.objects.get(to=person.email).text
    with pytest.raises(Conflict):
        operations.ask_to_close_account(person=person, password=PASSWORD)


def test_an_account_without_a_password_is_closed_after_a_fresh_sign_in(person: Person):
    person.set_unusable_password()
    person.save()
    with pytest.raises(InvalidInput):
        operations.ask_to_close_account(person=person)
    operations.ask_to_close_account(person=person, is_fresh=True)
    assert AccountClosing.objects.filter(person=person).exists()


def test_the_last_of_the_secretariat_stays():
    first, last = PersonFactory.create_batch(2, network_role="secretariat")
    operations.ask_to_close_account(person=first, password=PASSWORD)
    with pytest.raises(Conflict, match="secretariat"):
        operations.ask_to_close_account(person=last, password=PASSWORD)


def test_a_password_is_not_guessed_where_accounts_are_closed(person: Person):
    for _time in range(10):
        with pytest.raises(InvalidInput):
            operations.ask_to_close_account(person=person, password="wrong")
    with pytest.raises(TooMany):
        operations.ask_to_close_account(person=person, password=PASSWORD)


def test_who_comes_back_in_time_keeps_everything(person: Person):
    closing = operations.ask_to_close_account(person=person, password=PASSWORD)
    operations.keep_account(person=person)
    operations.close_account(closing=closing.pk, now=closing.due_at + timedelta(days=1))
    assert Person.objects.filter(pk=person.pk).exists()
    with pytest.raises(NotFound):
        operations.keep_account(person=person)
    verbs = list(Entry.objects.filter(actor=person).values_list("verb", flat=True))
    assert verbs == ["ask_to_close_account", "keep_account"]


def test_nothing_is_deleted_before_its_time_and_each_account_is_queued_once(person: Person):
    closing = operations.ask_to_close_account(person=person, password=PASSWORD)
    early = closing.due_at - timedelta(minutes=1)
    operations.close_account(closing=closing.pk, now=early)
    assert Person.objects.filter(pk=person.pk).exists()
    assert operations.close_due_accounts(now=early) == 0
    assert operations.close_due_accounts(now=closing.due_at) == 1
    assert operations.close_due_accounts(now=closing.due_at) == 0


def test_what_is_shared_stays_without_the_person_and_what_is_theirs_goes(person: Person):
    confirmed(person)
    home = InitiativeFactory.create(author=person)
    Member.objects.create(initiative=home, person=person, role=Role.STEWARD)
    Publication.objects.create(slug="guide", title="Guide", initiative=home, author=person)
    club = operations.register_organisation(name="Club", kind="club", actor=person)
    other = operations.register_organisation(name="Other", kind="club", actor=PersonFactory.create())
    steward = other.memberships.get().person
    operations.invite(slug=other.slug, actor=steward, email=person.email)
    deeds = Entry.objects.filter(actor=person).count()
    close(person)
    assert not Person.objects.filter(pk=person.pk).exists()
    home.refresh_from_db()
    assert home.author is None
    assert Publication.objects.get().author is None
    assert not Member.objects.exists()
    assert not Membership.objects.filter(organisation=club).exists()
    assert not Invitation.objects.exists()
    assert Entry.objects.filter(actor=None).count() >= deeds
    assert Entry.objects.get(verb="close_account").actor is None
    assert queries.name_of(home.author) == "Former member"


def test_nothing_in_the_database_names_a_person_who_is_gone(person: Person):
    operations.register_organisation(name="Club", kind="club", actor=person)
    close(person)
    # What is left is the mail that says so; it is emptied when it is delivered.
    Mail.objects.all().delete()
    text = StringIO()
    call_command("dumpdata", stdout=text)
    assert "close_account" in text.getvalue()
    assert person.name not in text.getvalue()
    assert person.email not in text.getvalue()


def test_sessions_and_archives_go_with_the_account(
    client: Client, person: Person, django_capture_on_commit_callbacks: Any
):
    sign_in(client, confirmed(person))
    other = Client()
    other.force_login(PersonFactory.create())
    asked = operations.ask_for_archive(person=person)
    operations.make_archive(export=asked.pk)
    name = queries.data_export(asked.pk, person).file.name
    with django_capture_on_commit_callbacks(execute=True):
        close(person)
    assert Session.objects.count() == 1
    assert client.get(reverse("accounts:account")).status_code == HTTPStatus.FOUND
    assert other.get(reverse("accounts:account")).status_code == HTTPStatus.OK
    assert not default_storage.exists(name)


def test_the_last_mail_says_goodbye(person: Person):
    close(person)
    last = Mail.objects.get(subject="Your account is deleted")
    assert last.to == "ana@city.example"


def test_an_organisation_that_loses_its_last_steward_is_the_secretariats(person: Person):
    club = operations.register_organisation(name="Club", kind="club", actor=person)
    close(person)
    desk = PersonFactory.create(network_role="secretariat")
    assert queries.deciders(club) == [desk]


def test_an_initiative_that_loses_its_last_steward_is_the_editors(person: Person):
    row = InitiativeFactory.create(visibility="draft")
    Member.objects.create(initiative=row, person=person, role=Role.STEWARD)
    close(person)
    assert open_workspace(row.slug, viewer=editor()).allows("workspaces.change_members")


def test_one_is_told_of_what_one_is_the_only_steward_before_the_account_is_deleted(client: Client, person: Person):
    other = PersonFactory.create()
    alone, shared = InitiativeFactory.create(title="Alone"), InitiativeFactory.create(title="Shared")
    for home, people in ((alone, [person]), (shared, [person, other])):
        for steward in people:
            Member.objects.create(initiative=home, person=steward, role=Role.STEWARD)
    Member.objects.create(initiative=alone, person=other, role=Role.COORDINATOR)
    club = operations.register_organisation(name="Club", kind="club", actor=person)
    operations.join_organisation(person=other, organisation=club)
    client.force_login(person)
    page = client.get(reverse("accounts:close")).content.decode()
    assert reverse("workspaces:members", args=[alone.slug]) in page
    assert reverse("accounts:organisation_people", args=[club.slug]) in page
    assert reverse("workspaces:members", args=[shared.slug]) not in page
    client.force_login(other)
    assert "only steward" not in client.get(reverse("accounts:close")).content.decode()


# Pages


def test_a_person_sees_all_that_is_held(client: Client, person: Person):
    operations.register_organisation(name="Club of runners", kind="club", actor=person)
    client.force_login(person)
    page = client.get(reverse("accounts:own_data")).content.decode()
    assert "Organisations you belong to" in page
    rows = client.get(reverse("accounts:own_rows", args=["accounts.Membership.person"])).content.decode()
    assert "Club of runners" in rows
    assert "Deleted together with your account." in rows
    deeds = client.get(reverse("accounts:own_rows", args=["history.Entry.actor"])).content.decode()
    assert "register_organisation" not in deeds
    assert "Added" in deeds
    assert "Stays when your account is deleted" in deeds
    assert client.get(reverse("accounts:own_rows", args=["nothing"])).status_code == HTTPStatus.NOT_FOUND


def test_every_sort_of_data_has_its_page(client: Client, person: Person):
    client.force_login(person)
    for data in own_data.personal_data():
        assert client.get(reverse("accounts:own_rows", args=[data.key])).status_code == HTTPStatus.OK


def test_what_is_held_is_told_in_words(client: Client, person: Person):
    for key in ("gone", InitiativeFactory.create(title="Green paths").slug):
        Follow.objects.create(person=person, kind="initiative", key=key)
    operations.note_sign_in(person=person, by="password")
    client.force_login(person)
    rows = client.get(reverse("accounts:own_rows", args=["records.Follow.person"])).context["rows"]
    told = [[fact["value"] for fact in row["facts"]][:2] for row in rows]
    assert told == [["Initiative", "Green paths"], ["Initiative", "gone"]]
    rows = client.get(reverse("accounts:own_rows", args=["history.Entry.actor"])).context["rows"]
    assert [fact["value"] for fact in rows[0]["facts"]][1:3] == ["Signed in", "Person"]


@pytest.mark.parametrize(
    "address",
    [
        reverse_lazy("accounts:own_data"),
        reverse_lazy("accounts:close"),
        reverse_lazy("accounts:own_rows", args=["accounts.Membership.person"]),
        reverse_lazy("accounts:own_rows", args=["workspaces.Initiative.author"]),
    ],
)
def test_a_page_asks_as_much_for_three_rows_as_for_one(client: Client, person: Person, address: str):
    def more(number: int) -> None:
        club = operations.register_organisation(name=f"Club {number}", kind="club")
        operations.join_organisation(person=person, organisation=club, is_steward=True)
        InitiativeFactory.create(author=person, lead_city=CityFactory.create())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_asked:
            assert client.get(address).status_code == HTTPStatus.OK
        return len(queries_asked)

    client.force_login(person)
    more(1)
    one = asked()
    more(2)
    more(3)
    assert asked() == one


def test_a_small_archive_is_downloaded_at_once(client: Client, person: Person):
    sign_in(client, confirmed(person))
    answer = client.post(reverse("accounts:export"))
    assert answer["Content-Disposition"].startswith('attachment; filename="metropolis-')
    assert told(ZipFile(BytesIO(b"".join(answer.streaming_content))))["accounts.Person.pk"]
    assert client.get(reverse("accounts:export")).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_large_archive_is_made_later(client: Client, person: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_data, "MOST_ROWS_AT_ONCE", 0)
    sign_in(client, confirmed(person))
    page = client.post(reverse("accounts:export"), follow=True).content.decode()
    assert "Your data is being packed." in page
    asked = DataExport.objects.get()
    address = reverse("accounts:archive", args=[asked.pk])
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND
    operations.make_archive(export=asked.pk)
    assert address in client.get(reverse("accounts:own_data")).content.decode()
    assert b"".join(client.get(address).streaming_content)[:2] == b"PK"
    client.force_login(PersonFactory.create())
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_who_signed_in_a_while_ago_is_asked_again_before_the_data_goes(client: Client, person: Person):
    sign_in(client, confirmed(person))
    asked = operations.ask_for_archive(person=person)
    operations.make_archive(export=asked.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        for answer in (
            client.get(reverse("accounts:archive", args=[asked.pk])),
            client.post(reverse("accounts:export")),
        ):
            assert answer.url == f"{reverse('account_reauthenticate')}?next=%2Faccount%2Fdata%2F"
        assert client.post(answer.url, {"password": PASSWORD}).url == reverse("accounts:own_data")
        assert b"".join(client.post(reverse("accounts:export")).streaming_content)[:2] == b"PK"


def test_who_has_no_password_signs_in_again_before_the_data_goes(client: Client, person: Person):
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    page = client.post(reverse("accounts:export"), follow=True).content.decode()
    assert "sign in again and come back within ten minutes" in page


def test_one_reads_what_happens_deletes_and_comes_back(client: Client, person: Person):
    operations.register_organisation(name="Club of runners", kind="club", actor=person)
    client.force_login(person)
    address = reverse("accounts:close")
    page = client.get(address).content.decode()
    assert "You are the only steward here" in page
    assert "Organisations you belong to" in page
    assert "This is not your password." in client.post(address, {"password": "wrong"}).content.decode()
    assert 'value="wrong"' not in page
    page = client.post(address, {"password": PASSWORD}, follow=True).content.decode()
    assert "Your account will be deleted on" in page
    assert "Keep my account" in client.get(reverse("accounts:account")).content.decode()
    assert "Your account stays." in client.post(reverse("accounts:keep"), follow=True).content.decode()


def test_a_fresh_sign_in_stands_for_the_password(client: Client, person: Person):
    sign_in(client, confirmed(person))
    address = reverse("accounts:close")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(address, {"password": ""})
        assert not AccountClosing.objects.exists()
    client.post(address, {"password": ""})
    assert AccountClosing.objects.exists()


@pytest.mark.parametrize("name", ["own_data", "close"])
def test_a_visitor_is_asked_to_sign_in(client: Client, name: str):
    assert client.get(reverse(f"accounts:{name}")).status_code == HTTPStatus.FOUND


# In the background


@pytest.mark.django_db(transaction=True)
def test_a_worker_packs_an_archive_and_deletes_an_account_whose_time_has_come(person: Person):
    operations.ask_for_archive(person=person)
    work_off()
    made = DataExport.objects.get(person=person)
    assert default_storage.exists(made.file.name)
    operations.ask_to_close_account(person=person, password=PASSWORD)
    close_due_accounts.enqueue()
    work_off()
    assert Person.objects.filter(pk=person.pk).exists()
    AccountClosing.objects.update(due_at=timezone.now())
    close_due_accounts.enqueue()
    work_off()
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not default_storage.exists(made.file.name)
    assert [message.subject for message in mail.outbox][-1] == "Your account is deleted"
    assert not Mail.objects.exclude(to="").exists()

import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.following.models import Notice
from metropolis.foundation.following.operations import follow, tell_news
from metropolis.foundation.following.queries import frequency_of, is_following, unread_count, unsubscribe_token
from metropolis.foundation.following.values import Frequency
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory

pytestmark = pytest.mark.django_db


def at(name: str, *parts: object) -> str:
    return reverse(f"following:{name}", args=parts)


def reference_to(row: Initiative) -> Reference:
    return Reference(kind="initiative", key=row.slug)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(number: int, person: Person | None = None) -> Person:
    """Somebody who was told of so many records."""
    row = InitiativeFactory.create()
    person = person or PersonFactory.create()
    follow(person=person, reference=reference_to(row))
    for count in range(number):
        publish(row, title=f"Report {count}")
    tell_news()
    return person


def test_the_button_follows_keeps_its_state_and_stops(client: Client):
    row, person = InitiativeFactory.create(), PersonFactory.create()
    client.force_login(person)
    page = client.get(row.get_absolute_url()).content.decode()
    assert f'name="reference" value="initiative:{row.slug}"' in page
    assert "Stop following" not in page
    given = {"reference": f"initiative:{row.slug}", "following": "1", "next": row.get_absolute_url()}
    answer = client.post(at("follow"), given, follow=True)
    assert answer.redirect_chain == [(row.get_absolute_url(), HTTPStatus.FOUND)]
    assert "You follow it now." in answer.content.decode()
    assert "Stop following" in answer.content.decode()
    answer = client.post(at("follow"), given | {"following": ""}, follow=True)
    assert "Stop following" not in answer.content.decode()
    assert not is_following(reference_to(row), person)


def test_a_visitor_signs_in_and_comes_back_to_follow(client: Client):
    row = InitiativeFactory.create()
    link = f"{at('follow')}?reference=initiative%3A{row.slug}"
    assert f'href="{link}"' in client.get(row.get_absolute_url()).content.decode()
    answer = client.get(link)
    assert answer["Location"] == f"{reverse('accounts:sign_in')}?{urlencode({'next': link})}"
    person = PersonFactory.create()
    client.force_login(person)
    page = client.get(link).content.decode()
    assert f"Follow “{row.title}”?" in page
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page))
    client.post(link, hidden)
    assert is_following(reference_to(row), person)


def test_nobody_follows_by_a_link_by_a_form_from_elsewhere_or_without_signing_in():
    row, person = InitiativeFactory.create(), PersonFactory.create()
    given = {"reference": f"initiative:{row.slug}", "following": "1"}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert strict.post(at("follow"), given).status_code == HTTPStatus.FORBIDDEN
    assert signed_in(person).get(at("follow"), given).status_code == HTTPStatus.OK
    assert Client().post(at("follow"), given).status_code == HTTPStatus.FORBIDDEN
    assert not is_following(reference_to(row), person)


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_after_following_nobody_is_led_to_another_site(client: Client, wanted: str):
    row = InitiativeFactory.create()
    client.force_login(PersonFactory.create())
    answer = client.post(at("follow"), {"reference": f"initiative:{row.slug}", "following": "1", "next": wanted})
    assert answer["Location"] == row.get_absolute_url()


@pytest.mark.parametrize("reference", ["", "initiative", "initiative:", "person:1", "initiative:hidden", "x:y"])
def test_what_cannot_be_followed_is_refused(client: Client, reference: str):
    InitiativeFactory.create(slug="hidden", visibility=Visibility.DRAFT)
    client.force_login(PersonFactory.create())
    for method in (client.get, client.post):
        answer = method(at("follow"), {"reference": reference, "following": "1"})
        assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


def test_a_draft_has_no_button(client: Client):
    row = InitiativeFactory.create(visibility=Visibility.INTERNAL)
    client.force_login(PersonFactory.create(network_role="editor"))
    assert "following/follow" not in client.get(row.get_absolute_url()).content.decode()


def test_all_that_one_follows_is_on_one_page_and_stopped_there(client: Client):
    person, row = PersonFactory.create(), InitiativeFactory.create(title="<Green & ways>")
    gone = InitiativeFactory.create()
    for each in (row, gone):
        follow(person=person, reference=reference_to(each))
    Initiative.objects.filter(pk=gone.pk).update(visibility=Visibility.DRAFT)
    client.force_login(person)
    page = client.get(at("follows")).content.decode()
    assert "&lt;Green &amp; ways&gt;" in page
    assert gone.title not in page
    assert "Something that is no longer public" in page
    client.post(at("follow"), {"reference": str(reference_to(row))})
    client.post(at("follow"), {"reference": str(reference_to(gone))})
    assert "You follow nothing yet" in client.get(at("follows")).content.decode()


def test_the_inbox_tells_counts_and_takes_what_is_read(client: Client):
    person = told(3)
    client.force_login(person)
    page = client.get(at("inbox")).content.decode()
    assert re.search(r'chip--chosen">3 <span\s+class="visually-hidden"\s*>not read', page)
    assert page.index("Report 2") < page.index("Report 0")
    assert "You follow “Initiative" in page
    first = Notice.objects.filter(person=person).earliest("pk")
    client.post(at("mark_read"), {"notice": [first.pk, "x", "9" * 30]})
    assert unread_count(person) == 2
    answer = client.get(at("notice", Notice.objects.latest("pk").pk))
    assert "/publications/report-2" in answer["Location"]
    assert unread_count(person) == 1
    client.post(at("mark_read"), {"all": "1"})
    assert unread_count(person) == 0
    assert "Mark all as read" not in client.get(at("inbox")).content.decode()


def test_an_empty_inbox_says_how_to_fill_it(client: Client):
    client.force_login(PersonFactory.create())
    assert "Nothing yet" in client.get(at("inbox")).content.decode()


def test_an_inbox_is_its_owners_alone(client: Client):
    person, stranger = told(1), PersonFactory.create()
    notice = Notice.objects.get(person=person)
    client.force_login(stranger)
    assert client.get(at("notice", notice.pk)).status_code == HTTPStatus.NOT_FOUND
    client.post(at("mark_read"), {"notice": notice.pk})
    client.post(at("mark_read"), {"all": "1"})
    assert unread_count(person) == 1
    assert "Report 0" not in client.get(at("inbox")).content.decode()


def test_what_is_no_longer_public_is_not_named_in_the_inbox(client: Client):
    person = told(1)
    Initiative.objects.update(visibility=Visibility.DRAFT)
    client.force_login(person)
    page = client.get(at("inbox")).content.decode()
    assert "What this told of is no longer public" in page
    assert "Report 0" not in page
    assert "Initiative " not in page
    assert client.get(at("notice", Notice.objects.get().pk)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("name", ["follows", "inbox"])
def test_a_visitor_is_asked_to_sign_in(client: Client, name: str):
    assert client.get(at(name))["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", ["follows", "inbox"])
def test_pages_take_as_many_queries_for_three_rows_as_for_one(client: Client, name: str):
    person = told(1)
    client.force_login(person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at(name)).status_code == HTTPStatus.OK
        return len(captured)

    first = queries()
    told(1, person)
    told(1, person)
    assert queries() == first


def test_the_head_of_every_page_takes_one_query_of_who_is_signed_in_and_none_of_a_visitor(client: Client):
    def queries_on_notices() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("pages:about"))
        return [query["sql"] for query in captured if "following_" in query["sql"]]

    assert queries_on_notices() == []
    client.force_login(told(1))
    (query,) = queries_on_notices()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query}")
        plan = str(cursor.fetchall())
    assert connection.vendor != "sqlite" or "USING INDEX notices_not_read" in plan


def test_how_often_mails_come_is_chosen(client: Client):
    person = PersonFactory.create()
    client.force_login(person)
    assert re.search(r'value="daily"[^>]*checked', client.get(at("follows")).content.decode())
    assert client.post(at("mails"), {"frequency": "hourly"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Saved." in client.post(at("mails"), {"frequency": "weekly"}, follow=True).content.decode()
    assert frequency_of(person) == Frequency.WEEKLY


def test_the_link_of_a_mail_ends_the_mails_without_signing_in_but_not_by_being_opened():
    person = PersonFactory.create()
    strict = Client(enforce_csrf_checks=True)
    address = at("unsubscribe", unsubscribe_token(person))
    page = strict.get(address).content.decode()
    assert "No more mails" in page
    assert person.email not in page
    assert frequency_of(person) == Frequency.DAILY
    answer = strict.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == HTTPStatus.OK
    assert frequency_of(person) == Frequency.NEVER


def test_a_link_that_was_made_up_ends_nobodys_mails(client: Client):
    person, other = PersonFactory.create(), PersonFactory.create()
    token = unsubscribe_token(person)
    signature = token.partition(":")[2]
    for wrong in (token[:-1], f"{other.pk}:{signature}", "x", f"{person.pk}"):
        assert client.post(at("unsubscribe", wrong)).status_code == HTTPStatus.NOT_FOUND
    person.delete()
    assert client.post(at("unsubscribe", token)).status_code == HTTPStatus.NOT_FOUND
    assert frequency_of(other) == Frequency.DAILY

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.models import JoinRequest, NetworkRole, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed
from metropolis.foundation.workspaces.tests.factories import CityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> Person:
    return PersonFactory.create(name="The steward")


@pytest.fixture
def club(steward: Person) -> Organisation:
    return operations.register_organisation(name="Club of runners", kind="club", actor=steward)


def read(client: Client, name: str, *args: object, as_: Person | None = None) -> str:
    if as_ is not None:
        client.force_login(as_)
    answer = client.get(reverse(f"accounts:{name}", args=args))
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def send(client: Client, page: str, /, *args: object, as_: Person, **told: str) -> str:
    client.force_login(as_)
    answer = client.post(reverse(f"accounts:{page}", args=args), told, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def test_an_organisation_is_registered_and_found(client: Client):
    person = PersonFactory.create()
    told = {"name": "Club of runners", "kind": "club", "website": "example.org"}
    page = send(client, "add_organisation", as_=person, **told)
    assert "https://example.org" in page
    assert "You are a steward of Club of runners." in page
    assert "Club of runners" in read(client, "account")
    listed = reverse("accounts:organisations")
    assert "Club of runners" in client.get(listed, {"q": "runners", "kind": "club"}).content.decode()
    assert "No organisation fits." in client.get(listed, {"kind": "city"}).content.decode()


def test_who_registers_what_is_there_already_is_led_to_ask(client: Client, club: Organisation):
    page = send(client, "add_organisation", as_=PersonFactory.create(), name=club.name, kind="club")
    assert "This organisation is there already." in page
    assert "Ask to join" in page
    assert club.memberships.count() == 1


def test_others_of_the_name_are_shown_before_one_more_is_registered(client: Client, club: Organisation):
    person, rosario = PersonFactory.create(), CityFactory.create(name="Rosario")
    told = {"name": "club of RUNNERS", "kind": "club", "city": "Rosario"}
    page = send(client, "add_organisation", as_=person, **told)
    assert "There is one of this name already" in page
    assert club.get_absolute_url() in page
    assert 'value="club of RUNNERS"' in page
    assert Organisation.objects.count() == 1
    # Another name has other bearers.
    operations.register_organisation(name="Swimmers", kind="club")
    page = send(client, "add_organisation", as_=person, **told | {"name": "Swimmers", "shown": told["name"]})
    assert "There is one of this name already" in page
    page = send(client, "add_organisation", as_=person, **told, shown=told["name"])
    assert "You are a steward of club of RUNNERS." in page
    assert Organisation.objects.get(city=rosario).name == "club of RUNNERS"


def test_what_nobody_has_confirmed_is_kept_from_visitors_and_marked(client: Client, club: Organisation):
    pages = {
        "list": reverse("accounts:organisations"),
        "feed": "/feeds/account/organisations/",
        "sitemap": "/sitemap/organisation-1.xml",
    }
    page = read(client, "organisation", club.slug)
    assert "Not confirmed" in page
    assert '<meta name="robots" content="noindex">' in page
    for address in pages.values():
        assert club.slug not in client.get(address).content.decode()
    client.force_login(PersonFactory.create())
    listed = client.get(pages["list"]).content.decode()
    assert club.get_absolute_url() in listed
    assert "Not confirmed" in listed
    assert club.get_absolute_url() not in client.get(pages["list"], {"confirmed": "yes"}).content.decode()
    assert club.get_absolute_url() in client.get(pages["list"], {"confirmed": "no"}).content.decode()


@pytest.mark.parametrize("query", ["kind=zoo", "confirmed=perhaps", "topic=water"])
def test_a_filter_that_is_not_known_gives_nothing_and_is_named(client: Client, club: Organisation, query: str):
    client.force_login(PersonFactory.create())
    page = client.get(f"{reverse('accounts:organisations')}?{query}").content.decode()
    assert query in page
    assert club.get_absolute_url() not in page
    assert client.get(f"/feeds/account/organisations/?{query}").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("proof", ["domain", "secretariat"])
def test_what_is_confirmed_is_shown_to_everybody(client: Client, club: Organisation, steward: Person, proof: str):
    desk = PersonFactory.create(network_role=NetworkRole.SECRETARIAT)
    if proof == "domain":
        row = operations.claim_domain(slug=club.slug, actor=steward, domain="runners.example")
        operations.confirm_domain(slug=club.slug, domain_id=row.pk, actor=desk)
    else:
        client.force_login(desk)
        page = client.get(club.get_absolute_url()).content.decode()
        assert f'name="seen" value="{club.claim}"' in page
        send(client, "organisation_confirmation", club.slug, as_=desk, seen=club.claim)
        client.logout()
    page = read(client, "organisation", club.slug)
    assert "Not confirmed" not in page
    assert "noindex" not in page
    assert "For the secretariat" not in page
    for address in (reverse("accounts:organisations"), "/feeds/account/organisations/", "/sitemap/organisation-1.xml"):
        assert club.slug in client.get(address).content.decode()


def test_the_page_offers_who_is_invited_to_accept(client: Client, club: Organisation, steward: Person):
    person = confirmed(PersonFactory.create())
    invitation = operations.invite(slug=club.slug, actor=steward, email=person.email)
    page = read(client, "organisation", club.slug, as_=person)
    assert "You are invited" in page
    assert reverse("accounts:invitation", args=[invitation.pk]) in page
    assert "Ask to join" not in page
    page = send(client, "join", club.slug, as_=person, message="I run.")
    assert "accept the invitation" in page


def test_a_request_is_sent_approved_and_left_again(client: Client, club: Organisation, steward: Person):
    person = PersonFactory.create(name="Ana")
    assert "Ask to join" in read(client, "organisation", club.slug, as_=person)
    assert "Your request is sent." in send(client, "join", club.slug, as_=person, message="I run.")
    assert "nobody has answered yet" in read(client, "organisation", club.slug)
    asked = JoinRequest.objects.get()
    assert "Ana" in read(client, "own_organisations", as_=steward)
    assert "Ana" in read(client, "organisation_people", club.slug)
    assert "I run." in read(client, "join_request", club.slug, asked.pk)
    assert "Ana is a member now." in send(client, "join_request", club.slug, asked.pk, as_=steward)
    assert "The steward" in read(client, "organisation", club.slug, as_=person)
    assert "You no longer belong to Club of runners." in send(client, "membership", club.slug, as_=person)
    assert "The steward" not in read(client, "organisation", club.slug)


def test_a_decline_without_a_reason_is_asked_for_one(client: Client, club: Organisation, steward: Person):
    person = PersonFactory.create()
    asked = operations.ask_to_join(slug=club.slug, person=person, message="I run.")
    page = send(client, "join_request", club.slug, asked.pk, as_=steward, decline="1")
    assert "Write between one and 1,000 characters." in page
    send(client, "join_request", club.slug, asked.pk, as_=steward, decline="1", reason="Not this year.")
    assert "Not this year." in read(client, "organisation", club.slug, as_=person)
    assert "This request is decided" in read(client, "join_request", club.slug, asked.pk, as_=steward)


def test_a_request_is_taken_back_on_the_page(client: Client, club: Organisation):
    person = PersonFactory.create()
    operations.ask_to_join(slug=club.slug, person=person, message="I run.")
    assert "Your request is taken back." in send(client, "join", club.slug, as_=person, withdraw="1")


def test_somebody_is_invited_and_accepts(client: Client, club: Organisation, steward: Person):
    person = confirmed(PersonFactory.create())
    page = send(client, "organisation_invitations", club.slug, as_=steward, email=person.email, role="steward")
    assert "The invitation is on its way." in page
    assert person.email in page
    invitation = club.invitations.get()
    assert invitation.is_steward
    assert "on its way" in send(client, "sent_invitation", club.slug, invitation.pk, as_=steward)
    assert "Club of runners" in read(client, "own_organisations", as_=person)
    assert "You belong to Club of runners now." in send(client, "invitation", invitation.pk, as_=person)
    assert club.memberships.filter(person=person, is_steward=True).exists()


def test_an_invitation_is_declined_or_taken_back(client: Client, club: Organisation, steward: Person):
    person = confirmed(PersonFactory.create())
    first = operations.invite(slug=club.slug, actor=steward, email=person.email)
    assert "The invitation is declined." in send(client, "invitation", first.pk, as_=person, decline="1")
    second = operations.invite(slug=club.slug, actor=steward, email=person.email)
    assert "taken back" in send(client, "sent_invitation", club.slug, second.pk, as_=steward, revoke="1")


def test_whether_an_address_has_an_account_is_not_told(client: Client, club: Organisation, steward: Person):
    PersonFactory.create(email="there@city.example")
    pages = set()
    for email in ("there@city.example", "notthere@city.example"):
        page = send(client, "organisation_invitations", club.slug, as_=steward, email=email)
        pages.add(plain(page.replace(email, "")))
        club.invitations.all().delete()
    assert len(pages) == 1


def plain(page: str) -> str:
    """The page without what differs at each request."""
    start = page.index("<main")
    return "\n".join(
        line for line in page[start:].splitlines() if "csrfmiddlewaretoken" not in line and "/invitations/" not in line
    )


def test_roles_are_given_and_members_taken_out(client: Client, club: Organisation, steward: Person):
    member = PersonFactory.create(name="Ana")
    operations.join_organisation(person=member, organisation=club)
    about = ("organisation_person", club.slug, member.pk)
    assert "Ana has another role now." in send(client, *about, as_=steward, role="steward")
    assert club.memberships.filter(person=member, is_steward=True).exists()
    send(client, *about, as_=steward, role="member")
    assert "Ana is no longer a member." in send(client, *about, as_=steward, remove="1")
    too_large = reverse("accounts:organisation_person", args=[club.slug, 10**30])
    assert client.post(too_large, {"remove": "1"}).status_code == HTTPStatus.NOT_FOUND
    address = reverse("accounts:organisation_person", args=[club.slug, steward.pk])
    assert client.post(address, {"role": "member"}).status_code == HTTPStatus.CONFLICT


def test_long_lists_are_cut_into_pages(client: Client, club: Organisation, steward: Person):
    for number in range(21):
        member(club, number)
        request(club, number)
        invited(club, number)
    people = read(client, "organisation_people", club.slug, as_=steward)
    assert people.count("Remove") == people.count("/requests/") == 20
    assert "One more waits." in people
    invitations = read(client, "organisation_invitations", club.slug)
    assert invitations.count("Send again") == 20
    assert "?page=2" in people
    assert "?page=2" in invitations
    assert "?page=2" in read(client, "organisation", club.slug)


def test_an_organisation_is_changed_on_its_page(client: Client, club: Organisation, steward: Person):
    assert 'value="Club of runners"' in read(client, "change_organisation", club.slug, as_=steward)
    page = send(client, "change_organisation", club.slug, as_=steward, name="Runners", kind="association")
    assert "Runners" in page
    assert "Association" in page


def test_a_domain_is_claimed_confirmed_by_the_secretariat_and_given_up(
    client: Client, club: Organisation, steward: Person
):
    assert "Everybody can have an address" in send(client, "domains", club.slug, as_=steward, domain="gmail.com")
    page = send(client, "domains", club.slug, as_=steward, domain="runners.example")
    domain = club.domains.get()
    assert f"metropolis-domain={domain.token}" in page
    assert "_metropolis.runners.example" in page
    assert "Confirm without it" not in page
    address = reverse("accounts:domain", args=[club.slug, domain.pk])
    assert client.post(address, {"confirm": "1"}).status_code == HTTPStatus.FORBIDDEN
    desk = PersonFactory.create(network_role=NetworkRole.SECRETARIAT)
    assert "The domain is verified." in send(client, "domain", club.slug, domain.pk, as_=desk, confirm="1")
    assert "runners.example" in read(client, "organisation", club.slug)
    send(client, "domain", club.slug, domain.pk, as_=steward, give_up="1")
    assert not club.domains.exists()


@pytest.mark.parametrize("name", ["organisation_people", "organisation_invitations", "change_organisation", "domains"])
def test_pages_for_stewards_are_theirs(client: Client, club: Organisation, name: str):
    address = reverse(f"accounts:{name}", args=[club.slug])
    assert client.get(address).status_code == HTTPStatus.FOUND
    client.force_login(PersonFactory.create())
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN


def test_an_organisation_that_is_not_there_is_not_found(client: Client):
    assert client.get(reverse("accounts:organisation", args=["none"])).status_code == HTTPStatus.NOT_FOUND


def test_who_belongs_to_an_organisation_is_a_number_for_others(client: Client, club: Organisation):
    assert "The steward" not in read(client, "organisation", club.slug)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == HTTPStatus.OK
    return len(asked)


def member(club: Organisation, number: int) -> None:
    operations.join_organisation(person=PersonFactory.create(), organisation=club)


def request(club: Organisation, number: int) -> None:
    operations.ask_to_join(slug=club.slug, person=PersonFactory.create(), message="I run.")


def invited(club: Organisation, number: int) -> None:
    steward = club.memberships.get(is_steward=True).person
    operations.invite(slug=club.slug, actor=steward, email=f"person{number}@city.example")


def domain(club: Organisation, number: int) -> None:
    steward = club.memberships.get(is_steward=True).person
    operations.claim_domain(slug=club.slug, actor=steward, domain=f"city{number}.example")


def another(club: Organisation, number: int) -> None:
    operations.register_organisation(name=f"Club {number}", kind="club")


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("organisations", another),
        ("organisation", member),
        ("organisation_people", member),
        ("organisation_people", request),
        ("organisation_invitations", invited),
        ("own_organisations", request),
        ("domains", domain),
    ],
)
def test_a_list_asks_as_much_for_three_rows_as_for_one(
    client: Client, club: Organisation, steward: Person, page: str, more: Callable[[Organisation, int], None]
):
    general = page in {"organisations", "own_organisations"}
    address = reverse(f"accounts:{page}", args=[] if general else [club.slug])
    client.force_login(steward)
    more(club, 1)
    one = queries_of(client, address)
    more(club, 2)
    more(club, 3)
    assert queries_of(client, address) == one

"""What tests of signing in do and read again and again."""

import re
from http import HTTPStatus

from django.http import HttpResponse
from django.test import Client

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory, confirmed
from metropolis.foundation.history.models import Entry
from metropolis.foundation.human_check.values import Challenge
from metropolis.foundation.mail.models import Mail

SIGN_IN, SIGN_UP = "/account/sign-in/", "/account/sign-up/"
ACCOUNT = "/account/"
CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")


def member(**told: str) -> Person:
    return confirmed(PersonFactory.create(**told))


def sign_in(client: Client, email: str, password: str = PASSWORD, query: str = "", **headers: str) -> HttpResponse:
    return client.post(f"{SIGN_IN}{query}", {"email": email, "password": password}, headers=headers)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def newcomer(email: str = "ana@example.org", **told: str) -> dict[str, str]:
    """What a newcomer fills in, with the right answer to a new picture."""
    challenge = Challenge.new()
    check = {"human_check": challenge.answer, "human_check_token": challenge.token}
    return {"name": "Ana", "email": email, "password1": PASSWORD, "language": "es"} | check | told


def last_mail(to: str) -> Mail:
    return Mail.objects.filter(to=to).latest("pk")


def mailed_code(to: str) -> str:
    found = CODE.search(last_mail(to).text)
    assert found
    return found[0]


def deeds(person: Person) -> list[str]:
    return list(Entry.objects.filter(kind="person", key=str(person.pk)).order_by("pk").values_list("verb", flat=True))


def normal(answer: HttpResponse) -> tuple[int, str, str]:
    """An answer without what differs between any two of them."""
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]*"|[\w.-]+@example\.org', "", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", ""), body


def confirm_password(client: Client, wanted: str) -> HttpResponse:
    """Go to a page that asks for the password once more, and give it."""
    answer = client.get(wanted)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.url.startswith("/account/confirm/?next=")
    answer = client.post(answer.url, {"password": PASSWORD})
    assert answer.url == wanted
    return client.get(wanted)

"""People for tests."""

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from metropolis.foundation.accounts.models import NetworkRole, Person

PASSWORD = "several plain words"


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


def editor() -> Person:
    return PersonFactory.create(network_role=NetworkRole.EDITOR)


def confirmed(person: Person) -> Person:
    """The person, who has shown to hold the address of their account."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person

"""Which e-mail addresses are confirmed to be whose."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from metropolis.foundation.accounts.models import Person


def confirmed_addresses(person: Person) -> set[str]:
    """The addresses a person has shown to hold, in small letters."""
    rows = EmailAddress.objects.filter(user=person, verified=True)
    return {email.lower() for email in rows.values_list("email", flat=True)}


def people_at(domain: str) -> list[Person]:
    """Who has a confirmed address of exactly this domain, written in ASCII or in its own script."""
    spelled = domain.encode().decode("idna")
    at_it = Q(email__iendswith=f"@{domain}") | Q(email__iendswith=f"@{spelled}")
    rows = EmailAddress.objects.filter(at_it, verified=True, user__is_active=True).select_related("user")
    return list(dict.fromkeys(row.user for row in rows.order_by("pk")))

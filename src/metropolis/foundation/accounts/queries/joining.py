"""Reaching what waits for an answer: requests to join, invitations, and domains to be verified."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.engine import domain_of, txt_records
from metropolis.foundation.accounts.models import (
    Invitation,
    JoinRequest,
    Membership,
    NetworkRole,
    Organisation,
    Person,
    VerifiedDomain,
)
from metropolis.foundation.accounts.queries.addresses import confirmed_addresses
from metropolis.foundation.accounts.queries.organisations import stewarded
from metropolis.foundation.accounts.queries.people import Viewer


def waiting_requests(organisation: Organisation) -> QuerySet[JoinRequest]:
    """The requests an organisation has to decide, the oldest first, each with its person."""
    rows = organisation.join_requests.filter(state=JoinRequest.State.WAITING)
    return rows.select_related("person").order_by("pk")


def requests_to_decide(person: Person) -> QuerySet[JoinRequest]:
    """The requests a person has to decide, the oldest first.

    Those to organisations they are a steward of, and for the secretariat those to organisations without one.
    """
    stewards = Membership.objects.filter(organisation=OuterRef("organisation"), is_steward=True, person__is_active=True)
    mine = Q(Exists(stewards.filter(person=person)))
    if person.network_role == NetworkRole.SECRETARIAT:
        mine |= ~Q(Exists(stewards))
    rows = JoinRequest.objects.filter(mine, state=JoinRequest.State.WAITING)
    return rows.select_related("person", "organisation").order_by("pk")


def join_request(slug: str, request_id: int, viewer: Viewer) -> JoinRequest:
    """One request to an organisation for which the viewer decides; `NotFound` when there is none."""
    row, _person = stewarded(slug, viewer)
    found = row.join_requests.select_related("person", "organisation", "decided_by").filter(pk=request_id).first()
    if found is None:
        raise NotFound(_("There is no such request."), field="request")
    return found


def last_request(organisation: Organisation, viewer: Viewer) -> JoinRequest | None:
    """The viewer's latest request to join an organisation."""
    return None if viewer is None else organisation.join_requests.filter(person=viewer).order_by("-pk").first()


def own_requests(person: Person) -> list[JoinRequest]:
    """What a person asked to join and is not a member of, the latest first."""
    rows = JoinRequest.objects.filter(person=person).exclude(state=JoinRequest.State.APPROVED)
    return list(rows.select_related("organisation").order_by("-pk")[:20])


def invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Who is invited to an organisation, the latest first, those that have expired among them."""
    return organisation.invitations.order_by("-sent_at", "-pk")


def invitations_to(person: Person) -> list[Invitation]:
    """The open invitations to the addresses that are confirmed to be a person's."""
    wanted = Q(pk__in=())
    for address in confirmed_addresses(person):
        wanted |= Q(email__iexact=address)
    rows = Invitation.objects.filter(wanted, expires_at__gt=timezone.now())
    return list(rows.select_related("organisation__city", "invited_by"))


def invitation_to(organisation: Organisation, viewer: Viewer) -> Invitation | None:
    """The open invitation of the viewer to an organisation."""
    invitations = [] if viewer is None else invitations_to(viewer)
    return next((row for row in invitations if row.organisation_id == organisation.pk), None)


def domains_of(organisation: Organisation) -> list[VerifiedDomain]:
    """The domains an organisation has named, by name."""
    return list(organisation.domains.all())


def verified_domains(organisation: Organisation) -> list[str]:
    """The domains an organisation is known to hold."""
    return list(organisation.domains.exclude(verified_at=None).values_list("domain", flat=True))


def organisation_by_domain(address: str) -> Organisation | None:
    """The organisation that holds the domain of an e-mail address."""
    return Organisation.objects.filter(domains__domain=domain_of(address), domains__verified_at__isnull=False).first()


def proof_of(row: VerifiedDomain) -> tuple[str, str]:
    """The name and the text of the TXT record that proves who holds a domain."""
    return f"_metropolis.{row.domain}", f"metropolis-domain={row.token}"


def is_proven(row: VerifiedDomain) -> bool:
    """Whether the DNS holds the proof; `NoDnsAnswer` when it cannot be asked."""
    name, text = proof_of(row)
    return text in txt_records(name, servers=settings.DNS_SERVERS)

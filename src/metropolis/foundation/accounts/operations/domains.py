"""The domains of organisations: who holds one takes in those who have an address there."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.engine import NoDnsAnswer, is_free_mail, is_public_suffix, plain_domain
from metropolis.foundation.accounts.models import Organisation, Person, VerifiedDomain
from metropolis.foundation.accounts.operations.organisations import join_organisation, reference
from metropolis.foundation.accounts.queries import deciders, is_proven, organisation_by_domain, people_at, stewarded
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.mail.operations import send_mail

MOST_DOMAINS = 10
LOOKUPS_AN_HOUR = 30


@transaction.atomic
def claim_domain(*, slug: str, actor: Person, domain: str) -> VerifiedDomain:
    """Name a domain of an organisation; it counts once it is verified.

    `InvalidInput` for what is no domain, a public suffix or free mail, `Conflict` for one that an organisation holds.
    """
    row, _steward = stewarded(slug, actor)
    plain = plain_domain(domain)
    if not plain:
        raise InvalidInput(_("Write a domain, such as rosario.gob.ar."), field="domain")
    if is_public_suffix(plain):
        message = _("Everybody can have a domain below %(domain)s; write one that is yours alone.")
        raise InvalidInput(message % {"domain": plain}, field="domain")
    if is_free_mail(plain):
        message = _("Everybody can have an address at %(domain)s; write a domain that is yours alone.")
        raise InvalidInput(message % {"domain": plain}, field="domain")
    if row.domains.filter(domain=plain).exists():
        raise Conflict(_("This domain is there already."), field="domain")
    _require_unheld(plain)
    if row.domains.count() >= MOST_DOMAINS:
        raise Conflict(_("An organisation has at most ten domains; take one away first."), field="domain")
    found = VerifiedDomain.objects.create(organisation=row, domain=plain, token=get_random_string(32), asked_by=actor)
    _note(found, actor, "claim_domain")
    return found


def check_domain(*, slug: str, domain_id: int, actor: Person) -> VerifiedDomain:
    """Look in the DNS for the proof of a domain and verify it.

    `InvalidInput` when it is not there, `Conflict` when the DNS does not answer, `TooMany` when asked too often.
    """
    found = _domain(slug, domain_id, actor)
    spend(limit="look-up-domain", key=str(actor.pk), most=LOOKUPS_AN_HOUR, within=timedelta(hours=1))
    try:
        proven = is_proven(found)
    except NoDnsAnswer as error:
        raise Conflict(_("The name servers do not answer; try again later."), field="domain") from error
    if not proven:
        message = _("The record is not there yet. It can take hours until it is seen everywhere.")
        raise InvalidInput(message, field="domain")
    return _verify(found, actor, VerifiedDomain.Proof.DNS)


def confirm_domain(*, slug: str, domain_id: int, actor: Person) -> VerifiedDomain:
    """Verify a domain by the word of the secretariat, which has seen a proof of another kind."""
    require_in_network(actor, "accounts.confirm_domain")
    return _verify(_domain(slug, domain_id, actor), actor, VerifiedDomain.Proof.SECRETARIAT)


@transaction.atomic
def _verify(found: VerifiedDomain, actor: Person, proof: VerifiedDomain.Proof) -> VerifiedDomain:
    if found.verified_at is not None:
        return found
    _require_unheld(found.domain)
    found.proof, found.verified_at = proof, timezone.now()
    found.save(update_fields=["proof", "verified_at"])
    _note(found, actor, "verify_domain", proof=str(proof))
    for person in people_at(found.domain):
        join_organisation(person=person, organisation=found.organisation)
    return found


def recheck_domains(*, now: datetime) -> int:
    """Have the DNS of every domain that it verified asked again; how many were put in the queue."""
    rows = VerifiedDomain.objects.filter(proof=VerifiedDomain.Proof.DNS).values_list("pk", flat=True)
    task = "metropolis.foundation.accounts.tasks.recheck_domain"
    return sum(enqueue(task, key=f"recheck domain {row} {now:%Y-%m-%d}", domain=row) for row in rows)


def recheck_domain(*, domain: int) -> None:
    """Ask the DNS again for the proof of a domain; without it nobody becomes a member by it, and the stewards are told.

    Who is a member stays one. While no name server answers, nothing is known and nothing changes.
    """
    row = VerifiedDomain.objects.select_related("organisation").filter(pk=domain).first()
    if row is None:
        return
    try:
        if is_proven(row):
            return
    except NoDnsAnswer:
        return
    with transaction.atomic():
        # Somebody may have given it up meanwhile, or the secretariat have confirmed it.
        verified = VerifiedDomain.objects.filter(pk=domain, proof=VerifiedDomain.Proof.DNS)
        if not verified.update(proof="", verified_at=None):
            return
        record(actor=None, verb="lose_domain", reference=reference(row.organisation), data={"domain": row.domain})
        for steward in deciders(row.organisation):
            _tell_of_loss(row, steward)


def _tell_of_loss(row: VerifiedDomain, steward: Person) -> None:
    send_mail(
        to=steward.email,
        template="accounts/mail/domain_lost",
        context={
            "person": steward,
            "organisation": row.organisation,
            "domain": row.domain,
            "path": reverse("accounts:domains", args=[row.organisation.slug]),
        },
        language=steward.language,
        key=f"domain {row.pk} lost, verified {row.verified_at} {steward.pk}",
    )


@transaction.atomic
def give_up_domain(*, slug: str, domain_id: int, actor: Person) -> None:
    """Take a domain away from an organisation; who became a member by it stays one."""
    found = _domain(slug, domain_id, actor)
    _note(found, actor, "give_up_domain")
    found.delete()


@transaction.atomic
def join_by_domain(*, person: Person, email: str) -> Organisation | None:
    """Make a person who has just confirmed an address a member of the organisation that holds its domain."""
    holder = organisation_by_domain(email)
    if holder is not None:
        join_organisation(person=person, organisation=holder)
    return holder


def _domain(slug: str, domain_id: int, actor: Person) -> VerifiedDomain:
    row, _steward = stewarded(slug, actor)
    found = row.domains.select_related("organisation").filter(pk=domain_id).first()
    if found is None:
        raise NotFound(_("There is no such domain."), field="domain")
    return found


def _require_unheld(domain: str) -> None:
    if VerifiedDomain.objects.filter(domain=domain).exclude(verified_at=None).exists():
        raise Conflict(_("Another organisation holds this domain; write to the secretariat."), field="domain")


def _note(row: VerifiedDomain, actor: Person, verb: str, **data: str) -> None:
    record(actor=actor, verb=verb, reference=reference(row.organisation), data={"domain": row.domain, **data})

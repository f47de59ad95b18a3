"""Reaching messages and reported problems, and whom to tell of them."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.queries import Viewer, organisation, signed_in
from metropolis.foundation.contact.models import Message, Problem
from metropolis.foundation.contact.values import Outcome
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.queries import entries
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.foundation.sharing.queries import public_kinds
from metropolis.foundation.workspaces.access import NEEDS
from metropolis.foundation.workspaces.models import Initiative, Member

#: An address and the language it is written to in, empty for the site's own.
Reader = tuple[str, str]


def messages(viewer: Viewer, *, answered: bool = False, topic: str = "") -> QuerySet[Message]:
    """The messages that are, or are not, answered, newest first; for the secretariat."""
    require_in_network(viewer, "contact.answer_message")
    rows = Message.objects.filter(answered_at__isnull=not answered).order_by("-id")
    return rows.filter(topic=topic) if topic else rows


def message(id: int, viewer: Viewer) -> Message:
    """One message; for the secretariat."""
    require_in_network(viewer, "contact.answer_message")
    found = Message.objects.select_related("answered_by").filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def reported(reference: Reference) -> Findable:
    """The public record somebody wants to report a problem on; `NotFound` when there is none."""
    kind = public_kinds().get(reference.kind)
    found = next(iter(kind.findable([reference.key])), None) if kind else None
    if found is not None:
        return found
    if reference.kind == "organisation":
        return _organisation(reference)
    raise NotFound(_("There is no such record, or it is not public."))


def _organisation(reference: Reference) -> Findable:
    """An organisation that is not confirmed: its page is public, and of its kind nothing else is."""
    row = organisation(reference.key)
    text = TextVersion(language=get_language() or "en", title=row.name)
    return Findable(reference=reference, url=row.get_absolute_url(), texts=(text,))


def problems(viewer: Viewer, *, is_open: bool = True) -> QuerySet[Problem]:
    """The problems the viewer may settle, open or not, newest first: those of the initiatives they coordinate.

    The network's editors see all of them.
    """
    person = signed_in(viewer)
    rows = Problem.objects.filter(outcome=Outcome.OPEN) if is_open else Problem.objects.exclude(outcome=Outcome.OPEN)
    return _settled_by(person, rows).select_related("initiative").order_by("-id")


def problem(id: int, viewer: Viewer) -> Problem:
    """One problem the viewer may settle; `NotFound` when there is none."""
    found = _settled_by(signed_in(viewer), Problem.objects.select_related("initiative")).filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such report."))
    return found


def _settled_by(person: Person, rows: QuerySet[Problem]) -> QuerySet[Problem]:
    if person.is_editor:
        return rows
    least = NEEDS["contact.settle_problem"].least
    return rows.filter(initiative__in=Member.objects.filter(person=person, role__gte=least).values("initiative"))


def deeds(problem: Problem) -> list[Entry]:
    """Who did what about a problem, newest first."""
    return entries(reference=reference_of(problem))


def reference_of(row: Message | Problem) -> Reference:
    """By what the history names a message or a problem."""
    return Reference(kind="message" if isinstance(row, Message) else "problem", key=str(row.pk))


def readers(topic: str) -> list[Reader]:
    """Who reads messages on a topic: the addresses the deployment names for it, or else all of the secretariat."""
    named = settings.CONTACT_ADDRESSES.get(topic)
    if named:
        return [(address, "") for address in named]
    people = Person.objects.filter(network_role=NetworkRole.SECRETARIAT, is_active=True)
    return list(people.values_list("email", "language"))


def problem_readers(initiative: Initiative | None) -> list[Reader]:
    """Who is told of a problem: the coordinators of the initiative, and whoever reads messages on `problems`."""
    least = NEEDS["contact.settle_problem"].least
    coordinators = Member.objects.filter(initiative=initiative, role__gte=least, person__is_active=True)
    return list({*readers("problems"), *coordinators.values_list("person__email", "person__language")})

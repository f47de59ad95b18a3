"""What every operation on a profile begins and ends with."""

from typing import Any

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import link_records, unlink_record
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.access import Workspace
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.values import Audience, Shared


def require(row: Expert, workspace: Workspace, right: str) -> Person:
    """The viewer, who may do this to their own profile whatever has become of their role, else by right."""
    if workspace.viewer is not None and row.person_id == workspace.viewer.pk:
        return workspace.viewer
    return workspace.require(right)


def note(row: Expert, actor: Person | None, verb: str, **data: Any) -> None:
    """Write the history and have the search index follow.

    Without the initiative, whose history everybody reads: next to the actor's name it would tell whose profile it is.
    For the same reason `data` never holds what a profile says, only which parts of it.
    """
    record(actor=actor, verb=verb, reference=reference(row), data=data)


def reference(row: Expert) -> Reference:
    """The address of a profile."""
    return Reference(kind="expert", key=row.slug)


def follow_evidence(row: Expert) -> None:
    """Link the profile to the records that show its work, as long as that is shared with everybody."""
    unlink_record(source=reference(row))
    if row.consents.filter(field=Shared.EVIDENCE, audience=Audience.PUBLIC).exists():
        for shows in row.evidence.all():
            link_records(source=reference(row), relation="shown_by", target=Reference.parse(shows.reference))

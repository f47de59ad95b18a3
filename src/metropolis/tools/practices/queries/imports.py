"""Reaching the files of practices that are being taken in."""

from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer, signed_in
from metropolis.foundation.background.queries import has_failed
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.tools.practices.models import Import
from metropolis.tools.practices.queries.practices import TOOL


def queued_import(id: int, viewer: Viewer) -> Import:
    """One import, for those who may import into its initiative; `NotFound` when there is none."""
    signed_in(viewer)
    row = Import.objects.select_related("initiative").filter(pk=id).first()
    if row is None:
        raise NotFound(_("There is no such import."), field="import")
    open_workspace(row.initiative.slug, viewer=viewer, tool=TOOL).require("practices.import_practices")
    return row


def imports_of(viewer: Viewer) -> list[Import]:
    """The last five imports of a person, the newest first."""
    return list(Import.objects.filter(author=signed_in(viewer)).select_related("initiative").order_by("-pk")[:5])


def is_given_up(row: Import) -> bool:
    """Whether it waits in vain, because the program failed at it again and again."""
    return row.state == Import.State.WAITING and has_failed(import_key(row.pk))


def import_key(id: int) -> str:
    """The key under which an import is in the queue."""
    return f"import {id}"

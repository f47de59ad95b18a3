"""The page on which a coordinator takes in a file of practices."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in
from metropolis.tools.practices.forms import ImportForm
from metropolis.tools.practices.operations import RowOutcome, import_practices, open_import
from metropolis.tools.practices.queries import initiatives_to_import_to

#: Rows a page takes in while its reader waits; the command line takes any number.
_MOST_ROWS = 2_000
_SHOWN_PROBLEMS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """The form for a file and its mapping; then what became of each row, or would become of it."""
    initiatives = initiatives_to_import_to(viewer_of(request.user))
    form = ImportForm(request.POST or None, request.FILES or None, initiatives=initiatives)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            outcomes = _import(request, form.cleaned_data)
            context |= _report(outcomes, is_dry=form.cleaned_data["how"] == "check")
    return render(request, "practices/import.html", context)


def _import(request: HttpRequest, sent: dict[str, Any]) -> list[RowOutcome]:
    with TemporaryDirectory(prefix="metropolis-import-") as name:
        file, mapping = (_kept(sent[upload], Path(name)) for upload in ("file", "mapping"))
        total, rows = open_import(file, mapping)
        if total > _MOST_ROWS:
            message = _("The file has %(total)s rows; a page takes %(most)s. Use the command line, or smaller files.")
            raise InvalidInput(message % {"total": total, "most": _MOST_ROWS}, field="file")
        outcomes = import_practices(
            initiative=sent["initiative"],
            actor=signed_in(request.user),
            rows=rows,
            publish=sent["how"] == "publish",
            dry_run=sent["how"] == "check",
        )
        return list(outcomes)


def _kept(upload: UploadedFile[Any], folder: Path) -> Path:
    path = folder / f"upload{Path(upload.name or '').suffix.lower()}"
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def _report(outcomes: list[RowOutcome], *, is_dry: bool) -> dict[str, Any]:
    titles = {
        "added": _("Added"),
        "changed": _("Changed"),
        "published": _("Published"),
        "unchanged": _("There already"),
        "kept": _("Changed here since the last import, and kept so"),
        "rejected": _("Rejected"),
    }
    counts: Counter[str] = Counter(outcome.outcome for outcome in outcomes)
    problems = [
        [outcome.number, outcome.key or None, problem.field or None, problem.reason]
        for outcome in outcomes
        for problem in outcome.problems
    ]
    return {
        "is_dry": is_dry,
        "counts": [{"value": counts[name], "label": title} for name, title in titles.items() if counts[name]],
        "columns": [{"label": label} for label in (_("Row"), _("Key"), _("Field"), _("Reason"))],
        "problems": problems[:_SHOWN_PROBLEMS],
        "left_out": max(0, len(problems) - _SHOWN_PROBLEMS),
        "is_done": True,
    }

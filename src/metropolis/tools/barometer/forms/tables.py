"""The two tables of an edition as files."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries import Checked, checked_tables

_TABLES = {".csv", ".xlsx"}


class FileField(forms.FileField):
    """A file of one of some kinds, no larger than the site takes."""

    def __init__(self, *, kinds: set[str] = _TABLES, **options: Any) -> None:
        super().__init__(**options)
        self._kinds = kinds
        self.widget.attrs["accept"] = ",".join(sorted(kinds))

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse another kind, and too large a file."""
        upload = super().clean(data, initial)
        if upload:
            if Path(upload.name).suffix.lower() not in self._kinds:
                raise forms.ValidationError(
                    _("Choose a file of the kind %(kinds)s."), params={"kinds": ", ".join(sorted(self._kinds))}
                )
            if upload.size > settings.UPLOAD_LIMIT:
                raise forms.ValidationError(
                    _("The file is larger than %(limit)s."), params={"limit": filesizeformat(settings.UPLOAD_LIMIT)}
                )
        return upload


@contextmanager
def as_paths(*uploads: File[Any] | None) -> Iterator[list[Path | None]]:
    """Uploads as files by their own names, as long as they are read: what is wrong with one names it."""
    with ExitStack() as stack:
        paths: list[Path | None] = []
        for upload in uploads:
            if not upload:
                paths.append(None)
                continue
            path = Path(stack.enter_context(TemporaryDirectory())) / Path(upload.name or "table.csv").name
            path.write_bytes(b"".join(upload.chunks()))
            paths.append(path)
        yield paths


class TablesForm(forms.Form):
    """A framework, data or both."""

    framework = FileField(
        label=_("Framework (iMeta)"),
        required=False,
        help_text=_("A row for each indicator and for each node above it. CSV or XLSX."),
    )
    figures = FileField(
        label=_("Data (iData)"),
        required=False,
        help_text=_("A row for each city, or for each city and year; a column for each indicator. CSV or XLSX."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, edition: Edition) -> None:
        super().__init__(data, files)
        self._edition = edition
        self.checked: Checked | None = None

    def clean(self) -> dict[str, Any]:
        """Read and check what was given, together with what the edition has."""
        sent = self.cleaned_data
        if self.errors:
            return sent
        if not (sent.get("framework") or sent.get("figures")):
            raise forms.ValidationError(_("Choose a file: the framework, the data or both."))
        try:
            with as_paths(sent.get("framework"), sent.get("figures")) as (framework, data):
                self.checked = checked_tables(self._edition, framework, data)
        except InvalidInput as error:
            self.add_error("framework" if error.field == "framework" else None, error.message)
        return sent

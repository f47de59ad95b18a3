"""The form for a file of practices and its mapping."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.practices.models import Import


class ImportForm(forms.Form):
    """What to take in, into which initiative, and how far to go."""

    initiative = forms.ChoiceField(label=_("Initiative"))
    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX or JSON Lines, 50,000 rows at most."))
    mapping = forms.FileField(label=_("Mapping"), help_text=_("A TOML file that says which columns make which fields."))
    how = forms.ChoiceField(
        label=_("What to do"),
        choices=Import.How.choices,
        initial=Import.How.CHECK,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, files: Any, *, initiatives: Iterable[Initiative]) -> None:
        super().__init__(data, files)
        field = self.fields["initiative"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        field.choices = [(row.slug, row.title) for row in initiatives]

    def clean_file(self) -> UploadedFile[Any]:
        """A file of a kind that can be read, and no larger than the site takes."""
        return _fitting(self.cleaned_data["file"], {".csv", ".xlsx", ".jsonl"})

    def clean_mapping(self) -> UploadedFile[Any]:
        """A TOML file."""
        return _fitting(self.cleaned_data["mapping"], {".toml"})


def _fitting(upload: UploadedFile[Any], suffixes: set[str]) -> UploadedFile[Any]:
    if Path(upload.name or "").suffix.lower() not in suffixes:
        raise forms.ValidationError(_("Choose a file of the kind %(kinds)s.") % {"kinds": ", ".join(sorted(suffixes))})
    if (upload.size or 0) > settings.UPLOAD_LIMIT:
        limit = filesizeformat(settings.UPLOAD_LIMIT)
        raise forms.ValidationError(_("The file is larger than %(limit)s.") % {"limit": limit})
    return upload

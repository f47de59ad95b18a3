"""The shape of what people fill in about a publication."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.values import REFUSALS, PublicationInput
from metropolis.foundation.records.forms import LanguageField
from metropolis.foundation.records.values import LONGEST_TEXT
from metropolis.foundation.taxonomy.forms import TermsField
from metropolis.foundation.workspaces.queries import workspaces_for


class UploadField(forms.FileField):
    """A file, given as its bytes; one that is too large is refused before it is read."""

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        """The bytes, or None where no file was sent."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        if (upload.size or 0) > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(REFUSALS["too-large"] % {"limit": filesizeformat(settings.UPLOAD_LIMIT)})
        return bytes(upload.read())


class PublicationForm(forms.Form):
    """A publication with its file."""

    title = forms.CharField(label=_("Title"), min_length=3, max_length=200)
    summary = forms.CharField(
        label=_("Summary"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    language = LanguageField(label=_("Language"))
    publisher = forms.CharField(label=_("Publisher"), max_length=200, required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1450, max_value=2100, required=False)
    licence = forms.CharField(
        label=_("Licence"), max_length=60, required=False, help_text=_("Such as CC BY 4.0; leave it empty if unknown.")
    )
    address = forms.URLField(
        label=_("Address elsewhere"), max_length=200, required=False, assume_scheme="https",
        help_text=_("Where its publisher offers it."),
    )  # fmt: skip
    file = UploadField(
        label=_("File"), required=False, help_text=_("A PDF. Its text is searched."),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )  # fmt: skip
    cover = UploadField(
        label=_("Cover"), required=False, help_text=_("A JPEG, PNG or WebP picture. Without one, a plain one is made."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    themes = TermsField("theme", label=_("Themes"), required=False)
    topics = TermsField("topic", label=_("Topics"), required=False)

    @property
    def content(self) -> PublicationInput:
        """What the publication says of itself, as operations take it."""
        told = {name: self.cleaned_data[name] for name in PublicationInput.model_fields}
        return PublicationInput.model_validate(told)


class AddForm(PublicationForm):
    """A publication of one of the initiatives in which the viewer may add it."""

    initiative = forms.ChoiceField(label=_("Initiative"))
    field_order = ("initiative",)

    def __init__(self, viewer: Viewer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["initiative"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says so to the type checker
        field.choices = [(row.slug, row.title) for row in workspaces_for(viewer)]


def initial_of(row: Publication) -> dict[str, Any]:
    """What the form shows of a publication there is."""
    values: dict[str, Any] = {name: getattr(row, name) for name in PublicationInput.model_fields if hasattr(row, name)}
    for name, vocabulary in (("themes", "theme"), ("topics", "topic")):
        values[name] = [term.code for term in row.terms.all() if term.vocabulary == vocabulary]
    return values

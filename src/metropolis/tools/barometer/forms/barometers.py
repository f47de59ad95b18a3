"""What a barometer and its editions say of themselves."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.forms import LanguageField
from metropolis.foundation.taxonomy.forms import TermsField
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.barometer.models import Barometer, Edition
from metropolis.tools.barometer.values import LABEL, BarometerInput, EditionInput

_TERMS = {"theme": "themes", "topic": "topics", "sdg": "sdgs"}


class BarometerForm(forms.Form):
    """What a barometer says of itself, and, of a new one, where it lives."""

    title = forms.CharField(label=_("Title"), min_length=3, max_length=160)
    one_line = forms.CharField(
        label=_("In one line"), min_length=3, max_length=240, help_text=_("What it measures, and of whom.")
    )
    summary = forms.CharField(
        label=_("What it measures, and why"),
        min_length=20,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("In words that a citizen understands: what a high score means, and what it does not say."),
    )
    language = LanguageField(label=_("Language of the text"))
    themes = TermsField("theme", label=_("Themes"), required=False)
    topics = TermsField("topic", label=_("Topics"), required=False)
    sdgs = TermsField("sdg", label=_("Sustainable Development Goals"), required=False)

    def __init__(self, data: Any, *, initiatives: Iterable[Initiative] = (), initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        offered = [(row.slug, row.title) for row in initiatives]
        if offered:
            self.fields["initiative"] = forms.ChoiceField(
                label=_("Initiative"), choices=offered, help_text=_("Its coordinators make the barometer with you.")
            )

    @staticmethod
    def told_by(row: Barometer) -> dict[str, Any]:
        """What a barometer says, for a form to begin with."""
        codes: dict[str, list[str]] = {name: [] for name in _TERMS.values()}
        for term in row.terms.all():
            codes[_TERMS[term.vocabulary]].append(term.code)
        return {name: getattr(row, name) for name in ("title", "one_line", "summary", "language")} | codes

    @property
    def content(self) -> BarometerInput:
        """The same as operations take it."""
        return BarometerInput(**{name: told for name, told in self.cleaned_data.items() if name != "initiative"})


class BeginEditionForm(forms.Form):
    """A new edition's label, and the edition it is made like."""

    label = forms.CharField(
        label=pgettext_lazy("edition", "Label"),
        max_length=40,
        validators=[RegexValidator(LABEL, _("Use small letters, digits and hyphens."))],
        help_text=_("The year, for instance: 2026. It stands in the address."),
    )
    like = forms.ChoiceField(
        label=_("Like an earlier edition"),
        required=False,
        help_text=_("The framework and the method are taken over; the data are not."),
    )

    def __init__(self, data: Any, *, editions: Iterable[Edition]) -> None:
        super().__init__(data)
        labels = [row.label for row in editions]
        if not labels:
            del self.fields["like"]
            return
        field = self.fields["like"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        field.choices = [("", _("No: begin from nothing")), *((label, label) for label in labels)]


class EditionTextForm(forms.Form):
    """What an edition says of its data."""

    label = BeginEditionForm.base_fields["label"]
    source_note = forms.CharField(
        label=_("Where the data come from"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who counted or asked, when, and what is to be known before one compares."),
    )
    synthetic_note = forms.CharField(
        label=_("Where synthetic values come from"),
        max_length=400,
        required=False,
        help_text=_("Only if values are invented or generated: it is said on every page, chart and download."),
    )
    licence = forms.CharField(
        label=_("Licence of the data"), max_length=60, required=False, help_text=_("For instance CC BY 4.0.")
    )

    @staticmethod
    def told_by(row: Edition) -> dict[str, Any]:
        """What an edition says, for a form to begin with."""
        return {name: getattr(row, name) for name in EditionInput.model_fields}

    @property
    def content(self) -> EditionInput:
        """The same as operations take it."""
        return EditionInput(**self.cleaned_data)

"""The parts of a practice that are rows of their own: each a small form, with some empty ones to fill."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metropolis.tools.practices.models import BuildingBlock, KeyDate, Result, Source, Supporter
from metropolis.tools.practices.queries import field_label

#: More rows than anybody fills in by hand; an import may bring more, and they are kept.
_MOST = 60
_EMPTY = 2


def _web_address() -> forms.URLField:
    field = forms.URLField(label=_("Address"), max_length=600, assume_scheme="https")
    field.validators = [URLValidator(schemes=["http", "https"])]
    return field


class BuildingBlockForm(forms.ModelForm[BuildingBlock]):
    """A re-usable part."""

    class Meta:
        model = BuildingBlock
        fields = ("title", "kind", "description")
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {"kind": _("Core: must be kept when copied. Adaptable: may change from city to city.")}


class SourceForm(forms.ModelForm[Source]):
    """A public document."""

    url = _web_address()

    class Meta:
        model = Source
        fields = ("title", "url", "publisher", "year", "language", "quote", "accessed_on")
        widgets: ClassVar = {
            "quote": forms.Textarea(attrs={"rows": 2}),
            "accessed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts: ClassVar = {"language": _("Its code, such as es or pt."), "quote": _("At most 25 words.")}

    def clean_accessed_on(self) -> str | None:
        """The day as ISO 8601 writes it, which is how a practice's content holds it."""
        day = self.cleaned_data["accessed_on"]
        return day.isoformat() if day else None


class ResultForm(forms.ModelForm[Result]):
    """A measured effect; `source` is the number of a source on the same page, from 1."""

    source = forms.IntegerField(
        label=_("Source"), min_value=1, required=False, help_text=_("Its number in the list of sources below.")
    )

    class Meta:
        model = Result
        fields = ("indicator", "baseline", "baseline_on", "value", "measured_on", "unit", "method")


class KeyDateForm(forms.ModelForm[KeyDate]):
    """A moment that mattered."""

    class Meta:
        model = KeyDate
        fields = ("on", "event")
        help_texts: ClassVar = {"on": _("2014, 2014-07 or 2014-07-30")}


class SupporterForm(forms.ModelForm[Supporter]):
    """A partner and what it gives."""

    class Meta:
        model = Supporter
        fields = ("name", "support")


class LinkForm(forms.Form):
    """A page worth knowing beside the sources."""

    title = forms.CharField(label=_("Title"), max_length=200)
    url = _web_address()


_FORMS: dict[str, type[forms.BaseForm]] = {
    "building_blocks": BuildingBlockForm,
    "sources": SourceForm,
    "results": ResultForm,
    "key_dates": KeyDateForm,
    "partners": SupporterForm,
    "links": LinkForm,
}
ROW_PARTS = frozenset(_FORMS)
_HELP: dict[str, Promise] = {
    "building_blocks": _("What another city could take over by itself, each part with a name of its own."),
    "results": _("One row for each indicator: what it was before, what it became, and who says so."),
    "sources": _("Public documents in which the facts can be read."),
    "key_dates": _("At most five."),
    "partners": _("Organisations, not persons."),
}


class Rows:
    """All rows of one part, as a formset knows them, with what a page says about them."""

    def __init__(self, part: str, data: Any, initial: list[dict[str, Any]]) -> None:
        most = 5 if part == "key_dates" else _MOST
        factory = forms.formset_factory(
            _FORMS[part],
            extra=_EMPTY,
            can_delete=True,
            max_num=most,
            validate_max=part == "key_dates",
        )
        self.part = part
        self.label = field_label(part)
        self.help = _HELP.get(part, "")
        self.formset: forms.BaseFormSet[Any] = factory(data, prefix=part, initial=initial)

    def kept(self) -> list[tuple[int, dict[str, Any]]]:
        """The rows that are filled and not taken off, each with its place on the page from 0."""
        return [
            (place, {name: value for name, value in form.cleaned_data.items() if name != "DELETE"})
            for place, form in enumerate(self.formset.forms)
            if form.has_changed() or place < self.formset.initial_form_count()
            if not form.cleaned_data.get("DELETE") and form.cleaned_data
        ]

"""The filters of the list of practices, which live in its address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.places.queries import countries
from metropolis.foundation.records.queries import any_language, language_name
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries import (
    countries_of_practices,
    initiatives_with_practices,
    languages_of_practices,
)
from metropolis.tools.practices.values import PracticeFilter

Choices = list[tuple[str, Any]]


class FilterForm(forms.Form):
    """Narrows the list down; an empty field does not narrow."""

    theme = forms.ChoiceField(label=_("Theme"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(label=_("Original language"), required=False)
    sdg = forms.ChoiceField(label=_("Sustainable Development Goal"), required=False)
    initiative = forms.ChoiceField(label=_("Initiative"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", _("Latest change")),
            ("title", _("Title")),
            ("city", _("City")),
            ("newest_start", _("Newest start")),
            ("completeness", _("Completeness")),
        ],
    )

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data)
        names = dict(countries(get_language() or "en"))
        # What there is none of is asked for rightly all the same.
        asked = {name: {data.get(name, "")} for name in ("country", "language")}
        lands = {*countries_of_practices(viewer), *(asked["country"] & names.keys())}
        spoken = {*languages_of_practices(viewer), *(code for code in asked["language"] if any_language(code, viewer))}
        choices: dict[str, Choices] = {
            "theme": _flat(terms("theme")),
            "topic": _tree(terms("topic")),
            "sdg": [(term.code, f"{term.code}. {term.label()}") for term in terms("sdg")],
            "status": list(Practice.Status.choices),
            "country": _named((code, names[code]) for code in lands),
            "language": _named((code, language_name(code)) for code in spoken),
            "initiative": list(initiatives_with_practices(viewer)),
        }
        self.labels = {name: dict(_unfolded(offered)) for name, offered in choices.items()}
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
            field.choices = [("", _("All")), *offered]

    def wanted(self) -> PracticeFilter | None:
        """What is asked for; None when a field is wrong: there is nothing of the kind."""
        return PracticeFilter(**self.cleaned_data) if self.is_valid() else None

    def chosen(self) -> list[dict[str, str]]:
        """The filters in force, each with the words of its choice."""
        self.is_valid()
        return [
            {"name": name, "value": value, "label": self.labels[name][value]}
            for name, value in self.cleaned_data.items()
            if value and name in self.labels
        ]


def _flat(found: Iterable[Term]) -> Choices:
    return [(term.code, term.label()) for term in found]


def _named(pairs: Iterable[tuple[str, str]]) -> Choices:
    return sorted(pairs, key=lambda pair: pair[1])


def _tree(found: list[Term]) -> Choices:
    """The top terms as groups, each beginning with itself."""
    return [
        (top.label(), [(top.code, _("%(topic)s: all") % {"topic": top.label()}), *_flat(_under(top, found))])
        for top in found
        if top.parent_id is None
    ]


def _under(top: Term, found: list[Term]) -> list[Term]:
    return [term for term in found if term.parent_id == top.pk]


def _unfolded(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from ((code, str(text)) for code, text in label)
        else:
            yield value, str(label)

"""The form of a need or an offer."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.pages.forms import CityInput
from metropolis.foundation.places.engine import language_name
from metropolis.foundation.records.queries import hash_of
from metropolis.foundation.records.values import validate_partial_date
from metropolis.foundation.taxonomy.queries import terms
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.values import NeedInput

LANGUAGES = ("en", "es", "fr", "pt", "ca", "ar", "zh", "de", "it", "nl", "ja", "ru", "tr", "hi", "id", "ko", "sw", "vi")


class NeedForm(forms.Form):
    """A need or an offer, in one page."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Need.Kind, widget=forms.RadioSelect, initial="need")
    title = forms.CharField(
        label=_("Title"), min_length=3, max_length=160, help_text=_("What a colleague would search for.")
    )
    text = forms.CharField(
        label=_("In your own words"),
        min_length=10,
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("What you want to do or can give, for whom and why. It is matched in every language."),
    )
    language = forms.ChoiceField(label=_("Language of the text"))
    city = forms.CharField(label=_("City"), widget=CityInput, help_text=_("With its country: Rosario, AR."))
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    constraints = forms.CharField(
        label=_("Constraints"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Money, powers, time or places that an answer has to respect."),
    )
    by_when = forms.CharField(
        label=_("By when"),
        required=False,
        max_length=10,
        validators=[validate_partial_date],
        help_text=_("A year, a month or a day: 2028, 2028-06 or 2028-06-30."),
    )
    open_until = forms.DateField(
        label=_("Answers wanted until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty for as long as it takes."),
    )

    def __init__(self, *args: Any, initiatives: Iterable[Initiative] | None = None, **kwargs: Any) -> None:
        """Offer the vocabulary, and the `initiatives` to add it to; None when it is in one already."""
        super().__init__(*args, **kwargs)
        reader = get_language() or "en"
        self._choose("language", [(code, language_name(code, reader)) for code in LANGUAGES])
        self._choose("topics", [(term.code, term.label()) for term in terms("topic")])
        if initiatives is None:
            # It stays what it is.
            del self.fields["kind"]
        else:
            self.fields["form_key"] = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
            self.fields["initiative"] = forms.ChoiceField(
                label=_("Initiative"), choices=[(row.slug, row.title) for row in initiatives]
            )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def content(self, kind: str = "need") -> NeedInput:
        """What was entered, once it is valid."""
        entered = {name: value for name, value in self.cleaned_data.items() if name in NeedInput.model_fields}
        return NeedInput.model_validate({"kind": kind} | entered)

    def key(self) -> str:
        """The same whenever the same form comes with the same content, and only then; empty for a form without one."""
        sent = self.cleaned_data.get("form_key")
        return f"{sent}:{hash_of(self.content().model_dump_json())}" if sent else ""


def initial_of(row: Need) -> dict[str, Any]:
    """A need or an offer as the form shows it."""
    names = ("title", "text", "language", "constraints", "by_when", "open_until")
    topics = [term.code for term in row.terms.all() if term.vocabulary == "topic"]
    return {name: getattr(row, name) for name in names} | {"city": row.city.label, "topics": topics}

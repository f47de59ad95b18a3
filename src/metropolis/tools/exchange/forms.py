"""The shape of what is asked in an address, and of a need or an offer."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import InvalidInput, MetropolisError
from metropolis.foundation.pages.forms import CityInput
from metropolis.foundation.places.engine import language_name
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.values import validate_partial_date
from metropolis.foundation.taxonomy.queries import terms
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.engine import Weights
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.queries import FACETS
from metropolis.tools.exchange.values import NeedInput, Question

PER_PAGE = 20
#: Pages a reader may turn; beyond them a better question is the better way.
LAST_PAGE = 50
LANGUAGES = ("en", "es", "fr", "pt", "ca", "ar", "zh", "de", "it", "nl", "ja", "ru", "tr", "hi", "id", "ko", "sw", "vi")
WEIGHT = "weight_"
HEAVIEST = 5.0


class Asked(NamedTuple):
    """What an address asks for; `trouble` says what is wrong with its city, and `candidates` which may be meant."""

    question: Question
    city: City | None
    city_text: str
    trouble: str
    candidates: list[str]
    page: int

    @property
    def has_own_weights(self) -> bool:
        """Whether the weights of the factors were changed."""
        return self.question.weights != Weights()


def asked(query: QueryDict) -> Asked:
    """Read a question from the address of a page of results; what makes no sense is left out.

    `q` text, `city` "Rosario, AR", `kind` and the names of the facets (any number of values), `sort` relevance or fit,
    `weight_need` … from 0 to 5, `page` from 1.
    """
    text = query.get("city", "").strip()
    city, trouble, candidates = _city(text)
    page = _number(query.get("page"), 1, LAST_PAGE) or 1
    by_fit = query.get("sort") == "fit" and city is not None
    question = Question(
        text=query.get("q", "").replace("\0", "").strip()[:800],
        city_id=city.id if city else None,
        kinds=tuple(query.getlist("kind")),
        filters={name: tuple(query.getlist(name)) for name in FACETS if name != "kind" and query.getlist(name)},
        weights=_weights(query),
        sort="fit" if by_fit else "relevance",
        limit=PER_PAGE,
        offset=PER_PAGE * (int(page) - 1),
    )
    return Asked(question, city, text, trouble, candidates, int(page))


def _city(text: str) -> tuple[City | None, str, list[str]]:
    if not text:
        return None, "", []
    try:
        return find_city(text), "", []
    except MetropolisError as error:
        labels = [candidate["label"] for candidate in error.data.get("candidates", ())]
        return None, error.message, labels or list(error.data.get("suggestions", ()))


def _weights(query: QueryDict) -> Weights:
    given = {name: _number(query.get(f"{WEIGHT}{name}"), 0, HEAVIEST) for name in Weights.model_fields}
    return Weights.model_validate({name: weight for name, weight in given.items() if weight is not None})


def _number(text: str | None, least: float, most: float) -> float | None:
    try:
        return min(max(float(text or ""), least), most)
    except ValueError:
        return None


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
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}))
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
            self.fields["initiative"] = forms.ChoiceField(
                label=_("Initiative"), choices=[(row.slug, row.title) for row in initiatives]
            )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def content(self, kind: str = "need") -> NeedInput:
        """What was entered, once it is valid."""
        entered = {name: value for name, value in self.cleaned_data.items() if name != "initiative"}
        return NeedInput.model_validate({"kind": kind} | entered)

    def refuse(self, error: MetropolisError) -> None:
        """Show why an operation refused, beside the field it names."""
        if not isinstance(error, InvalidInput) and error.field not in self.fields:
            raise error
        self.add_error(error.field if error.field in self.fields else None, error.message)


def initial_of(row: Need) -> dict[str, Any]:
    """A need or an offer as the form shows it."""
    names = ("title", "text", "language", "constraints", "by_when", "open_until")
    topics = [term.code for term in row.terms.all() if term.vocabulary == "topic"]
    return {name: getattr(row, name) for name in names} | {"city": row.city.label, "topics": topics}

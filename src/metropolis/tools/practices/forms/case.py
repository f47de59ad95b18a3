"""One section of a practice as a form: its fields, its rows, and what came of them, checked together."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

from annotated_types import MinLen
from django import forms
from django.core.validators import MinLengthValidator
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from metropolis.engine_kit import Conflict, MetropolisError
from metropolis.foundation.pages.forms import CityInput
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.forms import language_choices
from metropolis.foundation.records.queries import hash_of, language_name
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.practices.engine import LAYOUT
from metropolis.tools.practices.forms.rows import ROW_PARTS, Rows
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries import COLUMNS, field_label
from metropolis.tools.practices.values import PracticeInput

_HELP = {
    "title": _("What a colleague in another city would search for."),
    "one_line": _("What it is, and for whom."),
    "summary": _("The problem, what was done, and what came of it."),
    "city": _("With its country: Rosario, AR."),
    "started_on": _("A year, a month or a day: 2014, 2014-07 or 2014-07-30."),
    "ended_on": _("Leave it empty while it runs."),
    "stopped_why": _("Asked for when it was stopped: that is what others learn most from."),
    "contact_role": _("For instance: head of the water department. No names of persons."),
    "actions": _("One action a line."),
    "adapted_from": _("The city or practice it was borrowed from, if it was."),
    "cost_currency": _("Three letters: EUR, USD, MXN."),
    "failures": _("What did not work is as useful to others as what did."),
    "preconditions": _("What has to be there before another city can start."),
    "adopters": _("Cities that took it over, one a line with their country: Rosario, AR."),
    "powers_needed": _("What a city must be allowed to do: by which law, at which level."),
}
#: Choices of which none need be known.
_UNKNOWN = {"scale": Practice.Scale, "status": Practice.Status, "evidence": Practice.Evidence}
#: Columns for which the model's own field does not do.
_OWN = {"language", *_UNKNOWN}


class SectionForm(forms.Form):
    """The fields of one section, taken from the model; the rows are beside it in `CaseForm`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, section: str, data: Any, *, initial: dict[str, Any], initiatives: Iterable[Initiative]) -> None:
        super().__init__(data, initial=initial)
        names = [name for name in LAYOUT[section] if name not in ROW_PARTS]
        plain = [name for name in names if name in COLUMNS and name not in _OWN]
        self.fields |= fields_for_model(Practice, fields=plain)
        for name in names:
            if name not in self.fields:
                self.fields[name] = _field(name, initial)
            self.fields[name].help_text = _HELP.get(name, "")
            self._ask_for_enough(name)
        offered = [(row.slug, row.title) for row in initiatives]
        if offered:
            self.fields["initiative"] = forms.ChoiceField(label=_("Initiative"), choices=offered)
            self.fields["form_key"] = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
        else:
            self.fields["updating_note"] = forms.CharField(
                label=_("What you changed"),
                help_text=_("For the history, in a few words."),
                max_length=240,
                required=False,
            )

    def _ask_for_enough(self, name: str) -> None:
        """Ask for as many letters as a practice's content does."""
        field = self.fields[name]
        for rule in PracticeInput.model_fields[name].metadata:
            if isinstance(rule, MinLen) and isinstance(field, forms.CharField):
                field.validators.append(MinLengthValidator(rule.min_length))

    def clean_city(self) -> str:
        """The city as it was typed, once it is known to name one."""
        return self._known_city(self.cleaned_data["city"], "city")

    def clean_adopters(self) -> tuple[str, ...]:
        """The adopting cities, one a line."""
        lines = self.cleaned_data["adopters"].splitlines()
        return tuple(self._known_city(line, "adopters") for line in lines if line.strip())

    def _known_city(self, text: str, field: str) -> str:
        # What the practice has already is not looked up: two cities of one division may share name and label.
        if text in str(self.initial.get(field, "")).splitlines():
            return text
        try:
            find_city(text)
        except MetropolisError as error:
            raise forms.ValidationError(error.message) from error
        return text

    def clean_cost_currency(self) -> str:
        """Three capital letters, or nothing."""
        code: str = self.cleaned_data["cost_currency"].strip().upper()
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise forms.ValidationError(_("A currency is three letters, such as EUR."))
        return code


def _field(name: str, initial: dict[str, Any]) -> forms.Field:
    """The field of what is no plain column of the model."""
    label = field_label(name)
    if name == "city":
        return forms.CharField(label=label, widget=CityInput)
    if name == "adopters":
        return forms.CharField(label=label, widget=forms.Textarea, required=False)
    if name == "language":
        present = initial.get(name, "")
        named = language_choices()
        # What came in through the API or an import may be in a language that forms do not offer.
        others = [(present, language_name(present))] if present and present not in dict(named) else []
        return forms.ChoiceField(label=label, choices=[*others, *named])
    if name in _UNKNOWN:
        return forms.ChoiceField(label=label, choices=[("", _("Unknown")), *_UNKNOWN[name].choices], required=False)
    vocabulary = name.removesuffix("s")
    widget = TopicsInput if vocabulary == "topic" else forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=label, choices=_term_choices(terms(vocabulary)), widget=widget, required=False
    )


class TopicsInput(forms.CheckboxSelectMultiple):
    """Check boxes in groups, each under a fold that is open where something is chosen."""

    template_name = "practices/widgets/topics.html"


def _term_choices(found: list[Term]) -> list[tuple[str, Any]]:
    """Terms with children become groups that begin with the term itself."""
    under: dict[int, list[tuple[str, str]]] = {}
    for term in found:
        if term.parent_id is not None:
            under.setdefault(term.parent_id, []).append((term.code, term.label()))
    return [
        (term.label(), [(term.code, term.label()), *under[term.pk]]) if term.pk in under else (term.code, term.label())
        for term in found
        if term.parent_id is None
    ]


class CaseForm:
    """A section's fields and rows, valid or wrong together.

    To an error summary it looks like one form. `initiatives` are offered to choose from when a practice is added.
    """

    def __init__(
        self,
        section: str,
        data: QueryDict | None = None,
        *,
        content: PracticeInput | None = None,
        version: int | None = None,
        initiatives: Iterable[Initiative] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        told: dict[str, Any] = content.model_dump() if content else {"language": get_language() or "en"}
        self._data = data
        self._told = told if content else {}
        first = told | {"version": version, "adopters": "\n".join(told.get("adopters", ()))} | (initial or {})
        self.fields = SectionForm(section, data, initial=first, initiatives=initiatives)
        self.rows = {
            part: Rows(part, data, _initial_rows(part, told.get(part, ())))
            for part in LAYOUT[section]
            if part in ROW_PARTS
        }
        self.section = section
        self.content: PracticeInput | None = None

    def is_valid(self) -> bool:
        """Whether everything is right; `content` then holds the whole practice as it would be."""
        right = [self.fields.is_valid(), *(rows.formset.is_valid() for rows in self.rows.values())]
        if not all(right):
            return False
        changes = {name: self.fields.cleaned_data[name] for name in LAYOUT[self.section] if name not in self.rows}
        kept = {part: rows.kept() for part, rows in self.rows.items()}
        changes |= {part: [values for _place, values in found] for part, found in kept.items()}
        if "results" in kept:
            self._point_to_sources(kept["results"], [place for place, _values in kept["sources"]])
        try:
            self.content = PracticeInput.model_validate(self._told | changes)
        except ValidationError as error:
            for problem in error.errors():
                self._add_problem(problem)
        return not self.errors

    @property
    def key(self) -> str:
        """The same whenever the same form comes with the same content, and only then; empty for a form without one."""
        sent = self.fields.cleaned_data["form_key"]
        return f"form:{sent}:{hash_of(self.content.model_dump_json())}" if sent and self.content else ""

    def _point_to_sources(self, results: list[tuple[int, dict[str, Any]]], sources: list[int]) -> None:
        for place, values in results:
            number = values["source"]
            if number is not None and number - 1 not in sources:
                form = self.rows["results"].formset.forms[place]
                form.add_error("source", _("There is no source with this number below."))
            values["source"] = None if number is None or number - 1 not in sources else sources.index(number - 1)

    def _add_problem(self, problem: Any) -> None:
        name = str(problem["loc"][0])
        message = str(problem.get("ctx", {}).get("error") or problem["msg"])
        if name in self.fields.fields:
            self.fields.add_error(name, message)
        else:
            self.fields.add_error(None, f"{field_label(name)}: {message}")

    def refuse(self, error: MetropolisError) -> None:
        """Show why the operation refused, with everything as it was typed; a second try goes over a conflict."""
        if isinstance(error, Conflict) and "version" in error.data and self._data is not None:
            typed = self._data.copy()
            typed["version"] = error.data["version"]
            self.fields.data = typed
            advice = _(
                "What you typed is still here. Compare it with the history, then save again to have it your way."
            )
            self.fields.add_error(None, f"{error.message} {advice}")
        else:
            self.fields.add_error(error.field if error.field in self.fields.fields else None, error.message)

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any((self.fields.errors, *(rows.formset.total_error_count() for rows in self.rows.values())))

    def non_field_errors(self) -> list[Any]:
        """What is wrong with more than one field, or with a whole set of rows."""
        of_rows = (error for rows in self.rows.values() for error in rows.formset.non_form_errors())
        return [*self.fields.non_field_errors(), *of_rows]

    def __iter__(self) -> Iterator[forms.BoundField]:
        yield from self.fields
        for rows in self.rows.values():
            for form in rows.formset:
                yield from form

    def hidden_fields(self) -> list[forms.BoundField]:
        """The fields that are not seen."""
        return [field for field in self if field.is_hidden]

    def visible_fields(self) -> list[forms.BoundField]:
        """The fields that are seen."""
        return [field for field in self if not field.is_hidden]

    def groups(self) -> list[Any]:
        """The fields and rows in the order of the section, between the initiative and what is said of the change."""
        names = ("initiative", *LAYOUT[self.section], "updating_note", "version", "form_key")
        groups: dict[str, Any] = self.rows | {field.name: field for field in self.fields}
        return [groups[name] for name in names if name in groups]


def _initial_rows(part: str, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    if part != "results":
        return [dict(item) for item in items]
    return [item | {"source": None if item["source"] is None else item["source"] + 1} for item in items]

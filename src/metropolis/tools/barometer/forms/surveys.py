"""A survey of residents: answers or ready estimates, and the figures they come to before these are taken in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine import (
    Estimates,
    Measure,
    Survey,
    Table,
    estimate,
    read_estimates,
    read_margins,
    read_survey,
    shrunk,
)
from metropolis.tools.barometer.engine.material import Material, StoredTable
from metropolis.tools.barometer.engine.questionnaire import caring_city
from metropolis.tools.barometer.engine.reading_surveys import read_measures
from metropolis.tools.barometer.engine.surveys import Flag
from metropolis.tools.barometer.forms.tables import FileField, as_paths


class SurveyForm(forms.Form):
    """Files of a survey, and what to make of them. The answers are read here and kept nowhere."""

    answers = FileField(
        label=_("Answers"),
        required=False,
        help_text=_(
            "A row for each person asked: uCode (the city), perhaps weight, stratum and cluster, and a column for each "
            "question. Only the estimates are kept, never anybody's answers."
        ),
    )
    measures = FileField(
        label=_("What the answers measure"),
        required=False,
        help_text=_(
            "A row for each indicator: measure, question, counted and ignored answers, separated by “|”. Not needed "
            "for the questionnaire of a caring city."
        ),
    )
    margins = FileField(
        label=_("Known population"),
        required=False,
        help_text=_("A row for each answer: uCode, question, answer and population. Answers are weighed to fit it."),
    )
    estimates = FileField(
        label=_("Or ready estimates"),
        required=False,
        help_text=_("A row for each city and indicator: uCode, iCode, value, and error or answers (and deff)."),
    )
    year = forms.TypedChoiceField(label=_("Year of the survey"), coerce=int)
    least = forms.IntegerField(
        label=_("Least number of answers"),
        min_value=2,
        max_value=10_000,
        initial=10,
        help_text=_("With fewer answers, a city gets no figure."),
    )
    covariates = forms.MultipleChoiceField(
        label=_("Draw small samples towards what is expected"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_(
            "By the indicators chosen here, each known of every city (the model of Fay and Herriot): cities with few "
            "answers borrow strength from those like them, and cities without a survey get the expected figure. "
            "Choose none to leave every figure as it was answered."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, material: Material) -> None:
        super().__init__(data, files)
        table, framework = material.parts()
        self._table = table
        years = table.years
        if years:
            self._choices("year", [(str(year), str(year)) for year in reversed(years)])
        else:
            del self.fields["year"]
        complete = [code for place, code in enumerate(table.columns) if not _has_gap(table, place)]
        named = framework.by_code
        if complete:
            self._choices("covariates", [(code, named[code].label if code in named else code) for code in complete])
        else:
            del self.fields["covariates"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        field.choices = choices

    @property
    def year_asked(self) -> int | None:
        """The year the survey belongs to, where the data have several."""
        return self.cleaned_data.get("year")

    def clean(self) -> dict[str, Any]:
        """Compute the estimates."""
        sent = self.cleaned_data
        if self.errors:
            return sent
        if bool(sent.get("answers")) == bool(sent.get("estimates")):
            raise forms.ValidationError(_("Choose one of the two: answers, or ready estimates."))
        try:
            self.found = self._estimated(sent)
        except InvalidInput as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        return sent

    def _estimated(self, sent: dict[str, Any]) -> Estimates:
        names = ("answers", "measures", "margins", "estimates")
        with as_paths(*(sent.get(name) for name in names)) as (answers, measures, margins, ready):
            if ready is not None:
                found = read_estimates(ready)
            else:
                assert answers is not None  # noqa: S101 - one of the two is there
                survey = read_survey(answers)
                wanted = read_measures(measures) if measures is not None else _of_questionnaire(survey)
                known = read_margins(margins) if margins is not None else None
                found = estimate(survey, wanted, margins=known, least=sent["least"])
        table = self._table.of_year(self.year_asked) if self.year_asked is not None else self._table
        strange = [unit for unit in found.table.units if unit not in table.units]
        if strange:
            message = gettext("“%(unit)s” is in the survey, but not among the cities of the data.")
            raise InvalidInput(message % {"unit": strange[0]}, field="estimates" if ready else "answers")
        return shrunk(found, table, columns=sent["covariates"]) if sent.get("covariates") else found


def _of_questionnaire(survey: Survey) -> Sequence[Measure]:
    found = [measure for measure in caring_city().measures if measure.question in survey.answers]
    if not found:
        message = gettext("No column is a question of the caring city's questionnaire: say what the columns measure.")
        raise InvalidInput(message, field="measures")
    return found


def _has_gap(table: Table, place: int) -> bool:
    column = table.values[:, place]
    return bool((column != column).any())  # noqa: PLR0124 only nan differs from itself


class StoredEstimates(Value):
    """Estimates as plain values, to be shown before they are taken in."""

    table: StoredTable
    errors: StoredTable
    answers: StoredTable
    effective: StoredTable
    flags: tuple[Flag, ...] = ()
    year: int | None = None

    @classmethod
    def of(cls, found: Estimates, year: int | None) -> "StoredEstimates":
        """Estimates of one year's cities."""
        rest = {
            name: StoredTable.of(found.table.with_values(getattr(found, name)))
            for name in ("errors", "answers", "effective")
        }
        return cls(table=StoredTable.of(found.table), flags=found.flags, year=year, **rest)

    @property
    def estimates(self) -> Estimates:
        """The same as arrays; `InvalidInput` where they are not of one shape."""
        table, *rest = (one.table for one in (self.table, self.errors, self.answers, self.effective))
        if any(one.values.shape != table.values.shape for one in rest):
            raise InvalidInput(gettext("The estimates are incomplete: upload the survey again."), field="estimates")
        errors, answers, effective = (one.values for one in rest)
        return Estimates(table, errors, answers, effective, self.flags)


class EstimatesForm(forms.Form):
    """Estimates that have been looked at, to be taken in."""

    taken = forms.CharField(label=pgettext_lazy("of a survey", "Estimates"), widget=forms.HiddenInput)

    def clean_taken(self) -> StoredEstimates:
        """The estimates that were shown."""
        try:
            return StoredEstimates.model_validate_json(self.cleaned_data["taken"])
        except (ValidationError, InvalidInput) as error:
            raise forms.ValidationError(_("The estimates are incomplete: upload the survey again.")) from error

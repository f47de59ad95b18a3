"""How an edition is computed: the usual choices in a plain form, everything else as TOML."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput, Value
from metropolis.foundation.records.forms import RowForm
from metropolis.tools.barometer.engine import Framework, Recipe, Variation
from metropolis.tools.barometer.engine.material import Break
from metropolis.tools.barometer.engine.method import USUAL, Choices, choices_of, recipe_of, variation_of

Kind = TypeVar("Kind", bound=Value)

_MEANS = [
    ("arithmetic", _("Arithmetic mean: a strength makes up for a weakness")),
    ("geometric", _("Geometric mean: a weakness counts more than a strength")),
    ("harmonic", _("Harmonic mean: a weakness counts most")),
    ("median", _("Median: the middle one of the parts")),
]


class MethodForm(forms.Form):
    """The usual choices, each in words."""

    imputation = forms.ChoiceField(
        label=_("Gaps in the data"),
        choices=[
            ("none", _("Leave them: a score is made of what is known")),
            ("mean", _("Fill them with the mean of all cities")),
            ("median", _("Fill them with the median of all cities")),
            ("within-pillar", _("Fill them with how the city does in the other indicators of the same pillar")),
            ("last", _("Fill them with the city's last known year")),
            ("linear", _("Fill them between the city's known years, on a straight line")),
            ("em", _("Fill them with what all other figures make most likely (EM)")),
        ],
    )
    least = forms.TypedChoiceField(
        label=_("A score needs"),
        coerce=float,
        choices=[
            ("0", _("any of its parts")),
            ("0.5", _("half of its parts")),
            ("0.66", _("two thirds of its parts")),
            ("1", _("all of its parts")),
        ],
        help_text=_("By their weight. Where less is known, the score is shown as unknown."),
    )
    outliers = forms.ChoiceField(
        label=_("Outliers"),
        choices=[
            ("none", _("Leave them as they are")),
            ("winsorise", _("Bring a few to the next value")),
            ("winsorise-log", _("Bring a few to the next value; where that is not enough, take logarithms")),
        ],
    )
    normalisation = forms.ChoiceField(
        label=_("One scale for all indicators"),
        choices=[
            ("goalposts", _("Between the goalposts of the framework")),
            ("min-max", _("From the least value to the greatest")),
            ("z-score", _("By distance from the mean, in standard deviations")),
            ("percentile", _("By the share of cities that are behind")),
        ],
        help_text=_(
            "Only goalposts make scores of different editions comparable. An indicator without any is put between the "
            "least and the greatest value."
        ),
    )
    weights = forms.ChoiceField(
        label=pgettext_lazy("of indicators", "Weights"),
        choices=[
            ("framework", _("As in the framework")),
            ("equal", _("All parts of a node the same")),
            ("target", _("So that all parts of a node have the same influence on it")),
            ("first-component", _("By the first principal component")),
            ("factors", _("By rotated factors")),
        ],
    )
    pillars = forms.ChoiceField(label=_("Putting indicators together"), choices=_MEANS)
    root = forms.ChoiceField(label=_("Putting the index together"), choices=_MEANS)
    varies = forms.MultipleChoiceField(
        label=_("What varies, to see how sure the ranking is"),
        choices=[
            ("weights", _("Every weight, a quarter more or less")),
            ("leave-out", _("Each indicator left out in turn")),
            ("imputation", _("Another way to fill gaps")),
            ("outliers", _("Outliers left as they are, too")),
            ("aggregation", _("The index as an arithmetic and as a geometric mean")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The errors of surveys always vary with it."),
    )

    def __init__(self, data: Any = None, *, framework: Framework, recipe: Recipe, variation: Variation | None) -> None:
        found = choices_of(framework, recipe, variation)
        self.is_usual = found is not None
        super().__init__(data, initial=(found or USUAL)._asdict())
        self._framework = framework

    def clean(self) -> dict[str, Any]:
        """Refuse choices that do not go together."""
        sent = self.cleaned_data
        if not self.errors:
            try:
                choices = Choices(**sent)
                self.recipe = recipe_of(self._framework, choices)
                self.variation = variation_of(self._framework, self.recipe, choices)
            except InvalidInput as error:
                self.add_error(error.field if error.field in self.fields else None, error.message)
        return sent


class RecipeForm(forms.Form):
    """Recipe and variation as TOML."""

    recipe = forms.CharField(
        label=_("Recipe"), widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"})
    )
    variation = forms.CharField(
        label=_("What varies"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
        help_text=_("Empty: every weight by a quarter, and each indicator left out in turn."),
    )
    file = forms.FileField(
        label=_("Recipe from a file"),
        required=False,
        help_text=_("TOML or JSON; it replaces the recipe above."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,.json"}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, framework: Framework, recipe: Recipe, variation: Variation | None
    ) -> None:
        initial = {"recipe": as_toml(recipe), "variation": as_toml(variation) if variation else ""}
        super().__init__(data, files, initial=initial)
        self._framework = framework
        self.made_recipe = recipe
        self.made_variation: Variation | None = None
        if files and files.get("file"):
            self.fields["recipe"].required = False

    def clean(self) -> dict[str, Any]:
        """Read both."""
        sent = self.cleaned_data
        upload = sent.get("file")
        try:
            text = upload.read(200_000).decode("utf-8-sig") if upload else sent.get("recipe", "")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not written in UTF-8."))
            return sent
        name = "file" if upload else "recipe"
        if name not in self.errors:
            self.made_recipe = self._read(name, Recipe, text)
        if sent.get("variation"):
            self.made_variation = self._read("variation", Variation, sent["variation"])
        if not self.errors and self.made_variation is not None:
            try:
                self.made_variation.check(self.made_recipe, self._framework)
            except InvalidInput as error:
                self.add_error("variation", error.message)
        return sent

    def _read(self, name: str, kind: type[Kind], text: str) -> Any:
        try:
            told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
            return kind.model_validate(told)
        except ValidationError as error:
            for one in error.errors()[:10]:
                self.add_error(name, f"{'.'.join(map(str, one['loc']))}: {one['msg']}")
        except InvalidInput as error:
            self.add_error(name, error.message)
        except (ValueError, RecursionError) as error:
            self.add_error(name, _("It cannot be read: %(reason)s") % {"reason": error})
        return None


class BreakRow(RowForm):
    """A year from which an indicator is measured otherwise."""

    code = forms.ChoiceField(label=_("Indicator"), required=False)
    year = forms.IntegerField(label=_("First year measured otherwise"), min_value=1800, max_value=2200, required=False)
    note = forms.CharField(label=_("What changed"), max_length=240, required=False)
    needed = ("code", "year")

    def __init__(self, *args: Any, framework: Framework, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        field.choices = [("", ""), *((node.code, node.label) for node in framework.indicators)]

    @staticmethod
    def told_by(breaks: tuple[Break, ...]) -> list[dict[str, Any]]:
        """The rows there are."""
        return [one.model_dump() for one in breaks]


def as_toml(value: Value) -> str:
    """A value that holds one list, as TOML: a table for each entry.

    >>> print(as_toml(Recipe()).splitlines()[0])
    [[steps]]
    """
    lines: list[str] = []
    for name, entries in value.model_dump(mode="json", exclude_none=True).items():
        for entry in entries:
            lines += [f"[[{name}]]", *(f"{_key(key)} = {_inline(one)}" for key, one in entry.items()), ""]
    return "\n".join(lines)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

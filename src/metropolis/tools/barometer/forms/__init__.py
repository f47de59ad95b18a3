"""The shape of what people fill in to make a barometer."""

from metropolis.tools.barometer.forms.barometers import BarometerForm, BeginEditionForm, EditionTextForm
from metropolis.tools.barometer.forms.cities import CitiesForm
from metropolis.tools.barometer.forms.comments import AnswerForm, CommentForm
from metropolis.tools.barometer.forms.method import BreakRow, MethodForm, RecipeForm, as_toml
from metropolis.tools.barometer.forms.surveys import EstimatesForm, SurveyForm
from metropolis.tools.barometer.forms.tables import TablesForm

__all__ = [
    "AnswerForm",
    "BarometerForm",
    "BeginEditionForm",
    "BreakRow",
    "CitiesForm",
    "CommentForm",
    "EditionTextForm",
    "EstimatesForm",
    "MethodForm",
    "RecipeForm",
    "SurveyForm",
    "TablesForm",
    "as_toml",
]

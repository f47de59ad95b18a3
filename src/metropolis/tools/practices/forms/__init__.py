"""The shape of what people send to the pages of practices."""

from metropolis.tools.practices.forms.case import CaseForm
from metropolis.tools.practices.forms.filter import FilterForm
from metropolis.tools.practices.forms.importing import ImportForm
from metropolis.tools.practices.forms.review import ReviewForm
from metropolis.tools.practices.forms.translation import TranslationForm, TranslationLanguageForm

__all__ = ["CaseForm", "FilterForm", "ImportForm", "ReviewForm", "TranslationForm", "TranslationLanguageForm"]

"""The form of one translation: each field that is told, beside its original."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.forms import language_choices
from metropolis.foundation.records.models import Translation
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries import TRANSLATABLE, field_label

_SHORT = {"title", "one_line"}


class TranslationLanguageForm(forms.Form):
    """Which language to translate into."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, data: Any = None, *, original: str) -> None:
        super().__init__(data)
        choices = [(code, name) for code, name in language_choices() if code != original]
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        field.choices = choices


class TranslationForm(forms.Form):
    """The fields of a practice in another language; `originals` are those that are told, by name."""

    origin = forms.ChoiceField(
        label=_("How this translation was made"),
        choices=Translation.Origin.choices,
        initial=Translation.Origin.TRANSLATOR,
    )

    def __init__(self, data: Any, *, originals: Mapping[str, str], initial: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(initial))
        self.originals = originals
        for name in originals:
            column = Practice._meta.get_field(name)  # noqa: SLF001 - Django's public name for it
            self.fields[name] = forms.CharField(
                label=field_label(name),
                max_length=getattr(column, "max_length", None),
                required=False,
                widget=forms.TextInput if name in _SHORT else forms.Textarea,
            )

    def pairs(self) -> list[tuple[str, forms.BoundField]]:
        """Each original with the field of its translation, in the order in which they are read."""
        return [(self.originals[name], self[name]) for name in TRANSLATABLE if name in self.originals]

    def texts(self) -> dict[str, str]:
        """The translated fields by name; an empty one is not translated."""
        return {name: self.cleaned_data[name] for name in self.originals}

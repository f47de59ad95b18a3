"""Form fields for what records of every tool have: a language, a partial date, rows of a list."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.queries import Rendering, language_name
from metropolis.foundation.records.values import LONGEST_TEXT, Visibility, validate_partial_date

#: The languages a text may be said to be in; what is written in another one can still come in through the API.
LANGUAGES = (
    "am", "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "gu",
    "ha", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "lv", "mg", "ml", "mr", "ms",
    "my", "nb", "ne", "nl", "pa", "pl", "ps", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw",
    "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "yo", "zh", "zu",
)  # fmt: skip


def language_choices() -> list[tuple[str, str]]:
    """The code and the name of each language, by name."""
    return sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda choice: choice[1])


class LanguageField(forms.ChoiceField):
    """The language a text is written in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=language_choices, **options)


class LanguagesField(forms.MultipleChoiceField):
    """Several languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=language_choices, **options)


class PartialDateField(forms.CharField):
    """A year, a month or a day, as ISO 8601 writes them."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("A year, a month or a day: 2014, 2014-07 or 2014-07-30."))
        super().__init__(max_length=10, validators=[validate_partial_date], **options)


class RowForm(forms.Form):
    """One row of a list: left empty it is no row; once something is filled in, the fields of `needed` must be."""

    use_required_attribute = False
    needed: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Ask for what a started row lacks."""
        row = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        for name in self.needed if row and not self.errors else ():
            if name not in row:
                self.add_error(name, _("Fill this in, or empty the whole row."))
        return row


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]  # which Django's class does not take at run time
    """The rows of a list, with some empty ones to fill; emptying a row removes it."""

    def filled(self) -> list[dict[str, Any]]:
        """The rows that say something, each without its empty fields."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data]


def rows_of(row: type[RowForm], *, more: int = 2) -> Callable[..., Any]:
    """Makes the `Rows` of a kind of row, with `more` empty ones, a hundred at most."""
    return forms.formset_factory(row, formset=Rows, extra=more, max_num=100, absolute_max=100, validate_max=True)


class FormWithRows:
    """A form and the lists that belong to it, checked and shown as one.

    Has of a form what the components that show one ask for.
    """

    def __init__(self, form: forms.BaseForm, lists: Mapping[str, Rows]) -> None:
        self.form = form
        self.lists = lists

    def is_valid(self) -> bool:
        """Check every part, so that all errors are shown at once."""
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.lists.values())])

    @property
    def errors(self) -> bool:
        """Whether something is wrong anywhere."""
        return self.form.is_bound and not self.is_valid()

    def non_field_errors(self) -> list[str]:
        """What is wrong with no single field."""
        of_lists = (error for rows in self.lists.values() for error in rows.non_form_errors())
        return [*self.form.non_field_errors(), *of_lists]

    def __iter__(self) -> Iterator[forms.BoundField]:
        yield from self.form
        for rows in self.lists.values():
            for form in rows.forms:
                yield from form

    def hidden_fields(self) -> list[forms.BoundField]:
        """The fields that are not seen."""
        return [field for field in self if field.is_hidden]

    def visible_fields(self) -> list[forms.BoundField]:
        """The fields that are seen."""
        return [field for field in self if not field.is_hidden]


class VisibilityForm(forms.Form):
    """Who may see a record."""

    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[
            (Visibility.DRAFT, _("Draft: its author and the coordinators")),
            (Visibility.INTERNAL, _("Internal: the members of the initiative")),
            (Visibility.PUBLIC, _("Public: everybody, and the search")),
        ],
        widget=forms.RadioSelect,
    )


class TranslationForm(forms.Form):
    """The texts of a record in another language; what is left empty is not translated."""

    origin = forms.ChoiceField(
        label=_("Who translated it"), choices=Translation.Origin.choices, initial=Translation.Origin.TRANSLATOR
    )

    def __init__(
        self, originals: Mapping[str, tuple[str, str]], data: Any = None, *, text: Rendering | None = None
    ) -> None:
        """`originals`: the label and the text of each field by its name; `text`: the translation there is."""
        known = {name: text.fields[name] for name in text.translated} | {"origin": text.origin} if text else None
        super().__init__(data, initial=known)
        for name, (label, original) in originals.items():
            area = forms.Textarea(attrs={"rows": min(12, 1 + len(original) // 60)})
            self.fields[name] = forms.CharField(
                label=label, required=False, help_text=original, max_length=LONGEST_TEXT, widget=area
            )
        self.order_fields([*originals, "origin"])

    @property
    def translated(self) -> dict[str, str]:
        """The texts by field, empty where there is no translation."""
        return {name: text for name, text in self.cleaned_data.items() if name != "origin"}


@contextmanager
def refusals_in(form: forms.BaseForm) -> Iterator[None]:
    """Show what an operation refuses in the form it came from, at its field; a missing right is not about the form."""
    try:
        yield
    except (Conflict, InvalidInput, NotFound) as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)

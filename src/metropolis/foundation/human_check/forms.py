"""The human check in a form."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import InvalidInput, NotFound, TooMany
from metropolis.foundation.human_check.operations import answer_challenge, use_challenge
from metropolis.foundation.human_check.queries import is_solved
from metropolis.foundation.human_check.values import Challenge, Reply
from metropolis.foundation.limits.values import callers

AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)


class HumanCheckInput(forms.TextInput):
    """Shows a new picture each time, or that the last one was answered rightly."""

    template_name = "human_check/widget.html"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Reply:  # noqa: ARG002 - Django's
        """What came back."""
        return Reply(data.get(f"{name}_token", ""), data.get(name, ""), f"{name}_new" in data)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        """Whether the form was sent without it."""
        return f"{name}_token" not in data

    def format_value(self, value: Any) -> None:
        """Nothing: an answer is never shown again."""

    def get_context(self, name: str, value: Reply | None, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What ``human_check/widget.html`` needs."""
        solved = value is not None and is_solved(value.token)
        token = value.token if value is not None and solved else Challenge.new().token
        return super().get_context(name, value, attrs) | {"token": token, "solved": solved}


class HumanCheckField(forms.Field):
    """A picture of characters that can also be heard, and what somebody typed of it. Its value is the token.

    `answered_by` are whose wrong answers are counted. Each right answer is good for one use, which `clean` makes of it
    unless `is_kept`: then the form makes it, once nothing else is wrong. Prefer `with_human_check`, which does so.
    """

    widget = HumanCheckInput(
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 20}
    )

    def __init__(self, *, answered_by: Collection[str] = (), is_kept: bool = False, **options: Any) -> None:
        options.setdefault("label", _("Are you human?"))
        options.setdefault("help_text", _("Type the five characters you see or hear, in capitals or small letters."))
        super().__init__(**options)
        self.answered_by = answered_by
        self.is_kept = is_kept

    def clean(self, value: Reply) -> str:
        """Check the answer; where the field is not required, nothing is asked."""
        if not self.required:
            return ""
        if value.wants_new:
            raise ValidationError(_("Here is a new picture."))
        if not value.answer and not is_solved(value.token):
            raise ValidationError(self.error_messages["required"], code="required")
        try:
            answer_challenge(token=value.token, answer=value.answer, answered_by=self.answered_by)
            if not self.is_kept:
                use_challenge(token=value.token)
        except (InvalidInput, NotFound, TooMany) as error:
            raise ValidationError(error.message) from error
        return value.token


def with_human_check(form_class: type[AnyForm], *, request: HttpRequest | None = None) -> type[AnyForm]:
    """The form with the human check as its last field, `human_check`; wrong answers count for who sends `request`.

    Who asks for a new picture gets the form back as it was filled in, with no errors. A right answer is kept while
    something else in the form is wrong, so that nobody has to answer twice.
    """
    field = HumanCheckField(answered_by=callers(request) if request else (), is_kept=True)
    # Made by the metaclass, which gathers the fields.
    metaclass: Any = type(form_class)
    checked: type[AnyForm] = metaclass(form_class.__name__, (_HumanChecked, form_class), {"human_check": field})
    return checked


class _HumanChecked(forms.BaseForm):
    @property
    def _wants_new_picture(self) -> bool:
        return f"{self.add_prefix('human_check')}_new" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self._wants_new_picture

    def full_clean(self) -> None:
        if self._wants_new_picture:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()
        if self.is_bound and not self._errors:
            try:
                use_challenge(token=self.cleaned_data["human_check"])
            except (InvalidInput, NotFound) as error:
                self.add_error("human_check", error.message)

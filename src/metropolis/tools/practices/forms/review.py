"""The form in which somebody notes that a practice was checked."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """Until when the check holds."""

    review_due_on = forms.DateField(
        label=_("Check it again by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"review_due_on": today + timedelta(days=365)})

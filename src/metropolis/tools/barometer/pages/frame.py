"""What all pages of one edition share: its head, its tabs, the year, and the gate."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.tools.barometer import queries


@dataclass(frozen=True)
class Opened(queries.OpenEdition):
    """An edition with the addresses of its pages and what they all show.

    `is_year_unknown` where a year was asked for of which there are no figures: the last one is shown.
    """

    is_year_unknown: bool = False

    def address(self, page: str, *more: Any, **query: Any) -> str:
        """The address of one of its pages, in the same year."""
        path = reverse(f"barometer:{page}", args=[self.edition.barometer.slug, self.edition.label, *more])
        asked = urlencode(({"year": self.wanted_year} if self.wanted_year is not None else {}) | query, doseq=True)
        return f"{path}?{asked}" if asked else path

    def require_year(self) -> None:
        """`NotFound` for a year asked for of which there are no figures: for files, which cannot say what they hold."""
        if self.is_year_unknown:
            raise NotFound(_("There are no figures of this year."), field="year")

    def told(self, caption: str, *, of_all_years: bool = False) -> str:
        """The caption of a chart, with the year, and with a word that the figures are invented where they are."""
        notes = [str(self.shown.year)] if self.shown.year is not None and not of_all_years else []
        if self.edition.synthetic_note:
            notes.append(_("synthetic figures"))
        if self.edition.state != "published":
            notes.append(str(self.edition.get_state_display()))
        return f"{caption} ({', '.join(notes)})" if notes else caption

    def context(self, here: str, **more: Any) -> dict[str, Any]:
        """What `barometer/edition_base.html` needs, and `more`; `here` names the tab."""
        return {
            "opened": self,
            "edition": self.edition,
            "barometer": self.edition.barometer,
            "wording": self.wording,
            "tabs": self._tabs(here),
            "may_make": self.may_make,
            **more,
        }

    def _tabs(self, here: str) -> list[dict[str, Any]]:
        pages = (
            ("edition", _("Ranking")),
            ("compare", pgettext("cities side by side", "Compare")),
            ("framework", _("Framework and weights")),
            ("sensitivity", _("How sure it is")),
            ("method", _("Method")),
            ("data", pgettext("figures", "Data")),
        )
        return [{"label": label, "url": self.address(page), "here": page == here} for page, label in pages]


def opened(request: HttpRequest, slug: str, label: str) -> Opened:
    """An edition for one of its pages, in the reader's language as far as it is translated.

    `NotFound` when the viewer may not see it.
    """
    row, workspace = queries.edition(slug, label, viewer_of(request.user))
    wording = queries.wording(row.barometer)
    asked, figures = request.GET.get("year", ""), queries.figures_of(row)
    years = {str(one.year): one.year for one in figures.years if one.year is not None} if figures else {}
    is_unknown = figures is not None and asked not in {"", *years}
    return Opened(wording.edition(row), workspace, years.get(asked), wording, is_unknown)

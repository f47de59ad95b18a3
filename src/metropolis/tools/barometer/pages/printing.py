"""A city's report on paper: where it stands, why, whether it gets on, and how all that is known."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.pages.engine import Chart
from metropolis.foundation.pages.engine.charts import interval_chart, line_chart, parts_chart, profile_chart
from metropolis.foundation.pages.engine.printing import pdf
from metropolis.foundation.pages.engine.report import (
    Report,
    ReportChart,
    ReportFact,
    ReportSection,
    ReportSource,
    ReportTable,
)
from metropolis.foundation.pages.values import look
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.pages.frame import opened
from metropolis.tools.barometer.pages.profile import (
    Profile,
    above,
    are_moves_at_once,
    chart_row,
    gap_told,
    in_short,
    moves,
    profile_of,
    profile_rows,
    progress,
    standouts,
)
from metropolis.tools.barometer.pages.steps import step_words
from metropolis.tools.barometer.queries import words

#: Cities shown above and below the one a report is about.
_AROUND = 6


@require_safe
def report(request: HttpRequest, slug: str, label: str, unit: str) -> HttpResponse:
    """A city's report as PDF, in the reader's language."""
    found = opened(request, slug, label)
    found.require_year()
    seen = profile_of(found, unit)
    answer = HttpResponse(pdf(report_on(seen)), content_type="application/pdf")
    name = "-".join(filter(None, (slugify(slug), label, slugify(seen.short) or slugify(unit))))
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def report_on(seen: Profile) -> Report:
    """All that a city's report says."""
    row, edition = seen.row, seen.found.edition
    year = [str(seen.year.year)] if str(seen.year.year) not in {"None", edition.label} else []
    seer = look()
    parts = (_standing(seen), _profile(seen), _why(seen), _progress(seen), _moves(seen), _figures(seen), _method(seen))
    return Report(
        title=seen.name,
        subtitle=", ".join([f"{edition.barometer.title} {edition.label}", *year]),
        lead=" ".join(in_short(seen)),
        notice=" ".join(filter(None, (_state(seen), edition.synthetic_note))),
        facts=(
            ReportFact(label=_("Place"), value=row.rank_text, note=_("of %(total)s") % {"total": seen.total}),
            ReportFact(label=_("Score"), value=words.number(row.score), note=words.interval(row.lower, row.upper)),
            ReportFact(
                label=_("In the best quarter"),
                value=words.probability(row.top_quarter) if row.top_quarter is not None else "",
            ),
        ),
        sections=tuple(part for part in parts if part is not None),
        sources=tuple(
            ReportSource(title=source)
            for source in dict.fromkeys(node.source for node in seen.framework.indicators)
            if source
        ),
        citation=words.citation(edition, settings.SITE_ADDRESS),
        url=f"{settings.SITE_ADDRESS}{seen.found.address('unit', seen.unit)}",
        made_on=timezone.localdate(),
        language=seer.language,
        words=seer.words,
    )


def _state(seen: Profile) -> str:
    edition = seen.found.edition
    return "" if edition.state == "published" else str(edition.get_state_display())


def _drawn(chart: Chart, alternative: Sequence[str]) -> ReportChart:
    return ReportChart(chart=chart, alternative=" ".join(alternative) or chart.title, with_figures=False)


def _standing(seen: Profile) -> ReportSection | None:
    if seen.row.rank is None:
        return None
    place = seen.ranked.index(seen.row)
    rows = seen.ranked[max(0, place - _AROUND) : place + _AROUND + 1]
    chart = interval_chart(
        seen.found.told(_("Neighbours in the ranking")), [chart_row(seen, row) for row in rows], digits=1, look=look()
    )
    return ReportSection(title=_("Where it stands"), charts=(_drawn(chart, in_short(seen)),))


def _profile(seen: Profile) -> ReportSection:
    tree = seen.framework
    rows = profile_rows(seen, tree.children[tree.root.code])
    chart = profile_chart(seen.found.told(_("By pillar")), rows, name=seen.short, look=look())
    tables = [
        ReportTable(
            title=title,
            columns=(_("Indicator"), _("How it stands out")),
            rows=tuple((each["label"], each["text"]) for each in found),
        )
        for title, found in (
            (_("Strong in"), standouts(seen, strong=True)),
            (_("Weak in"), standouts(seen, strong=False)),
        )
        if found
    ]
    told = [f"{row.label}: {words.number(row.value)}." for row in rows]
    return ReportSection(title=_("Profile"), charts=(_drawn(chart, told),), tables=tuple(tables))


def _why(seen: Profile) -> ReportSection | None:
    year = seen.year.year
    found = queries.gap(seen.found.edition, seen.framework, year, seen.unit)
    if found is None:
        return None
    typical = gap_told(seen.found, found, seen.short, _("the typical city"))
    said = list(typical["words"])
    upper = above(seen)
    closer = queries.gap(seen.found.edition, seen.framework, year, seen.unit, upper.code) if upper else None
    if upper and closer:
        said += words.gap_words(closer, seen.short, upper.place.short)
    chart = parts_chart(
        typical["caption"], typical["pillars"], start=typical["start"], end=typical["end"], digits=1, look=look()
    )
    return ReportSection(title=_("Why this score"), paragraphs=tuple(said), charts=(_drawn(chart, typical["words"]),))


def _progress(seen: Profile) -> ReportSection | None:
    found = progress(seen)
    if found is None:
        return None
    said = [" ".join([step["answer"], *step["breaks"], *step["words"]]) for step in found["steps"]]
    caption = seen.found.told(_("%(name)s over the years") % {"name": seen.short}, of_all_years=True)
    chart = line_chart(caption, found["series"], digits=1, look=look())
    return ReportSection(
        title=_("Are we really better than before?"), paragraphs=tuple(said), charts=(_drawn(chart, said),)
    )


def _moves(seen: Profile) -> ReportSection | None:
    found = moves(seen) if are_moves_at_once(seen) else []
    if not found:
        return None
    said = _("Each of these changes alone would bring the city up one place, all else as it is:")
    told = [f"{move['label']}: {move['text']}." for move in found]
    return ReportSection(title=_("What would move us up"), paragraphs=(said, *told))


def _figures(seen: Profile) -> ReportSection:
    rows = tuple(
        (
            each.node.label,
            None if each.value is None else words.measured(each.value, each.node),
            "; ".join(words.figure_notes(each)),
        )
        for each in queries.measured_of(seen.found.edition, seen.framework, seen.year.year, seen.unit)
    )
    columns = (_("Indicator"), _("Figure"), _("What is to be known of it"))
    table = ReportTable(title=seen.found.told(_("Figures")), columns=columns, rows=rows)
    return ReportSection(title=_("The figures and how good they are"), tables=(table,))


def _method(seen: Profile) -> ReportSection:
    """The method in short: what each step does, and how sure it all is."""
    material, edition = seen.found.material, seen.found.edition
    steps = [step_words(step, seen.framework) for step in material.recipe.steps]
    said = [f"{step.title}: {' '.join(step.sentences)}" for step in steps]
    sure = _("Places and scores are given as the span in which they lie at 90 %% in %(count)s computations.")
    said.append(sure % {"count": words.number(material.replications, 0)})
    address = f"{settings.SITE_ADDRESS}{seen.found.address('method')}"
    said.append(_("Every step, and how to compute it again: %(address)s") % {"address": address})
    if edition.source_note:
        said.append(edition.source_note)
    if edition.licence:
        said.append(_("Licence: %(licence)s") % {"licence": edition.licence})
    return ReportSection(title=_("The method in short"), paragraphs=tuple(said))

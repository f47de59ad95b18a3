"""Reading barometers and their editions by the API: what is public needs no account."""

from collections.abc import Mapping
from math import isfinite
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.api.router import router
from metropolis.tools.barometer.api.shapes import (
    BarometerOut,
    BarometerPage,
    ComparisonOut,
    DataPage,
    EditionOut,
    FrameworkOut,
    NodeSlice,
    OfUnit,
    Pair,
    RankingPage,
    RecipeOut,
    ScorePage,
    SensitivityOut,
    Slice,
    TranslationOut,
    UnitOut,
    UnitWanted,
    WhatIf,
    WhatIfOut,
)
from metropolis.tools.barometer.engine.figures import YearFigures
from metropolis.tools.barometer.pages.files import FILES, cited, is_there
from metropolis.tools.barometer.pages.frame import Opened


@router.get("", response=BarometerPage, summary="List barometers")
def list_barometers(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, object]:
    """The barometers you may see, last changed first."""
    rows = queries.barometers(viewer_of(request.user))
    return {"items": list(rows[offset : offset + limit]), "count": rows.count()}


@router.get("/{slug}", response=BarometerOut, summary="Read a barometer")
def read_barometer(request: HttpRequest, slug: str) -> dict[str, object]:
    """A barometer and its editions; 404 for one you may not see."""
    viewer = viewer_of(request.user)
    row, workspace = queries.barometer(slug, viewer)
    told = {name: getattr(row, name) for name in ("slug", "title", "one_line", "summary", "language", "visibility")}
    return told | {
        "url": row.get_absolute_url(),
        "initiative": workspace.initiative.slug,
        "updated_at": row.updated_at,
        "editions": queries.editions(row, viewer),
    }


@router.get("/{slug}/translations/{language}", response=TranslationOut, summary="Read a translation")
def read_translation(request: HttpRequest, slug: str, language: str) -> queries.TranslationTold:
    """Every text of a barometer that can be translated, with its translation into a language as far as there is one."""
    viewer = viewer_of(request.user)
    row, _workspace = queries.barometer(slug, viewer)
    return queries.translation(row, viewer, language)


@router.get("/{slug}/editions/{label}", response=EditionOut, summary="Read an edition")
def read_edition(request: HttpRequest, slug: str, label: str) -> dict[str, object]:
    """What an edition says of itself, and the files it offers."""
    found = _opened(request, slug, label)
    row, material = found.edition, found.material
    figures = queries.figures_of(row)
    names = ("label", "state", "digest", "published_at", "progress", "problem")
    notes = ("synthetic_note", "source_note", "licence")
    return {name: getattr(row, name) for name in (*names, *notes)} | {
        "get_absolute_url": row.get_absolute_url(),
        "citation": cited(found),
        "index": material.framework.root.code if material.framework else None,
        "years": [one.year for one in figures.years if one.year is not None] if figures else [],
        "units": len(figures.latest.units) if figures else 0,
        "breaks": material.breaks,
        "files": [
            {"name": name, "url": f"{settings.SITE_ADDRESS}{found.address('download', name)}", "media_type": file.media}
            for name, file in FILES.items()
            if is_there(found, file)
        ],
    }


@router.get("/{slug}/editions/{label}/framework", response=FrameworkOut, summary="Read the framework")
def read_framework(request: HttpRequest, slug: str, label: str) -> dict[str, object]:
    """The tree of nodes with the weights used."""
    found = _computed(request, slug, label)
    figures, used = found.figures, queries.index_of(found.edition).framework.by_code
    nodes = [
        {
            "node": node,
            "weight": used[node.code].weight,
            "share": figures.shares[node.code],
            "alpha": figures.alphas.get(node.code),
        }
        for node in found.framework.nodes
    ]
    return {"nodes": nodes, "findings": [one for one in figures.findings if isfinite(one.figure)]}


@router.get("/{slug}/editions/{label}/recipe", response=RecipeOut, summary="Read the recipe")
def read_recipe(request: HttpRequest, slug: str, label: str) -> dict[str, object]:
    """Every step with its parameters, and what is varied."""
    found = _computed(request, slug, label)
    material = found.material
    return {
        "recipe": material.recipe,
        "variation": material.varying,
        "replications": material.replications,
        "seed": material.seed,
    }


@router.get("/{slug}/editions/{label}/scores", response=ScorePage, summary="Read scores")
def read_scores(request: HttpRequest, slug: str, label: str, wanted: Query[NodeSlice]) -> dict[str, object]:
    """Scores and ranks in one node, the index if none is named, in the order of the data."""
    found = _computed(request, slug, label)
    shown = _of_year(found, wanted.year)
    code = wanted.node or found.framework.root.code
    if code not in found.figures.nodes:
        raise InvalidInput(_("There is no node of this code."), field="node")
    place, names = found.figures.nodes.index(code), queries.places(found.edition)
    rows = list(zip(shown.units, shown.scores, shown.ranks, strict=True))
    items = [
        _named(unit, names) | {"score": scores[place], "rank": ranks[place]}
        for unit, scores, ranks in rows[wanted.offset :][: wanted.limit]
    ]
    return {"year": shown.year, "node": code, "items": items, "count": len(shown.units)}


@router.get("/{slug}/editions/{label}/ranking", response=RankingPage, summary="Read the ranking")
def read_ranking(request: HttpRequest, slug: str, label: str, wanted: Query[Slice]) -> dict[str, object]:
    """The ranking of a year with its intervals."""
    found = _computed(request, slug, label)
    shown = _of_year(found, wanted.year)
    rows = queries.standings(shown, queries.places(found.edition))
    items = [_standing(row) for row in rows[wanted.offset :][: wanted.limit]]
    return {
        "year": shown.year, "synthetic_note": found.edition.synthetic_note, "items": items, "count": len(rows)
    }  # fmt: skip


@router.get("/{slug}/editions/{label}/data", response=DataPage, summary="Read the data")
def read_data(request: HttpRequest, slug: str, label: str, wanted: Query[Slice]) -> dict[str, object]:
    """The figures as they were given, of one year or of all, and what was done to them."""
    found = _computed(request, slug, label)
    data, _framework = found.material.parts()
    rows = [
        row for row in range(len(data.units)) if wanted.year is None or not data.times or data.times[row] == wanted.year
    ]
    return {"items": [_data_row(found, row) for row in rows[wanted.offset :][: wanted.limit]], "count": len(rows)}


@router.get("/{slug}/editions/{label}/cities/{unit}", response=UnitOut, summary="Read why a city scores what it does")
def read_unit(request: HttpRequest, slug: str, label: str, unit: str, wanted: Query[UnitWanted]) -> dict[str, object]:
    """One unit by its code: where it stands, why, its progress and, with `moves=true`, what would bring it up."""
    found = _computed(request, slug, label)
    shown = _of_year(found, wanted.year)
    rows = {row.code: row for row in queries.standings(shown, queries.places(found.edition))}
    if unit not in rows:
        raise NotFound(_("There is no such city in this edition."), field="unit")
    explained = queries.gap(found.edition, found.framework, shown.year, unit)
    told = found.figures.progress.get(unit, ())
    return {
        "standing": _standing(rows[unit]),
        "year": shown.year,
        "typical": explained.second if explained else None,
        "parts": {part.node.code: part.value for part in explained.parts} if explained else {},
        "progress": [{"before": before, "after": after, "progress": progress} for before, after, progress in told],
        "moves": (queries.moves(found.edition, shown.year, unit) if rows[unit].rank else []) if wanted.moves else None,
    }


@router.get("/{slug}/editions/{label}/compare", response=ComparisonOut, summary="Compare two cities")
def read_comparison(request: HttpRequest, slug: str, label: str, pair: Query[Pair]) -> dict[str, object]:
    """How sure it is that one unit stands above another, and what makes the gap."""
    found = _computed(request, slug, label)
    shown = _of_year(found, pair.year)
    for name, unit in (("first", pair.first), ("second", pair.second)):
        if unit not in shown.units:
            raise InvalidInput(_("There is no such city in this edition."), field=name)
    explained = queries.gap(found.edition, found.framework, shown.year, pair.first, pair.second)
    chances = queries.above(found.edition, shown.year, [(pair.first, pair.second)])
    return {
        "year": shown.year,
        "first": pair.first,
        "second": pair.second,
        "above": chances[0] if chances else None,
        "gap": explained.gap if explained else None,
        "parts": {part.node.code: part.value for part in explained.parts} if explained else {},
    }


@router.get("/{slug}/editions/{label}/sensitivity", response=SensitivityOut, summary="Read what moves the ranking")
def read_sensitivity(request: HttpRequest, slug: str, label: str, wanted: Query[OfUnit]) -> dict[str, object]:
    """Sobol's indices of what is varied; empty as long as they are being computed."""
    figures = _computed(request, slug, label).figures
    return {"year": figures.latest.year, "whole": figures.whole, "unit": figures.by_unit.get(wanted.unit, ())}


@router.post("/{slug}/editions/{label}/what-if", response=WhatIfOut, summary="Rank with other weights")
def post_what_if(request: HttpRequest, slug: str, label: str, asked: WhatIf) -> dict[str, object]:
    """What would become of the ranking with other weights; nothing is kept of it."""
    found = _computed(request, slug, label)
    shown = _of_year(found, asked.year)
    reweighed = queries.reweighing_of(found.edition).with_weights(asked.weights, shown.year)
    published = dict(zip(shown.units, (ranks[-1] for ranks in shown.ranks), strict=True))
    lines = [
        {
            "unit": unit,
            "rank": rank if isfinite(rank) else None,
            "score": score if isfinite(score) else None,
            "published_rank": published.get(unit),
        }
        for unit, rank, score in zip(reweighed.units, reweighed.ranks.tolist(), reweighed.scores.tolist(), strict=True)
    ]
    lines.sort(key=lambda line: (line["rank"] is None, line["rank"]))
    return {"year": shown.year, "shares": reweighed.framework.shares(), "ranking": lines}


def _opened(request: HttpRequest, slug: str, label: str) -> Opened:
    row, workspace = queries.edition(slug, label, viewer_of(request.user))
    return Opened(row, workspace, None)


def _computed(request: HttpRequest, slug: str, label: str) -> Opened:
    """An edition that has figures."""
    found = _opened(request, slug, label)
    if queries.figures_of(found.edition) is None:
        raise NotFound(found.edition.problem or _("This edition has no figures yet."), field="edition")
    return found


def _of_year(found: Opened, year: int | None) -> YearFigures:
    if year is not None and year not in {one.year for one in found.figures.years}:
        raise InvalidInput(_("There are no figures of this year."), field="year")
    return found.figures.of_year(year)


def _named(unit: str, names: Mapping[str, queries.Place]) -> dict[str, object]:
    place = names.get(unit) or queries.Place(unit, unit, None, None)
    return {"unit": unit, "name": place.name, "city_id": place.city.pk if place.city else None}


def _standing(row: queries.Standing) -> dict[str, object]:
    told = ("score", "rank", "is_tied", "lower", "upper", "best", "worst", "top_quarter", "above_next")
    return _named(row.code, {row.code: row.place}) | {name: getattr(row, name) for name in told}


def _data_row(found: Opened, row: int) -> dict[str, object]:
    data, framework = found.material.parts()
    trace = queries.trace_of(found.edition)
    unit, year = data.units[row], data.times[row] if data.times else None
    codes = [node.code for node in framework.indicators]
    imputed = {code: trace.imputed[unit, year, code] for code in codes if (unit, year, code) in trace.imputed}
    moved = {code: trace.moved[unit, year, code].after for code in codes if (unit, year, code) in trace.moved}
    return {
        "unit": unit,
        "year": year,
        "values": {
            code: value if isfinite(value) else None
            for code, value in zip(data.columns, data.values[row].tolist(), strict=True)
        },
        "errors": {code: errors[row] for code, errors in found.material.errors.items() if errors[row] > 0},
        "imputed": imputed,
        "moved": moved,
    }

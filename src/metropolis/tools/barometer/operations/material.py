"""What an edition is computed from, and computing it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, MetropolisError
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.history.operations import record
from metropolis.foundation.places.queries import find_city
from metropolis.tools.barometer.engine import Estimates, Framework, Recipe, Report, Table, Variation
from metropolis.tools.barometer.engine.figures import figures, sure_figures
from metropolis.tools.barometer.engine.material import Break, Material, StoredTable
from metropolis.tools.barometer.models import Edition, Unit
from metropolis.tools.barometer.operations.barometers import reference_to
from metropolis.tools.barometer.queries import computation_key, edition_to_change, material_of, refuse_too_many_rows

#: Figures of one edition at most: units times years times columns. More is for the command line.
MOST_FIGURES = 200_000
_LONGEST_CODE, _LONGEST_NAME = 120, 200


@transaction.atomic
def set_tables(
    *, barometer_slug: str, label: str, actor: Person, framework: Framework | None = None, data: Table | None = None
) -> Edition:
    """Replace an edition's framework, its data or both; estimates of surveys go with the data they belong to.

    Both are kept even if they do not go together yet: the edition then says what is wrong. `InvalidInput` for more
    figures than a page can compute.
    """
    row, _person = edition_to_change(barometer_slug, label, actor)
    changed: dict[str, Any] = {}
    if framework is not None:
        changed["framework"] = framework
    if data is not None:
        if data.values.size > MOST_FIGURES:
            message = _("The data have %(count)s figures; a page takes %(most)s. Use the command line.")
            raise InvalidInput(message % {"count": data.values.size, "most": MOST_FIGURES}, field="data")
        refuse_too_many_rows(len(data.units))
        changed |= {"data": StoredTable.of(data), "errors": {}, "answers": {}}
        _set_units(row, data)
    _change(row, actor, changed)
    if row.refused:
        row.refused = ""
        row.save(update_fields=["refused"])
    return row


@transaction.atomic
def refuse_tables(*, barometer_slug: str, label: str, actor: Person, report: Report) -> Edition:
    """Keep the report on tables that were not taken, until others are; nothing else of the edition changes."""
    row, _person = edition_to_change(barometer_slug, label, actor)
    row.refused = report.model_dump_json()
    row.save(update_fields=["refused"])
    return row


@transaction.atomic
def undo_change(*, barometer_slug: str, label: str, actor: Person) -> Edition:
    """Take the last change of tables, method or survey back; asked for again, it brings the change back.

    Cities are found by their names again where units come back. `Conflict` when nothing was changed yet.
    """
    row, _person = edition_to_change(barometer_slug, label, actor)
    _hold_still(row)
    if not row.former:
        raise Conflict(_("Nothing was changed yet that could be undone."), field="former")
    material = Material.model_validate_json(row.former)
    row.former = row.material
    if material.data is None:
        row.units.all().delete()
    elif material.data != material_of(row).data:
        _set_units(row, material.data.table)
    hold(row, material)
    _record(row, actor, "undo_change", digest=row.digest)
    return row


def set_method(
    *,
    barometer_slug: str,
    label: str,
    actor: Person,
    recipe: Recipe | None = None,
    variation: Variation | None = None,
    breaks: tuple[Break, ...] | None = None,
) -> Edition:
    """Replace an edition's recipe, what varies of it, or the breaks in its series; None leaves each as it is."""
    row, _person = edition_to_change(barometer_slug, label, actor)
    told = {"recipe": recipe, "variation": variation, "breaks": breaks}
    _change(row, actor, {name: value for name, value in told.items() if value is not None})
    return row


def add_estimates(
    *, barometer_slug: str, label: str, actor: Person, estimates: Estimates, year: int | None = None
) -> Edition:
    """Put a survey's estimates into the data, with their standard errors, as columns of their own or replacing them.

    `year` says which rows of data of several years they belong to. Only estimates are kept, no respondent's answers.
    `InvalidInput` for a unit that the data lack.
    """
    row, _person = edition_to_change(barometer_slug, label, actor)
    material = material_of(row)
    if material.data is None:
        raise InvalidInput(_("Upload the data first: a survey's estimates stand beside them."), field="data")
    joined = material.with_estimates(estimates, year)
    _change(row, actor, {name: getattr(joined, name) for name in ("data", "errors", "answers")})
    return row


@transaction.atomic
def set_unit_cities(*, barometer_slug: str, label: str, actor: Person, cities: Mapping[str, str]) -> Edition:
    """Say which city each unit is, by the unit's code: "Rosario, AR"; "" for one that is no city.

    `InvalidInput` or `NotFound` names the unit and the cities that may be meant.
    """
    row, _person = edition_to_change(barometer_slug, label, actor)
    units = {unit.code: unit for unit in row.units.all()}
    for code, text in cities.items():
        if code not in units:
            raise InvalidInput(_("There is no unit %(code)s in the data.") % {"code": code}, field=code)
        try:
            units[code].city = find_city(text) if text.strip() else None
        except MetropolisError as error:
            error.field = code
            raise
    Unit.objects.bulk_update([units[code] for code in cities], ["city"])
    _record(row, actor, "set_unit_cities", cities=dict(cities))
    return row


def compute_edition(*, id: int, digest: str) -> None:
    """Compute an edition's intervals and what moves them; nothing if it has changed since it was asked for."""
    row = Edition.objects.filter(pk=id, digest=digest, progress=Edition.Progress.WAITING).first()
    if row is None:
        return
    try:
        told = {"outcome": sure_figures(Material.model_validate_json(row.material)).model_dump_json()}
        told["progress"] = Edition.Progress.DONE
    except InvalidInput as error:
        told = {"progress": Edition.Progress.REFUSED, "problem": error.message}
    Edition.objects.filter(pk=id, digest=digest, progress=Edition.Progress.WAITING).update(**told)


def hold(row: Edition, material: Material) -> None:
    """Keep what an edition is made of, with the scores at once, and have the rest computed in the background."""
    row.version += 1
    row.outcome, row.problem, row.progress = "", "", Edition.Progress.NOTHING
    if material.is_complete:
        try:
            material = material.affordable()
            row.outcome, row.progress = figures(material).model_dump_json(), Edition.Progress.WAITING
        except InvalidInput as error:
            row.progress, row.problem = Edition.Progress.REFUSED, error.message
    row.material, row.digest = material.model_dump_json(), material.digest()
    row.save()
    if row.progress == Edition.Progress.WAITING:
        task = "metropolis.tools.barometer.tasks.compute_edition"
        enqueue(task, key=computation_key(row), id=row.pk, digest=row.digest)


@transaction.atomic
def _change(row: Edition, actor: Person, changed: Mapping[str, Any]) -> None:
    _hold_still(row)
    before = material_of(row)
    material = Material.model_validate({**dict(before), **changed})
    if material == before:
        return
    row.former = row.material
    hold(row, material)
    # Not a "change" of the barometer: nobody is told of drafts.
    _record(row, actor, "revise_material", parts=sorted(changed), digest=row.digest)


def _hold_still(row: Edition) -> None:
    """Lock an edition; `Conflict` where it has been changed or published since it was read."""
    same = Edition.objects.select_for_update().filter(pk=row.pk, digest=row.digest, published_at=None)
    if same.values("pk").first() is None:
        raise Conflict(_("Somebody else has just changed this edition; look at it again."), field="edition")


def _set_units(row: Edition, data: Table) -> None:
    """One row for each unit of the data; the city by its name, or as it was said before."""
    known = {unit.code: unit.city_id for unit in row.units.all()}
    names = dict(zip(data.units, data.names or data.units, strict=True))
    for code in names:
        if code in {".", ".."} or len(code) > _LONGEST_CODE or not code.isprintable():
            message = _("A city's code stands in addresses: %(code)s is too long for one, or no line of text.")
            raise InvalidInput(message % {"code": repr(code[:_LONGEST_CODE])}, field="uCode")
    row.units.all().delete()
    Unit.objects.bulk_create(
        Unit(
            edition=row,
            code=code,
            name=" ".join(name.replace("\0", "").split())[:_LONGEST_NAME],
            city_id=known.get(code) or _city_id(code, name),
        )
        for code, name in names.items()
    )


def _city_id(code: str, name: str) -> int | None:
    for text in dict.fromkeys((name, code)):
        try:
            return find_city(text).pk
        except MetropolisError:
            continue  # listed with the units whose city is not known
    return None


def _record(row: Edition, actor: Person, verb: str, **data: object) -> None:
    record(
        actor=actor,
        verb=verb,
        reference=reference_to(row.barometer),
        workspace=row.barometer.initiative.slug,
        data={"edition": row.label, **data},
    )

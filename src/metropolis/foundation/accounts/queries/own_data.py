"""What the network holds of a person, gathered from every room and tool."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import PurePosixPath
from shutil import copyfileobj
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import AccountClosing, DataExport, Person
from metropolis.foundation.accounts.queries.addresses import confirmed_addresses
from metropolis.foundation.accounts.queries.own_words import in_words, label_of, titles_of
from metropolis.foundation.records.values import PersonalData, Stewardship

#: What is more than this is packed in the background.
MOST_ROWS_AT_ONCE = 2000
MOST_BYTES_AT_ONCE = 10_000_000

#: The columns that name a record by its kind and its key.
_RECORDS = (("kind", "key"), ("record_kind", "record_key"))
_KEYS = frozenset(key for _kind, key in _RECORDS)


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one sort that are held of a person: how many, and whether they go with the account."""

    data: PersonalData
    count: int

    @property
    def goes(self) -> bool:
        """Whether the rows are deleted with the account; the others stay without the person."""
        model, path = _model_and_path(self.data)
        if self.data.is_address:
            return not may_be_blank(self.data)
        return all(_cascades(step) for step in _steps(model, path))


@cache
def personal_data() -> tuple[PersonalData, ...]:
    """What every installed room and tool says it holds of a person."""
    return tuple(data for config in apps.get_app_configs() for data in getattr(config, "personal_data", ()))


def _model_and_path(data: PersonalData) -> tuple[type[models.Model], str]:
    app, model, path = data.key.split(".")
    return apps.get_model(app, model), path


def may_be_blank(data: PersonalData) -> bool:
    """Whether a row stays when the address in it is taken out."""
    model, path = _model_and_path(data)
    return any(field.blank for field in model._meta.concrete_fields if field.name == path)  # noqa: SLF001 - as above


def _steps(model: type[models.Model], path: str) -> Iterator[Any]:
    """The keys on the way from a row to the person."""
    for name in path.split("__"):
        if name == "pk":
            return
        field = model._meta.get_field(name)  # noqa: SLF001 - Django's public name for it
        yield field
        model = field.related_model  # type: ignore[assignment] # a key leads to a model


def _cascades(field: Any) -> bool:
    return field.remote_field.on_delete is models.CASCADE


def rows_of(data: PersonalData, person: Person) -> models.QuerySet[Any]:
    """The rows held of a person, the latest first, each with what it points to."""
    model, path = _model_and_path(data)
    rows = model._default_manager.order_by("-pk")  # noqa: SLF001 - Django's public name for it
    if not data.is_address:
        return rows.filter(**{path: person.pk})
    wanted = models.Q(pk__in=())
    for address in confirmed_addresses(person):
        wanted |= models.Q(**{f"{path}__iexact": address})
    return rows.filter(wanted)


def holdings(person: Person) -> list[Holding]:
    """What is held of a person, as far as there is any: one query for each sort."""
    counted = (Holding(data, rows_of(data, person).count()) for data in personal_data())
    return [holding for holding in counted if holding.count]


def holding(key: str, person: Person) -> Holding:
    """One sort of what is held of a person; `NotFound` when there is no such sort."""
    for data in personal_data():
        if data.key == key:
            return Holding(data, rows_of(data, person).count())
    raise NotFound(_("Nothing of this sort is held."), field="key")


def columns_of(data: PersonalData) -> list[models.Field[Any, Any]]:
    """The columns of these rows that the person gets to see."""
    model, path = _model_and_path(data)
    known = model._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
    named = {field.name: field for field in known}
    if data.fields:
        return [named[name] for name in data.fields]
    return [field for name, field in named.items() if name != path and not field.primary_key]


def _with_columns(data: PersonalData, person: Person) -> models.QuerySet[Any]:
    keys = [field.name for field in columns_of(data) if field.is_relation]
    rows = rows_of(data, person)
    return rows.select_related(*keys) if keys else rows


def facts_of(data: PersonalData, person: Person, *, start: int, stop: int) -> list[dict[str, Any]]:
    """Some of the rows as a page shows them: `title`, `url` where the row has a page, and `facts`."""
    columns = columns_of(data)
    rows = list(_with_columns(data, person)[start:stop])
    titles = titles_of(filter(None, map(_record_of, rows)), person)
    shown = []
    for row in rows:
        title = titles.get(_record_of(row) or ("", ""))
        facts = [
            {"label": label_of(field), "value": title if title and field.name in _KEYS else _shown(row, field)}
            for field in columns
        ]
        url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
        shown.append({"title": str(row) if url else facts[0]["value"], "url": url, "facts": facts})
    return shown


def _record_of(row: Any) -> tuple[str, str] | None:
    """The kind and the key of the record that a row is about, if it says one."""
    for kind, key in _RECORDS:
        if hasattr(row, kind) and hasattr(row, key):
            return getattr(row, kind), getattr(row, key)
    return None


def _shown(row: models.Model, field: models.Field[Any, Any]) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return str(localize(localtime(value)))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder) if value else ""
    if isinstance(value, str):
        return in_words(field.name, value)
    return "" if value is None else str(localize(value))


def is_large(person: Person) -> bool:
    """Whether packing a person's data takes too long to wait for it."""
    if sum(holding.count for holding in holdings(person)) > MOST_ROWS_AT_ONCE:
        return True
    return sum(int(file.size) for _name, file in _files(person)) > MOST_BYTES_AT_ONCE


def _files(person: Person) -> Iterator[tuple[str, Any]]:
    """Every file that an archive takes along, with its name there; one that is missing on the disk is left out."""
    for data in personal_data():
        for file in _files_of(data, person, columns_of(data)):
            yield _archived(file.name), file


def _files_of(data: PersonalData, person: Person, columns: Iterable[models.Field[Any, Any]]) -> Iterator[Any]:
    names = [field.name for field in columns if isinstance(field, models.FileField)]
    for row in rows_of(data, person) if names else ():
        for file in (getattr(row, name) for name in names):
            if file and file.storage.exists(file.name):
                yield file


def files_that_go(person: Person) -> list[Any]:
    """The files of rows that are deleted together with a person, whether the person gets to see them or not."""
    return [
        file
        for data in personal_data()
        if Holding(data, 0).goes
        for file in _files_of(data, person, _model_and_path(data)[0]._meta.concrete_fields)  # noqa: SLF001 - as above
    ]


def _archived(name: str) -> str:
    return f"files/{PurePosixPath(name)}"


def write_archive(person: Person, to: IO[bytes], *, at: datetime) -> None:
    """Write a zip of all that is held of a person: `data.json` (UTF-8) and the files its rows name, under `files/`."""
    told = {"person": person.email, "made_at": at, "sections": [_section(data, person) for data in personal_data()]}
    with ZipFile(to, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        for name, file in _files(person):
            with file.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
                copyfileobj(source, target)


def _section(data: PersonalData, person: Person) -> dict[str, Any]:
    columns = columns_of(data)
    rows = [
        {field.name: _exported(row, field) for field in columns}
        for row in _with_columns(data, person).iterator(chunk_size=500)
    ]
    return {"of": data.key, "title": str(data.title), "rows": rows}


def _exported(row: models.Model, field: models.Field[Any, Any]) -> Any:
    value = getattr(row, field.name)
    if isinstance(field, models.FileField):
        return _archived(value.name) if value else ""
    return str(value) if field.is_relation and value is not None else value


def data_exports(person: Person) -> list[DataExport]:
    """The archives a person asked for, the latest first."""
    return list(person.data_exports.all())


def data_export(export_id: int, person: Person) -> DataExport:
    """One archive of a person's that is ready; `NotFound` otherwise."""
    found = person.data_exports.filter(pk=export_id).exclude(ready_at=None).first()
    if found is None:
        raise NotFound(_("There is no such archive, or not any more."), field="export")
    return found


def closing_of(person: Person) -> AccountClosing | None:
    """When a person's account is to be deleted, if they asked for that."""
    return AccountClosing.objects.filter(person=person).first()


def sole_stewardships(person: Person) -> list[tuple[Stewardship, list[tuple[str, str]]]]:
    """What a person is the only steward of, of each sort: every one by its name, with where to hand it over."""
    declared = (getattr(config, "stewardship", None) for config in apps.get_app_configs())
    found = ((sort, sort.alone(person)) for sort in declared if sort is not None)
    return [(sort, alone) for sort, alone in found if alone]


def name_of(person: Person | None) -> str:
    """The name of who did something; whose account is gone is a former member."""
    return person.name if person is not None else _("Former member")

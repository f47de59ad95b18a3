"""Taking in many practices from a file: in batches, each written whole or not at all."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput, MetropolisError
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record_many
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.practices.engine.importing import MappedRow, RowProblem, mapped_rows, read_mapping, survey
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations.practices import RESERVED_SLUGS, reference_to
from metropolis.tools.practices.operations.writing import Draft, Lookups, drafted, save_drafts
from metropolis.tools.practices.queries import TOOL
from metropolis.tools.practices.values import PracticeInput

#: Rows written in one transaction.
BATCH = 500
_NUMBER = gettext_lazy("A number is expected.")
#: What is wrong with a field, by the word of the checking library.
_PLAIN = {
    "missing": gettext_lazy("It is required."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_too_short": gettext_lazy("It has at least %(min_length)s characters."),
    "string_too_long": gettext_lazy("It has at most %(max_length)s characters."),
    "literal_error": gettext_lazy("Choose one of %(expected)s."),
    "greater_than_equal": gettext_lazy("It is at least %(ge)s."),
    "less_than_equal": gettext_lazy("It is at most %(le)s."),
    "string_type": gettext_lazy("A text is expected."),
    "tuple_type": gettext_lazy("A list is expected."),
    **dict.fromkeys(("int_parsing", "int_type", "decimal_parsing", "decimal_type"), _NUMBER),
}


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row.

    "added"; "changed" (the file says something new); "published" (it was a draft); "unchanged" (as at the last import);
    "kept" (the file says something new, but people have changed the practice here, and that stays); "rejected".
    """

    number: int
    key: str
    outcome: Literal["added", "changed", "published", "unchanged", "kept", "rejected"]
    slug: str = ""
    problems: tuple[RowProblem, ...] = ()


def open_import(file: Path, mapping_file: Path) -> tuple[int, Iterator[MappedRow]]:
    """How many rows a file has, and the rows as its mapping makes them.

    `InvalidInput` when one of the files cannot be read, or the mapping does not fit the file or names a field that
    practices do not have.
    """
    mapping = read_mapping(mapping_file)
    settled = {name for fields in mapping.overrides.values() for name in fields}
    unknown = sorted({*mapping.fields, *mapping.parts, *settled} - PracticeInput.model_fields.keys())
    if unknown:
        known = ", ".join(PracticeInput.model_fields)
        message = f"{mapping_file.name}: practices have no {', '.join(unknown)}. They have: {known}."
        raise InvalidInput(message, field="mapping")
    return survey(file, mapping).rows, mapped_rows(file, mapping)


def import_practices(
    *,
    initiative: str,
    actor: Person,
    rows: Iterable[MappedRow],
    publish: bool = False,
    dry_run: bool = False,
    resume: bool = False,
) -> Iterator[RowOutcome]:
    """Take rows into an initiative, and give what became of each as soon as its batch is written.

    A row goes in whole or not at all; five hundred are written in one transaction, so that an import that is killed
    leaves only whole batches, and the same call made again goes on from there. A row is known by its key: it is never
    taken in twice, and changes its practice only while nobody has changed that here. `resume` leaves every row that is
    in already as it is, unread; `publish` makes what is taken in public, and drafts of earlier imports that nobody has
    changed; `dry_run` says what would become of each row and writes nothing.

    `NotAllowed` without the right to import (and to publish, when that is asked for), `NotFound` for the initiative.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("practices.import_practices")
    if publish:
        workspace.require("practices.publish_practice")
    task = _Import(workspace.initiative, actor, publish=publish, dry_run=dry_run, resume=resume)
    return task.outcomes(iter(rows))


@dataclass(slots=True, kw_only=True)
class _Import:
    initiative: Initiative = field(kw_only=False)
    actor: Person = field(kw_only=False)
    publish: bool
    dry_run: bool
    resume: bool
    lookups: Lookups = field(default_factory=Lookups)
    seen: dict[str, int] = field(default_factory=dict)

    def outcomes(self, rows: Iterator[MappedRow]) -> Iterator[RowOutcome]:
        while batch := list(islice(rows, BATCH)):
            yield from self._take_in(batch)

    @transaction.atomic
    def _take_in(self, batch: list[MappedRow]) -> list[RowOutcome]:
        # Two imports into one initiative take turns, batch by batch.
        Initiative.objects.select_for_update().get(pk=self.initiative.pk)
        keys = [row.key for row in batch if row.key]
        there = Practice.objects.filter(initiative=self.initiative, import_key__in=keys).select_related("city")
        known = {row.import_key: row for row in there}
        drafts: list[Draft] = []
        published: list[Practice] = []
        outcomes = [self._outcome(mapped, known.get(mapped.key), drafts, published) for mapped in batch]
        self._name(drafts)
        if not self.dry_run:
            save_drafts(drafts)
            Practice.objects.filter(pk__in=[row.pk for row in published]).update(visibility=Visibility.PUBLIC)
            self._record("import_practice", [draft.row for draft in drafts])
            self._record("set_practice_visibility", published)
        slugs = {draft.row.import_key: draft.row.slug for draft in drafts}
        return [
            RowOutcome(item.number, item.key, item.outcome, slugs.get(item.key, item.slug), item.problems)
            for item in outcomes
        ]

    def _outcome(
        self, mapped: MappedRow, row: Practice | None, drafts: list[Draft], published: list[Practice]
    ) -> RowOutcome:
        problems = mapped.problems or self._repeated(mapped)
        if not problems:
            try:
                return self._decided(mapped, row, drafts, published)
            except ValidationError:
                pass
            except MetropolisError as error:
                problems = (RowProblem(field=error.field or "", reason=error.message),)
        return RowOutcome(mapped.number, mapped.key, "rejected", problems=self._all(mapped, problems))

    def _all(self, mapped: MappedRow, found: tuple[RowProblem, ...]) -> tuple[RowProblem, ...]:
        """What is wrong with a row, of every check, so that its file is mended once; a field is named by one check."""
        if found and not mapped.fields:
            return found
        unfound = [RowProblem(field=name, reason=why) for name, why in self.lookups.unfound(mapped.fields)]
        for more in (_misshapen(mapped.fields), unfound):
            named = {problem.field.partition(".")[0] for problem in found}
            found += tuple(problem for problem in more if problem.field.partition(".")[0] not in named)
        return found

    def _decided(
        self, mapped: MappedRow, row: Practice | None, drafts: list[Draft], published: list[Practice]
    ) -> RowOutcome:
        if row is not None and self.resume:
            return RowOutcome(mapped.number, mapped.key, "unchanged", row.slug)
        content = PracticeInput.model_validate(mapped.fields)
        digest = _digest(content)
        if row is not None and row.import_digest == digest:
            return self._again(mapped, row, published)
        if row is not None and row.version != row.import_version:
            return RowOutcome(mapped.number, mapped.key, "kept", row.slug)
        drafts.append(self._draft(row, content, digest, mapped.key))
        return RowOutcome(mapped.number, mapped.key, "added" if row is None else "changed")

    def _repeated(self, mapped: MappedRow) -> tuple[RowProblem, ...]:
        first = self.seen.setdefault(mapped.key, mapped.number)
        if first == mapped.number:
            return ()
        return (RowProblem(field="", reason=f"Row {first} has the same key, {mapped.key!r}."),)

    def _again(self, mapped: MappedRow, row: Practice, published: list[Practice]) -> RowOutcome:
        untouched = row.version == row.import_version and row.visibility == Visibility.DRAFT
        if self.publish and untouched:
            published.append(row)
            return RowOutcome(mapped.number, mapped.key, "published", row.slug)
        return RowOutcome(mapped.number, mapped.key, "unchanged", row.slug)

    def _draft(self, row: Practice | None, content: PracticeInput, digest: str, key: str) -> Draft:
        new = Practice(initiative=self.initiative, author=self.actor, import_key=key, version=0)
        draft = drafted(new if row is None else row, content, self.lookups)
        draft.row.version += 1
        draft.row.import_version = draft.row.version
        draft.row.import_digest = digest
        if self.publish:
            draft.row.visibility = Visibility.PUBLIC
        return draft

    def _name(self, drafts: list[Draft]) -> None:
        """Give each new practice a slug: its title; else title and key; else title and a digest of its row."""
        choices = {draft.row.import_key: _slugs(draft.row) for draft in drafts if not draft.row.slug}
        wanted = [slug for slugs in choices.values() for slug in slugs]
        taken = set(Practice.objects.filter(slug__in=wanted).values_list("slug", flat=True)) | RESERVED_SLUGS | {""}
        for draft in drafts:
            if not draft.row.slug:
                draft.row.slug = next(slug for slug in choices[draft.row.import_key] if slug not in taken)
                taken.add(draft.row.slug)

    def _record(self, verb: str, rows: list[Practice]) -> None:
        references = [reference_to(row) for row in rows]
        record_many(actor=self.actor, verb=verb, references=references, workspace=self.initiative.slug)


def _slugs(row: Practice) -> tuple[str, str, str]:
    stem = slugify(row.title, allow_unicode=True)[:80].strip("-")
    key = slugify(row.import_key.replace(":", " "), allow_unicode=True)[-30:].strip("-")
    return stem, f"{stem}-{key}".strip("-"), f"{stem}-{row.import_digest[:16]}".strip("-")


def _digest(content: PracticeInput) -> str:
    return sha256(json.dumps(content.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def _misshapen(fields: Mapping[str, Any]) -> list[RowProblem]:
    try:
        PracticeInput.model_validate(fields)
    except ValidationError as error:
        return [RowProblem(field=".".join(map(str, item["loc"])), reason=_reason(item)) for item in error.errors()]
    return []


def _reason(problem: Any) -> str:
    """In plain words what the checking library says in its own."""
    told = problem.get("ctx", {})
    plain = _PLAIN.get(problem["type"])
    return str(plain) % told if plain else str(told.get("error") or problem["msg"])

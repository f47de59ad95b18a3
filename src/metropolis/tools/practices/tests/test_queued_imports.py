"""Files of practices that wait in the queue."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.models import Import, Practice
from metropolis.tools.practices.operations import (
    cancel_import,
    forget_imports,
    queued_imports,
    run_import,
    start_import,
)
from metropolis.tools.practices.tests.factories import SNAPSHOT, initiative, place

pytestmark = pytest.mark.django_db(transaction=True)

MAPPING = 'collection = "test"\nkey = "id"\n[fields]\n' + "\n".join(f'{name} = "{name}"' for name in SNAPSHOT)


@pytest.fixture(autouse=True)
def _files_and_places(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    place()


@pytest.fixture
def home() -> Initiative:
    return initiative()


@pytest.fixture
def coordinator(home: Initiative) -> Person:
    return member_of(home, Role.COORDINATOR)


def _start(home: Initiative, actor: Person, *rows: dict[str, object], how: str = "draft") -> Import:
    lines = "\n".join(json.dumps({"id": number, **SNAPSHOT, **row}) for number, row in enumerate(rows))
    file, mapping = ContentFile(lines.encode(), "a.jsonl"), ContentFile(MAPPING.encode(), "a.toml")
    return start_import(initiative=home.slug, actor=actor, file=file, mapping=mapping, how=how)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_taken_in_and_forgotten(home: Initiative, coordinator: Person, tmp_path: Path):
    row = _start(home, coordinator, {}, {"city": "Nowhere, AR"}, {})
    assert len(_files(tmp_path)) == 2
    work_off()
    row.refresh_from_db()
    assert (row.state, row.done, row.total) == (Import.State.DONE, 3, 3)
    assert row.counts == {"added": 2, "rejected": 1}
    assert row.problems[0][0] == 2
    assert Practice.objects.count() == 2
    assert _files(tmp_path) == []


def test_an_import_killed_between_two_batches_tells_of_each_row_once(
    home: Initiative, coordinator: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("metropolis.tools.practices.operations.importing.BATCH", 2)
    monkeypatch.setattr(queued_imports, "BATCH", 2)
    row = _start(home, coordinator, {}, {"city": "Nowhere, AR"}, {}, {}, {})
    take, batches = queued_imports._take_batch, iter(range(2))

    def take_two_and_die(*given: object) -> bool:
        next(batches)
        return take(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(queued_imports, "_take_batch", take_two_and_die)
    with pytest.raises(StopIteration):
        run_import(id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == (Import.State.WAITING, 4)
    monkeypatch.setattr(queued_imports, "_take_batch", take)
    work_off()
    row.refresh_from_db()
    assert (row.state, row.done, row.counts) == (Import.State.DONE, 5, {"added": 4, "rejected": 1})
    assert len(row.problems) == 1
    assert Practice.objects.count() == 4


def test_a_cancelled_import_takes_in_no_more_batches(
    home: Initiative, coordinator: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("metropolis.tools.practices.operations.importing.BATCH", 1)
    monkeypatch.setattr(queued_imports, "BATCH", 1)
    row = _start(home, coordinator, {}, {}, {})
    take = queued_imports._take_batch

    def take_one_then_cancel(*given: object) -> bool:
        more = take(*given)  # type: ignore[arg-type]
        if more and Practice.objects.count() == 1:
            cancel_import(id=row.pk, actor=coordinator)
        return more

    monkeypatch.setattr(queued_imports, "_take_batch", take_one_then_cancel)
    run_import(id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == (Import.State.CANCELLED, 1)
    assert Practice.objects.count() == 1


def test_an_import_is_refused_when_the_right_is_gone_by_then(home: Initiative, coordinator: Person):
    row = _start(home, coordinator, {})
    Member.objects.filter(person=coordinator).delete()
    work_off()
    row.refresh_from_db()
    assert row.state == Import.State.REFUSED
    assert row.message
    assert not Practice.objects.exists()


def test_a_file_that_cannot_be_taken_in_does_not_wait(home: Initiative, coordinator: Person, tmp_path: Path):
    with pytest.raises(NotAllowed):
        _start(home, member_of(home, Role.CONTRIBUTOR), {})
    with pytest.raises(InvalidInput):
        start_import(
            initiative=home.slug,
            actor=coordinator,
            file=ContentFile(b"no workbook", "a.xlsx"),
            mapping=ContentFile(MAPPING.encode(), "a.toml"),
            how="draft",
        )
    assert not Import.objects.exists()
    assert _files(tmp_path) == []


def test_what_became_of_a_file_is_forgotten_after_two_months(home: Initiative, coordinator: Person):
    _start(home, coordinator, {})
    work_off()
    assert forget_imports(now=timezone.now() + timedelta(days=59)) == 0
    assert forget_imports(now=timezone.now() + timedelta(days=61)) == 1

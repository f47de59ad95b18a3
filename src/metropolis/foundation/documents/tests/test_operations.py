from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.tests.factories import editor
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.documents import operations
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.tests import files
from metropolis.foundation.documents.tests.factories import content, publish, stranger
from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.rglob("*") if path.is_file())


def test_a_publication_is_added_as_a_draft_with_its_text_and_pages(folder: Path):
    load_vocabularies()
    initiative = InitiativeFactory.create()
    author = member_of(initiative, Role.CONTRIBUTOR)
    row = operations.add_publication(
        initiative=initiative.slug,
        actor=author,
        content=content(topics=("cycling",), year=2014),
        file=files.pdf("Rivers and canals."),
        cover=files.picture(),
    )
    assert (row.slug, row.visibility, row.author, row.text, row.pages) == (
        "initiatives-report", "draft", author, "Rivers and canals.", 1,
    )  # fmt: skip
    assert row.terms.get().code == "cycling"
    assert kept(folder) == [".pdf", ".webp"]
    assert Change.objects.filter(kind="publication", key=row.slug).exists()


def test_the_rest_of_a_long_text_is_read_by_a_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(operations, "_SECONDS", 0)
    row = publish(file=files.pdf("Rivers and canals."))
    assert (row.text, row.pages) == ("", 1)
    Change.objects.all().delete()
    assert work_off() == 1
    row.refresh_from_db()
    assert row.text == "Rivers and canals."
    assert Change.objects.filter(kind="publication", key=row.slug).exists()


def test_what_a_worker_reads_of_a_file_that_was_replaced_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(operations, "_SECONDS", 0)
    row = publish(file=files.pdf("Old."))
    operations.read_text(id=row.pk, file="publications/another.pdf")
    row.refresh_from_db()
    assert row.text == ""


def test_a_publication_needs_neither_file_nor_cover(folder: Path):
    assert publish(address="https://example.org/report").pages is None
    assert kept(folder) == []


@pytest.mark.parametrize("field", ["file", "cover"])
def test_a_wrong_file_is_refused_in_words_one_can_act_on_and_nothing_is_kept(folder: Path, field: str):
    initiative = InitiativeFactory.create()
    with pytest.raises(InvalidInput, match="whatever its name says") as refusal:
        operations.add_publication(
            initiative=initiative.slug,
            actor=member_of(initiative, Role.CONTRIBUTOR),
            content=content(),
            **{field: files.HTML},
        )
    assert refusal.value.field == field
    assert not Publication.objects.exists()
    assert kept(folder) == []


@pytest.mark.parametrize("field", ["file", "cover"])
def test_a_file_over_the_limit_is_refused(settings: LazySettings, field: str):
    settings.UPLOAD_LIMIT = 300
    initiative = InitiativeFactory.create()
    with pytest.raises(InvalidInput, match=r"300.bytes"):
        operations.add_publication(
            initiative=initiative.slug, actor=editor(), content=content(), **{field: files.pdf() + b" " * 300}
        )


def test_a_term_that_does_not_exist_is_named():
    initiative = InitiativeFactory.create()
    with pytest.raises(InvalidInput, match="no topic 'flying'"):
        operations.add_publication(initiative=initiative.slug, actor=editor(), content=content(topics=("flying",)))


def test_a_viewer_and_a_stranger_may_not_add():
    initiative = InitiativeFactory.create()
    for person in (member_of(initiative, Role.VIEWER), stranger()):
        with pytest.raises(NotAllowed):
            operations.add_publication(initiative=initiative.slug, actor=person, content=content())


def test_another_file_replaces_the_one_before(folder: Path, django_capture_on_commit_callbacks: pytest.FixtureRequest):
    row = publish(file=files.pdf("Old."), cover=files.picture())
    with django_capture_on_commit_callbacks(execute=True):
        operations.change_publication(
            slug=row.slug, actor=row.author, content=content(title="New title"), file=files.pdf("New."),
            cover=files.picture("PNG"),
        )  # fmt: skip
    row.refresh_from_db()
    assert (row.title, row.text) == ("New title", "New.")
    assert kept(folder) == [".pdf", ".webp"]
    assert Entry.objects.get(verb="change_publication").data["before"]["title"] == "Initiatives Report"


def test_what_is_not_sent_anew_stays(folder: Path):
    row = publish(file=files.pdf("Old."))
    operations.change_publication(slug=row.slug, actor=row.author, content=content(title="New title"))
    row.refresh_from_db()
    assert (row.text, kept(folder)) == ("Old.", [".pdf"])


def test_the_file_is_deleted_with_the_publication(folder: Path, django_capture_on_commit_callbacks: Callable[..., Any]):
    row = publish(file=files.pdf(), cover=files.picture())
    with django_capture_on_commit_callbacks(execute=True):
        operations.delete_publication(slug=row.slug, actor=row.author)
    assert kept(folder) == []
    assert Entry.objects.get(verb="delete_publication").key == row.slug


def test_an_author_changes_their_own_and_nobody_elses():
    row = publish()
    other = member_of(row.initiative, Role.CONTRIBUTOR)
    for attempt in (
        lambda who: operations.change_publication(slug=row.slug, actor=who, content=content(title="Mine now")),
        lambda who: operations.set_publication_visibility(slug=row.slug, actor=who, visibility=Visibility.DRAFT),
        lambda who: operations.translate_publication(
            slug=row.slug, actor=who, language="es", fields={"title": "Informe"}, origin="author"
        ),
        lambda who: operations.delete_publication(slug=row.slug, actor=who),
    ):
        with pytest.raises(NotAllowed):
            attempt(other)
        with pytest.raises(NotAllowed):
            attempt(stranger())
    operations.change_publication(slug=row.slug, actor=row.author, content=content(title="Still mine"))


def test_a_draft_of_somebody_else_is_not_there():
    row = publish(visibility=Visibility.DRAFT)
    with pytest.raises(NotFound):
        operations.delete_publication(slug=row.slug, actor=member_of(row.initiative, Role.CONTRIBUTOR))


def test_a_translation_is_kept_with_its_origin():
    row = publish()
    operations.translate_publication(
        slug=row.slug, actor=row.author, language="es", fields={"title": "Informe"}, origin="translator"
    )
    assert Translation.objects.get(key=row.slug).origin == "translator"
    with pytest.raises(InvalidInput, match="language of the original"):
        operations.translate_publication(
            slug=row.slug, actor=row.author, language="en", fields={"title": "Report"}, origin="translator"
        )


def test_a_publication_takes_over_no_translation_of_a_deleted_one_and_no_address_of_a_page():
    before = publish()
    operations.translate_publication(
        slug=before.slug, actor=before.author, language="es", fields={"title": "Informe"}, origin="author"
    )
    operations.delete_publication(slug=before.slug, actor=before.author)
    assert not Translation.objects.exists()
    assert publish(title="Add").slug == "add-2"

import pytest

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.tests.factories import editor
from metropolis.foundation.documents import operations, queries
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.tests.factories import publish, stranger
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


def test_who_sees_what():
    initiative = InitiativeFactory.create()
    author = member_of(initiative, Role.CONTRIBUTOR)
    for visibility in Visibility:
        publish(initiative, visibility=visibility, author=author)
    hidden = InitiativeFactory.create(visibility=Visibility.DRAFT)
    publish(hidden)
    seen = {
        who: sorted(row.visibility for row in queries.publications(viewer).filter(initiative=initiative))
        for who, viewer in {
            "visitor": None,
            "stranger": stranger(),
            "viewer": member_of(initiative, Role.VIEWER),
            "author": author,
            "coordinator": member_of(initiative, Role.COORDINATOR),
        }.items()
    }
    assert seen == {
        "visitor": ["public"],
        "stranger": ["public"],
        "viewer": ["internal", "public"],
        "author": ["draft", "internal", "public"],
        "coordinator": ["draft", "internal", "public"],
    }
    assert queries.publications(None).count() == 1, "what is public in a draft initiative is not public"
    assert queries.publications(editor()).count() == 4


def test_who_left_a_hidden_initiative_no_longer_sees_what_they_wrote_there():
    hidden = InitiativeFactory.create(visibility=Visibility.DRAFT)
    row = publish(hidden)
    assert list(queries.publications(row.author)) == [row]
    hidden.members.all().delete()
    assert list(queries.publications(row.author)) == []


def test_filters_narrow_each_other():
    load_vocabularies()
    first = publish(year=2014, topics=("cycling",))
    publish(year=2013, topics=("cycling",), language="es")
    publish()
    found = queries.catalogue(None, {"topic": ["cycling"], "language": ["en"]})
    assert list(found.rows) == [first]
    assert found.counts["language"] == {"en": 1, "es": 1}
    assert found.counts["year"] == {"2014": 1}


def test_the_newest_come_first_and_those_of_no_year_last():
    for year in (None, 2014, 2020):
        publish(year=year)
    assert [row.year for row in queries.publications(None)] == [2020, 2014, None]


def test_what_is_public_is_offered_to_search_with_the_text_of_its_file():
    row = publish(year=2014, publisher="Metropolis")
    Publication.objects.filter(pk=row.pk).update(text="Rivers.\n\nCanals.")
    operations.translate_publication(
        slug=row.slug, actor=row.author, language="es", fields={"title": "Informe"}, origin="machine"
    )
    publish(visibility=Visibility.INTERNAL)
    (found,) = queries.findable()
    assert [(text.language, text.title, text.paragraphs, text.origin) for text in found.texts] == [
        ("en", "Initiatives Report", ("Rivers.", "Canals."), "original"),
        ("es", "Informe", (), "machine"),
    ]
    assert (found.year, found.facts[2].text) == (2014, None)
    assert list(queries.findable(["none"])) == []
    assert queries.visible_keys(None, [row.slug, "none"]) == {row.slug}


def test_a_publication_without_a_file_has_none():
    with pytest.raises(NotFound, match="no file"):
        queries.publication_file(publish().slug, None)

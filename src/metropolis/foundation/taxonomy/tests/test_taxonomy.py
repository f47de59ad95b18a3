from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.taxonomy import operations, queries
from metropolis.foundation.taxonomy.forms import TermsField
from metropolis.foundation.taxonomy.models import Term, TermSuggestion

pytestmark = pytest.mark.django_db

LANGUAGES = {"en", "es", "fr", "pt", "ca", "ar"}


def suggest(**told: str) -> TermSuggestion:
    fields = {"vocabulary": "topic", "label": "Night work", "language": "en", "reason": "Nobody counts it."} | told
    return operations.suggest_term(person=PersonFactory.create(), **fields)


def test_the_vocabularies_are_loaded_once_and_every_term_has_every_language():
    count = operations.load_vocabularies()
    assert operations.load_vocabularies() == count == Term.objects.count()
    assert all(term.labels.keys() >= LANGUAGES and all(term.labels.values()) for term in Term.objects.all())
    assert Term.objects.filter(vocabulary="theme").count() == 4
    assert Term.objects.filter(vocabulary="sdg").count() == 17


def test_loading_again_mends_a_term_and_keeps_its_key():
    operations.load_vocabularies()
    term = Term.objects.get(code="cycling")
    Term.objects.filter(pk=term.pk).update(labels={"en": "Bikes"}, parent=None, position=99)
    operations.load_vocabularies()
    again = Term.objects.get(code="cycling")
    assert (again.pk, again.labels, again.parent, again.position) == (term.pk, term.labels, term.parent, term.position)


def test_topics_are_a_tree_of_two_levels():
    operations.load_vocabularies()
    branches = queries.tree("topic")
    assert sum(1 + len(terms) for _branch, terms in branches) == Term.objects.filter(vocabulary="topic").count()


def test_a_label_is_the_readers_and_english_where_there_is_none():
    operations.load_vocabularies()
    term = Term.objects.get(code="water")
    with translation.override("pt-br"):
        assert str(term) == "Água"
    assert term.label("de") == "Water"


def test_terms_that_do_not_exist_are_named_with_their_field():
    operations.load_vocabularies()
    with pytest.raises(InvalidInput, match="topics: there is no topic 'flying', 'magic'") as refusal:
        queries.terms_by_code("topic", ["water", "flying", "magic"], field="topics")
    assert refusal.value.data == {"unknown": ["flying", "magic"]}


def test_a_field_offers_each_branch_with_itself_first_and_opens_where_something_is_chosen():
    operations.load_vocabularies()
    field = TermsField("topic")
    assert field.clean(["water", "cycling"]) == ["water", "cycling"]
    drawn = field.widget.render("topics", ["cycling"], {"id": "topics"})
    assert drawn.count(" open") == 1
    assert drawn.count('type="checkbox"') == Term.objects.filter(vocabulary="topic").count()


def test_a_suggestion_reaches_the_editors_and_nobody_else():
    suggestion = suggest()
    assert queries.open_suggestions(editor()) == [suggestion]
    assert queries.open_suggestions(PersonFactory.create()) == queries.open_suggestions(None) == []


@pytest.mark.parametrize(("told", "field"), [({"label": " "}, "label"), ({"vocabulary": "colour"}, "vocabulary")])
def test_a_suggestion_that_says_nothing_is_refused(told: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refusal:
        suggest(**told)
    assert refusal.value.field == field


def test_an_editor_settles_a_suggestion_once():
    suggestion = suggest()
    with pytest.raises(NotAllowed):
        operations.settle_suggestion(id=suggestion.pk, actor=PersonFactory.create())
    operations.settle_suggestion(id=suggestion.pk, actor=editor())
    with pytest.raises(NotFound):
        operations.settle_suggestion(id=suggestion.pk, actor=editor())
    assert queries.open_suggestions(editor()) == []


def test_the_page_shows_every_topic_and_to_editors_what_was_suggested(client: Client):
    operations.load_vocabularies()
    suggest(label="<b>Night work</b>")
    page = client.get(reverse("taxonomy:topics")).content.decode()
    assert "Informal settlements" in page
    assert "Night work" not in page
    client.force_login(editor())
    page = client.get(reverse("taxonomy:topics")).content.decode()
    assert "&lt;b&gt;Night work&lt;/b&gt;" in page


def test_a_member_suggests_and_an_editor_settles(client: Client):
    address = reverse("taxonomy:suggest")
    assert client.get(address).url.startswith("/account/sign-in/")
    client.force_login(PersonFactory.create())
    told = {"vocabulary": "topic", "label": "Night work", "language": "en"}
    assert "Thank you" in client.post(address, told, follow=True).content.decode()
    assert "This field is required." in client.post(address, {"vocabulary": "topic"}).content.decode()
    settle = reverse("taxonomy:settle", args=[TermSuggestion.objects.get().pk])
    assert client.post(settle).status_code == HTTPStatus.FORBIDDEN
    client.force_login(editor())
    client.post(settle)
    assert TermSuggestion.objects.get().is_settled

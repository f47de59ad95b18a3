from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from metropolis.foundation.pages.templatetags.pages import query_with, query_without

# Whatever may be typed into a form; surrogates cannot be sent.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.sampled_from(["q", "city", "topic", "sort"])
addresses = st.lists(st.tuples(st.one_of(names, st.just("page")), texts), max_size=8)


def at(pairs: list[tuple[str, str]]) -> Context:
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    return Context({"request": RequestFactory().get(f"/search?{query.urlencode()}")})


def read(address: str) -> dict[str, list[str]]:
    assert address.startswith("?")
    return dict(QueryDict(address[1:]).lists())


def grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


@given(addresses, names, texts)
def test_a_parameter_is_set_and_all_others_but_the_page_are_kept(pairs: list[tuple[str, str]], name: str, value: str):
    kept = {each: values for each, values in grouped(pairs).items() if each != "page"}
    assert read(query_with(at(pairs), **{name: value})) == kept | {name: [value]}


@given(addresses, st.integers(1, 999))
def test_another_page_keeps_everything_else(pairs: list[tuple[str, str]], number: int):
    assert read(query_with(at(pairs), page=number)) == grouped(pairs) | {"page": [str(number)]}


@given(addresses, names, texts)
def test_one_value_is_taken_off_and_the_others_are_kept(pairs: list[tuple[str, str]], name: str, value: str):
    kept = [pair for pair in pairs if pair[0] != "page" and pair != (name, value)]
    assert read(query_without(at([*pairs, (name, value)]), name, value)) == grouped(kept)


@given(addresses, names)
def test_a_parameter_is_taken_off_altogether(pairs: list[tuple[str, str]], name: str):
    kept = {each: values for each, values in grouped(pairs).items() if each not in {name, "page"}}
    assert read(query_without(at(pairs), name)) == kept
    assert read(query_with(at(pairs), **{name: None})) == kept


def test_several_values_of_a_parameter_are_set_at_once():
    assert query_with(at([]), topic=["water", "care"]) == "?topic=water&topic=care"


def test_a_template_without_a_request_starts_from_an_empty_query():
    assert query_with(Context(), q="water") == "?q=water"


def paginated(number: int, count: int, **query: str) -> str:
    request = RequestFactory().get("/search", query)
    page = Paginator(range(count), 10).page(number)
    return Template("{% load pages %}{% pagination page %}").render(Context({"page": page, "request": request}))


def test_pages_are_linked_with_the_query_they_belong_to():
    html = paginated(2, 30, q="water & care", page="2")
    assert 'href="?q=water+%26+care&amp;page=1" rel="prev"' in html
    assert 'href="?q=water+%26+care&amp;page=3" rel="next"' in html
    assert html.count('aria-current="page"') == 1


def test_the_first_page_has_no_page_before_it_and_the_last_none_after():
    assert 'rel="prev"' not in paginated(1, 30)
    assert 'rel="next"' not in paginated(3, 30)


def test_a_single_page_has_no_links():
    assert paginated(1, 10).strip() == ""

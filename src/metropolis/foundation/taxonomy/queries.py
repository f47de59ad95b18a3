"""Reaching terms."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.queries import kept
from metropolis.foundation.taxonomy.models import Term, TermSuggestion


@kept(100, follows=str)  # of each language; only a new version of the site brings other terms
def _terms(vocabulary: str) -> tuple[Term, ...]:
    return tuple(Term.objects.filter(vocabulary=vocabulary).select_related("parent").order_by("position"))


def terms(vocabulary: str) -> list[Term]:
    """Every term of a vocabulary, parents before their children, in the order of the vocabulary."""
    return list(_terms(vocabulary))


def terms_by_code(vocabulary: str, codes: Iterable[str], *, field: str) -> list[Term]:
    """The terms of these codes; `InvalidInput` naming `field` and the codes that do not exist."""
    wanted = list(dict.fromkeys(codes))
    found = {term.code: term for term in Term.objects.filter(vocabulary=vocabulary, code__in=wanted)}
    unknown = [code for code in wanted if code not in found]
    if unknown:
        message = f"{field}: there is no {vocabulary} {', '.join(map(repr, unknown))}."
        raise InvalidInput(message, field=field, data={"unknown": unknown})
    return [found[code] for code in wanted]


def labels(vocabulary: str, language: str | None = None) -> dict[str, str]:
    """The label of every code of a vocabulary in one language, for facets and results."""
    return {term.code: term.label(language) for term in _terms(vocabulary)}


def tree(vocabulary: str) -> list[tuple[Term, list[Term]]]:
    """The terms without a parent, each with those below it, in the order of the vocabulary."""
    rows = terms(vocabulary)
    return [(root, [term for term in rows if term.parent == root]) for root in rows if root.parent is None]


def branch(vocabulary: str, code: str) -> QuerySet[Term]:
    """A term and those below it: what is meant when a list is narrowed to the term."""
    return Term.objects.filter(Q(code=code) | Q(parent__code=code), vocabulary=vocabulary)


def ancestors(vocabulary: str) -> dict[str, tuple[str, ...]]:
    """The codes above each code of a vocabulary that has some above it: what is on a term is on these too."""
    return {term.code: (term.parent.code,) for term in _terms(vocabulary) if term.parent is not None}


def open_suggestions(viewer: Viewer) -> list[TermSuggestion]:
    """The suggestions nobody has settled, oldest first: for the network's editors, so an empty list for others."""
    if not may_in_network(viewer, "taxonomy.settle_suggestion"):
        return []
    return list(TermSuggestion.objects.filter(is_settled=False).select_related("person"))


def open_suggestion(id: int) -> TermSuggestion:
    """One suggestion nobody has settled; `NotFound` when there is none."""
    found = TermSuggestion.objects.filter(pk=id, is_settled=False).first()
    if found is None:
        raise NotFound(_("There is no such suggestion, or it is settled."), field="suggestion")
    return found

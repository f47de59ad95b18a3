"""Reaching terms."""

from collections.abc import Iterable

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.taxonomy.models import Term


def terms(vocabulary: str) -> list[Term]:
    """Every term of a vocabulary, parents before their children, in the order of the vocabulary."""
    return list(Term.objects.filter(vocabulary=vocabulary).select_related("parent").order_by("position"))


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
    return {term.code: term.label(language) for term in Term.objects.filter(vocabulary=vocabulary)}

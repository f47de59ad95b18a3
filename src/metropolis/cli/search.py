"""``metropolis search`` and ``metropolis match``: answers on the command line."""

import json
import os
import re
from typing import Any

import click

from metropolis.cli.site import SiteCommand
from metropolis.engine_kit import InvalidInput

Json = dict[str, Any]

#: Records of a city that are printed with it.
INVOLVED = 3


@click.command(cls=SiteCommand)
@click.argument("text")
@click.option("--city", help='The city it is for, with its country: "Rosario, AR".')
@click.option(
    "--kind", "kinds", multiple=True, help="Keep this kind of answer, such as practice or city; may be repeated."
)
@click.option("--language", "languages", multiple=True, help="Keep what can be read in this language; may be repeated.")
@click.option("--reader", help="Language of titles and reasons; that of your shell (LC_ALL, LANG) unless given.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="Most answers of each sort.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(
    *,
    text: str,
    city: str | None,
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    reader: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Ask the network in your own words and language.

    A question that begins with "-" is written after --, as in: metropolis search -- "-trams buses".
    """
    from metropolis.foundation.places.queries import find_city
    from metropolis.tools.exchange.engine.wording import wording
    from metropolis.tools.exchange.operations import keep_up
    from metropolis.tools.exchange.queries import answers
    from metropolis.tools.exchange.queries.vocabulary import check_filters, check_reader
    from metropolis.tools.exchange.values import LONGEST_QUESTION, Question

    if len(text) > LONGEST_QUESTION:
        raise InvalidInput(f"Ask in {LONGEST_QUESTION} characters at most, not {len(text)}.", field="text")
    check_filters({"kind": kinds, "language": languages})
    check_reader(reader := reader if reader is not None else language_of_shell())
    question = Question(
        text=text,
        city_id=find_city(city).id if city else None,
        kinds=kinds,
        filters={"language": languages} if languages else {},
        limit=limit,
    )
    keep_up()
    found = answers(question, language=reader)
    rows = [answer_row(answer) for answer in found.answers]
    cities = [city_row(answer) for answer in found.cities[:limit]] if not kinds or "city" in kinds else []
    if as_json:
        echo_json({"query": text, "language": found.language, "total": found.total, "results": rows, "cities": cities})
        return
    for row in (*rows, *cities):
        echo_row(row)
    unasked = "" if wording(text).text else "Nothing asked: newest first. "
    click.echo(f"{unasked}{found.total} records found.", err=True)


def language_of_shell() -> str:
    """The language that the environment asks programs to speak, English where it asks for none.

    A guess from the question will not do: of two words it is often wrong, and then so is the language of every reason.
    """
    asked = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    code = re.split(r"[_.@]", asked)[0].lower()
    return code if code not in {"", "c", "posix"} else "en"


@click.command(cls=SiteCommand)
@click.option("--need", required=True, help="The need or offer, by the last part of its address.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def match(*, need: str, as_json: bool) -> None:
    """Seek what answers a need or an offer, and keep it for its author."""
    from metropolis.tools.exchange.operations import keep_up, match_need

    keep_up()
    rows = [answer_row(answer) for answer in match_need(slug=need)]
    if as_json:
        echo_json({"need": need, "results": rows})
        return
    for row in rows:
        echo_row(row)
    click.echo(f"{len(rows)} matches.", err=True)


def answer_row(answer: Any) -> Json:
    """One answer as JSON: what it is, how relevant, how well it fits and why."""
    return {
        "kind": answer.reference.kind,
        "id": answer.reference.key,
        "title": answer.title,
        "city": answer.city or None,
        "url": answer.url,
        "score": round(answer.score, 4),
        **fit_row(answer.fit),
        "quote": answer.quote,
        "quote_language": answer.quote_language,
        "reason": answer.reason,
    }


def city_row(answer: Any) -> Json:
    """One city as JSON, with the records it has to do with."""
    return {
        "kind": "city",
        "id": str(answer.city_id),
        "title": answer.title,
        "city": answer.label,
        "url": answer.url,
        "score": round(answer.score, 4),
        **fit_row(answer.fit),
        "quote": "",
        "quote_language": "",
        "reason": answer.reason,
        "involvements": [
            {"involvement": item.involvement, "record": str(item.reference), "title": item.title}
            for item in answer.involvements
        ],
    }


def fit_row(fit: Any) -> Json:
    """The fit to a city and its factors, each None where not known."""
    if fit is None:
        return {"fit": None, "coverage": None, "factors": []}
    factors = [factor.model_dump(mode="json") for factor in fit.factors]
    overall = None if fit.overall is None else round(fit.overall, 4)
    return {"fit": overall, "coverage": round(fit.coverage, 4), "factors": factors}


def echo_json(content: Json) -> None:
    """Print JSON for people and programs."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def echo_row(row: Json) -> None:
    """Print an answer in a few lines."""
    fit = f"  fit {row['fit']:.2f}" if row["fit"] is not None else ""
    click.echo(f"{row['score']:.2f}{fit}  {click.style(row['title'], bold=True)}  [{row['kind']}:{row['id']}]")
    quote = f"“{row['quote']}”" if row["quote"] else ""
    involved = row.get("involvements", ())[:INVOLVED]
    told = [f"{one['involvement']}: {one['title']}  [{one['record']}]" for one in involved]
    for line in filter(None, (row["city"], quote, row["reason"], *told)):
        click.echo(f"      {line}")


COMMANDS = (search, match)

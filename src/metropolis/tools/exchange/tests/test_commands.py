"""The commands `metropolis search`, `match`, `index` and `evaluate`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from metropolis.cli import metropolis
from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.models import Match
from metropolis.tools.exchange.operations import keep_up
from metropolis.tools.exchange.tests.factories import a_city, a_need, an_initiative

STORY = "El plan convierte las riberas de ríos y canales en vías verdes para peatones."


@pytest.fixture(autouse=True)
def _english_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def run(*words: str) -> Result:
    result = CliRunner().invoke(metropolis, words, catch_exceptions=False)
    assert result.exit_code == 0
    return result


@pytest.fixture
def plan(network: Initiative) -> Initiative:
    row = an_initiative("Plan de Vías Verdes", city="Santiago", story=STORY, language="es", slug="plan")
    a_city("Rosario")
    keep_up()
    return row


def test_search_prints_answers_with_quote_and_reason(plan: Initiative) -> None:
    result = run("search", "canales y riberas para peatones", "--city", "Rosario, AR")
    assert "Plan de Vías Verdes" in result.stdout
    assert f"“{STORY}”" in result.stdout
    assert "From Santiago" in result.stdout
    assert "1 records found." in result.stderr


def test_search_gives_json_with_the_documented_keys(plan: Initiative) -> None:
    words = ("search", "canales y riberas", "--city", "Rosario, AR", "--reader", "en", "--limit", "3", "--json")
    body = json.loads(run(*words).stdout)
    best = body["results"][0]
    assert {"kind", "id", "title", "city", "score", "fit", "coverage", "factors", "quote", "reason"} <= best.keys()
    assert (best["kind"], best["id"], best["city"]) == ("initiative", "plan", "Santiago, Chile")
    assert {factor["name"] for factor in best["factors"]} >= {"need", "size", "climate", "language", "preconditions"}
    assert best["reason"].startswith("From Santiago")
    assert [city["city"] for city in body["cities"]] == ["Santiago, CL"]
    assert body["cities"][0]["involvements"] == [
        {"involvement": "runs", "record": "initiative:plan", "title": "Plan de Vías Verdes"}
    ]


def test_search_keeps_kinds_and_languages(plan: Initiative) -> None:
    a_need(plan, author=plan.author, title="Canales")
    only_needs = json.loads(run("search", "canales", "--kind", "need", "--json").stdout)
    assert {row["kind"] for row in only_needs["results"]} == {"need"}
    assert only_needs["cities"] == []
    only_cities = json.loads(run("search", "canales", "--kind", "city", "--json").stdout)
    assert only_cities["results"] == []
    assert only_cities["cities"]
    spanish = json.loads(run("search", "canales", "--language", "es", "--json").stdout)
    assert {row["id"] for row in spanish["results"]} == {"plan"}


def test_an_unknown_city_is_one_clear_refusal(plan: Initiative) -> None:
    with pytest.raises(NotFound, match="Atlantis"):
        CliRunner().invoke(metropolis, ["search", "canales", "--city", "Atlantis"], catch_exceptions=False)


def test_a_city_that_wants_the_same_says_so_in_its_reason_and_with_the_record(plan: Initiative) -> None:
    need = a_need(plan, author=plan.author, title="Canales para peatones", text=STORY, language="es", city="Kampala")
    words = ("search", "canales y riberas para peatones", "--city", "Rosario, AR", "--reader", "en", "--kind", "city")
    printed = run(*words).stdout
    assert "From Kampala (Uganda), for Rosario: the city wants this; " in printed
    assert f"wants: Canales para peatones  [need:{need.slug}]" in printed
    spanish = run(*words, "--reader", "es").stdout
    assert "la ciudad lo busca" in spanish


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [("--kind", "foo", "practice"), ("--language", "xx", "pt-BR"), ("--reader", "xx", "pt-BR")],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    plan: Initiative, option: str, value: str, allowed: str
) -> None:
    with pytest.raises(InvalidInput, match=allowed) as refused:
        CliRunner().invoke(metropolis, ["search", "canales", option, value], catch_exceptions=False)
    assert refused.value.field == option.removeprefix("--")


def test_a_question_that_is_too_long_is_one_clear_refusal(plan: Initiative) -> None:
    with pytest.raises(InvalidInput, match="800 characters at most, not 801"):
        CliRunner().invoke(metropolis, ["search", "a" * 801], catch_exceptions=False)


@pytest.mark.parametrize(
    ("shell", "begins"),
    [({}, "From"), ({"LANG": "es_AR.UTF-8"}, "De "), ({"LC_ALL": "C.UTF-8", "LANG": "es_AR"}, "From")],
)
def test_the_language_of_the_reasons_is_that_of_the_shell_and_not_guessed(
    plan: Initiative, monkeypatch: pytest.MonkeyPatch, shell: dict[str, str], begins: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, shell.get(name, ""))
    body = json.loads(run("search", "canales y riberas", "--city", "Rosario, AR", "--json").stdout)
    assert body["results"][0]["reason"].startswith(begins)


@pytest.mark.parametrize("text", ["", "NOT agua"])
def test_where_nothing_is_asked_that_is_said(plan: Initiative, text: str) -> None:
    assert run("search", text).stderr.startswith("Nothing asked: newest first. ")


def test_match_seeks_what_answers_a_need_and_keeps_it(plan: Initiative, network: Initiative) -> None:
    row = a_need(network, title="Riberas para peatones", text=STORY, language="es")
    Match.objects.all().delete()
    body = json.loads(run("match", "--need", row.slug, "--json").stdout)
    assert [found["id"] for found in body["results"]] == ["plan"]
    assert Match.objects.count() == 1
    assert "Plan de Vías Verdes" in run("match", "--need", row.slug).stdout


def test_index_builds_takes_in_and_rebuilds(db: None, search_folder: Path) -> None:
    an_initiative("Night buses")
    run("index")
    an_initiative("Rain gardens")
    run("index")
    assert json.loads(run("search", "gardens", "--json").stdout)["total"] == 1
    run("index", "--rebuild")
    assert json.loads(run("search", "night buses", "--json").stdout)["total"] == 1


def test_index_follows_or_rebuilds_but_not_both(db: None) -> None:
    with pytest.raises(InvalidInput, match="Choose one"):
        CliRunner().invoke(metropolis, ["index", "--follow", "--rebuild"], catch_exceptions=False)


def test_evaluate_prints_the_scores_of_every_leg(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "Car-free Sundays", "text": "Streets closed to cars.", "language": "en"}\n'
        '{"_id": "b", "title": "Sewage", "text": "Wastewater treatment plants.", "language": "en"}\n'
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "1", "text": "domingos sin coches", "language": "es"}\n'
        '{"_id": "2", "text": "depuración de aguas residuales", "language": "es"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n")
    words = ("evaluate", "search", str(tmp_path), "--bank", "none")
    body = json.loads(run(*words, "--json").stdout)
    assert body["overall"]["fused"]["ndcg@10"] == 1.0
    assert body["pairs"]["es-en"]["semantic"]["mrr@10"] == 1.0
    assert (body["dropped_judgements"], body["unanswered_queries"]) == (0, 0)
    assert "left out" not in run(*words).stdout
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n2\tc\t1\n")
    table = run(*words).stdout
    assert "left out: 1 judgements" in table
    assert "2 documents, 2 queries" in table
    assert "es-en" in table

"""What the engine offers to every door takes plain fields and gives plain values."""

import json
from typing import Any

import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import COMPUTATIONS
from metropolis.tools.barometer.engine.computations import MOST_FIGURES

BY_NAME = {one.name: one for one in COMPUTATIONS}
INDEX: dict[str, Any] = {
    "framework": {
        "nodes": [
            {"code": "beds", "parent": "care", "weight": 2},
            {"code": "fear", "parent": "care", "direction": -1},
            {"code": "care"},
        ]
    },
    "data": {
        "units": ["LIM", "OSL", "BAR", "LIM", "OSL", "BAR"],
        "names": ["Lima", "Oslo", "Bari", "Lima", "Oslo", "Bari"],
        "times": [2024, 2024, 2024, 2025, 2025, 2025],
        "columns": ["beds", "fear"],
        "values": [[2, 30], [6, 10], [3, None], [4, 25], [6, 11], [3, 20]],
    },
}
FIELDS: dict[str, dict[str, Any]] = {
    "index": INDEX,
    "explain": INDEX | {"unit": "Lima", "against": "Oslo", "since": 2024, "year": 2025},
    "compare": INDEX | {"units": ["Lima", "OSL"], "year": 2025, "replications": 200},
    "check": {name: INDEX[name] for name in ("framework", "data")},
    "compared-weights": {"comparisons": [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]},
    "questionnaire": {},
}


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_a_computation_takes_and_gives_what_json_can_say(name: str):
    computation = BY_NAME[name]
    answer = computation.run(json.loads(json.dumps(FIELDS[name])))
    assert isinstance(answer, computation.output)
    assert computation.output.model_validate_json(answer.model_dump_json()) == answer
    assert computation.input.model_json_schema()["properties"] or name == "questionnaire"
    assert ">>>" in computation.description


def test_an_explanation_from_plain_fields_adds_up():
    told: Any = BY_NAME["explain"].run(FIELDS["explain"])
    assert told.standing.rank == 2
    assert sum(told.against.parts.values()) == pytest.approx(told.against.gap)
    assert told.since.gap > 0
    assert told.since.probability is None


def test_weights_of_comparisons_that_agree_have_no_inconsistency():
    told: Any = BY_NAME["compared-weights"].run(FIELDS["compared-weights"])
    assert told.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert told.consistency_ratio == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("explain", {"unit": "Paris"}, "There is no unit 'Paris'"),
        ("explain", {"year": None}, "Choose one of the years there are: 2024, 2025"),
        ("compare", {"units": ["Lima"]}, "Name two units or more"),
        ("compared-weights", {"comparisons": [[1, 2], [0.5, 1], [1, 1]]}, "give as many rows"),
    ],
)
def test_what_cannot_be_computed_is_refused(name: str, change: dict[str, Any], told: str):
    with pytest.raises(InvalidInput, match=told):
        BY_NAME[name].run(FIELDS[name] | change)


def test_more_figures_than_a_request_can_carry_are_refused():
    units = [f"u{place}" for place in range(MOST_FIGURES // 2 + 1)]
    data = {"units": units, "columns": ["beds", "fear"], "values": [[1, 2]] * len(units)}
    with pytest.raises(InvalidInput, match="at most 20000 can be computed at once"):
        BY_NAME["index"].run(INDEX | {"data": data})

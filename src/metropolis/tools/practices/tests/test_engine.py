"""Completeness: how full a record is."""

from hypothesis import given
from hypothesis import strategies as st

from metropolis.tools.practices.engine import COMPUTATIONS, LAYOUT, Record, completeness
from metropolis.tools.practices.engine.template import SECTIONS

COUNTED = [name for _weight, names in SECTIONS.values() for name in names]
FIELDS = st.dictionaries(st.sampled_from(COUNTED), st.sampled_from(["", "told", None, (), ("one",), 0, " "]))


def test_the_weights_add_up_to_a_hundred():
    assert sum(weight for weight, _names in SECTIONS.values()) == 100


def test_what_counts_is_part_of_what_is_asked_for():
    for section, (_weight, names) in SECTIONS.items():
        assert set(names) <= set(LAYOUT[section])


def test_an_empty_record_is_empty_and_a_full_one_is_full():
    assert completeness(Record(fields={})).share == 0
    assert completeness(Record(fields=dict.fromkeys(COUNTED, "told"))).share == 1


@given(FIELDS)
def test_the_share_lies_between_nothing_and_everything(fields: dict[str, object]):
    result = completeness(Record(fields=fields))
    assert 0 <= result.share <= 1
    assert all(0 <= section.share <= 1 for section in result.sections)


@given(FIELDS, st.sampled_from(COUNTED))
def test_telling_one_thing_more_never_makes_a_record_emptier(fields: dict[str, object], name: str):
    before = completeness(Record(fields=fields)).share
    assert completeness(Record(fields={**fields, name: "told"})).share >= before


@given(FIELDS)
def test_whatever_is_not_told_is_missing(fields: dict[str, object]):
    missing = {name for section in completeness(Record(fields=fields)).sections for name in section.missing}
    told = {name for name, value in fields.items() if value in ("told", ("one",), 0)}
    assert missing == set(COUNTED) - told


def test_a_cost_of_nothing_is_told():
    sections = {section.name: section for section in completeness(Record(fields={"cost_total": 0})).sections}
    assert "cost_total" not in sections["money"].missing


def test_the_transferable_badge_needs_limits_costs_preconditions_and_parts():
    told = dict.fromkeys(("limiting_factors", "cost_total", "preconditions", "building_blocks"), "told")
    assert completeness(Record(fields=told)).is_transferable
    for name in told:
        assert not completeness(Record(fields={**told, name: ""})).is_transferable


def test_the_computation_takes_plain_fields():
    (computation,) = COMPUTATIONS
    assert computation.run({"fields": {"title": "Open streets"}}).share > 0  # type: ignore[attr-defined]

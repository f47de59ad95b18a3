"""The arithmetic of scores: facets, fusion, hubness, quantisation, measures."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metropolis.tools.exchange.engine.evaluate import ndcg, recall, reciprocal_rank
from metropolis.tools.exchange.engine.facets import Facet, allowed
from metropolis.tools.exchange.engine.fusion import fused, scale
from metropolis.tools.exchange.engine.hubness import Correction, Sums
from metropolis.tools.exchange.engine.semantic import Semantic, quantised

SCORES = arrays(np.float32, 20, elements=st.floats(0, 2, width=32))
DOCUMENTS = st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=1, max_size=30)
TERMS = ("water", "mobility", "care", "culture", "waste")


def facet_of(documents: list[set[int]]) -> Facet:
    entries = [(number, term) for number, terms in enumerate(documents) for term in sorted(terms)]
    columns = np.array(entries, dtype=np.int32).reshape(-1, 2).T
    return Facet(columns[0].copy(), columns[1].copy(), TERMS)


@given(DOCUMENTS, st.sets(st.integers(0, 29)))
def test_counts_are_what_counting_one_by_one_gives(documents: list[set[int]], chosen: set[int]) -> None:
    numbers = sorted(number for number in chosen if number < len(documents))
    expected = {
        term: sum(place in documents[number] for number in numbers)
        for place, term in enumerate(TERMS)
        if any(place in documents[number] for number in numbers)
    }
    assert facet_of(documents).counts(np.array(numbers, dtype=np.int64)) == expected


def test_counts_of_few_among_many_agree_with_counts_of_all() -> None:
    facet = facet_of([{number % 5, (number * 7) % 5} for number in range(400)])
    few = np.array([3, 50, 399], dtype=np.int64)
    assert facet.counts(few) == {"culture": 2, "mobility": 1, "water": 1, "waste": 1}
    assert sum(facet.counts(np.arange(400)).values()) == len(facet.documents)


@given(DOCUMENTS, st.sets(st.sampled_from(TERMS), min_size=1))
def test_a_filter_keeps_what_has_any_of_its_values(documents: list[set[int]], wanted: set[str]) -> None:
    mask = allowed({"topic": facet_of(documents)}, {"topic": tuple(wanted)}, len(documents))
    assert mask.tolist() == [any(TERMS[term] in wanted for term in terms) for terms in documents]


def test_a_filter_on_an_unknown_facet_keeps_nothing() -> None:
    assert not allowed({}, {"colour": ("red",)}, 3).any()


@given(SCORES, SCORES, arrays(np.bool_, 20))
def test_more_words_or_more_meaning_never_lower_a_score(
    words: np.ndarray, meaning: np.ndarray, same: np.ndarray
) -> None:
    before = fused(words, meaning, same)
    assert (fused(words + 0.1, meaning, same) > before).all()
    assert (fused(words, meaning + 0.1, same) > before).all()


def test_a_foreign_document_that_means_the_same_beats_a_home_one_that_shares_a_word() -> None:
    score = fused(np.float32([0.0, 0.3]), np.float32([5.0, 1.0]), np.array([False, True]))
    assert score[0] > score[1]


def test_a_scale_puts_the_mean_of_many_at_nought_and_their_spread_at_one() -> None:
    similarities = np.random.default_rng(1).normal(-0.2, 0.3, 10_000).astype(np.float32)
    deviations = scale(similarities).of(similarities)
    assert (round(float(deviations.mean()), 1), round(float(deviations.std()), 1)) == (0.0, 1.0)


@given(arrays(np.float32, (5, 16), elements=st.floats(-1, 1, width=32)))
def test_quantised_vectors_are_off_by_at_most_half_a_step(vectors: np.ndarray) -> None:
    codes, scales = quantised(vectors)
    assert (np.abs(codes * scales[:, None] - vectors) <= scales[:, None] * 0.5001 + 1e-7).all()


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_document_near_every_question_is_corrected_most() -> None:
    generator = np.random.default_rng(2)
    bank = unit(generator.normal(size=(200, 32)) + 1.0)
    hub, other = unit(np.ones((1, 32))), unit(generator.normal(size=(1, 32)))
    sums = Sums(32)
    sums.add(np.concatenate([hub, other]), ["en", "en"])
    correction = Correction.fitted(bank, ["en"] * 200, sums, strength=0.0)
    assert correction.hubs(hub).tolist() == [0.0]
    correction = Correction.fitted(bank, ["en"] * 200, Sums(32), strength=0.1)
    assert correction.hubs(hub) > correction.hubs(other)


def test_a_correction_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    bank, documents = unit(generator.normal(size=(50, 8))), unit(generator.normal(size=(20, 8)))
    sums = Sums(8)
    sums.add(documents, ["es"] * 20)
    before = Correction.fitted(bank, ["en", "fr"] * 25, sums, strength=1.0)
    before.save(tmp_path / "correction.npz")
    after = Correction.load(tmp_path / "correction.npz")
    np.testing.assert_array_equal(after.documents(documents, ["es"] * 20), before.documents(documents, ["es"] * 20))
    np.testing.assert_array_equal(after.hubs(documents), before.hubs(documents))
    np.testing.assert_array_equal(after.questions(bank, ["xx"] * 50), before.questions(bank, ["xx"] * 50))


def test_the_scan_is_close_to_the_exact_measure() -> None:
    generator = np.random.default_rng(4)
    raw = unit(generator.normal(size=(60_000, 64)))
    correction = Correction.fitted(unit(generator.normal(size=(40, 64))), ["en"] * 40, Sums(64), strength=1.0)
    centred = correction.documents(raw, ["en"] * len(raw))
    semantic = Semantic(quantised(centred), raw.astype(np.float16), correction.hubs(centred), correction)
    question = semantic.question(raw[7], "en")
    rows = np.arange(0, 60_000, 500)
    measured = semantic.measure(question, rows, ["en"] * len(rows))
    np.testing.assert_allclose(semantic.scan(question)()[rows], measured, atol=0.02)


def test_measures_agree_with_values_worked_out_by_hand() -> None:
    ranked, relevant = ["x", "a", "y", "b"], {"a": 2, "b": 1, "c": 1}
    gained = 2 / np.log2(3) + 1 / np.log2(5)
    ideal = 2 / np.log2(2) + 1 / np.log2(3) + 1 / np.log2(4)
    assert ndcg(ranked, relevant, 10) == pytest.approx(gained / ideal)
    assert recall(ranked, relevant, 100) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranked, relevant, 10) == 0.5
    assert reciprocal_rank(ranked, relevant, 1) == 0.0

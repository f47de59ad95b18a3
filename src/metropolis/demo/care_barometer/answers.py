"""Invented answers of residents to the questionnaire of a caring city, drawn as a survey in the field would be."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.demo.care_barometer.world import SEED, YEARS, CityRow, Numbers
from metropolis.tools.barometer.engine import Survey
from metropolis.tools.barometer.engine.questionnaire import NO_ANSWER, Question, caring_city

AGES = {"16_24": 0.16, "25_34": 0.2, "35_49": 0.26, "50_64": 0.2, "65_79": 0.13, "80_over": 0.05}
GENDERS = {"woman": 0.5, "man": 0.48, "other": 0.01, "withheld": 0.01}
#: Older people answer more readily, so each of them stands for fewer.
AGE_WEIGHTS = {"16_24": 1.3, "25_34": 1.2, "35_49": 1.0, "50_64": 0.9, "65_79": 0.8, "80_over": 0.8}
#: How far apart the odds of a good answer are (standard deviations of logits): between districts and people whatever is
#: asked, between streets for each question anew.
DISTRICTS, PEOPLE, STREETS = 0.35, 0.3, 0.45
#: How much lower the logit of a good answer is for women and for people of 65 and over.
FOR_WOMEN = {"safe_night": 0.7, "harassment": 0.8, "time_rest": 0.4, "discrimination": 0.2}
FOR_OLD = {"moving_about": 0.7, "loneliness": 0.4, "care_unmet": 0.2}
#: About so many respondents live in one street, which is a cluster of the sample.
TOGETHER = 8
UNSURE, UNUSED = 0.03, 0.08


class People(NamedTuple):
    """Respondents, shape (respondents,) each: words, and numbers of their district and street."""

    age: tuple[str, ...]
    gender: tuple[str, ...]
    district: NDArray[np.intp]
    street: NDArray[np.intp]


def invented_answers(city: CityRow, place: int, year: int, shares: dict[str, float]) -> Survey:
    """The survey of a year in one city, the `place`-th of all: `shares` are the percentages counted by question.

    Districts are strata, of the same number of respondents whatever their size; streets are clusters. The districts
    keep their character over the years.
    """
    character = np.random.default_rng([SEED, 2, place])
    random = np.random.default_rng([SEED, 3, place, YEARS.index(year)])
    count = city.respondents
    districts = min(8, max(3, count // 50))
    sizes = character.dirichlet(np.full(districts, 8.0))
    luck = character.normal(0, DISTRICTS, districts)
    people = _people(random, count, districts)
    mood = luck[people.district] + random.normal(0, PEOPLE, count)
    asked = {question.code: question for question in caring_city().questions}
    answers = {"age": people.age, "gender": people.gender}
    for code, share in shares.items():
        answers[code] = _answers(random, people, mood, asked[code], share)
    weights = sizes[people.district] * districts * np.array([AGE_WEIGHTS[age] for age in people.age])
    return Survey(
        units=(city.city,) * count,
        answers=answers,
        weights=np.round(weights, 3),
        strata=tuple(f"district {number + 1}" for number in people.district),
        clusters=tuple(f"street {number + 1}" for number in people.street),
    )


def joined(surveys: list[Survey]) -> Survey:
    """Several cities' surveys as one."""
    first = surveys[0]
    return replace(
        first,
        units=tuple(unit for survey in surveys for unit in survey.units),
        answers={name: tuple(word for survey in surveys for word in survey.answers[name]) for name in first.answers},
        weights=np.concatenate([survey.weights for survey in surveys]),
        strata=tuple(word for survey in surveys for word in survey.strata),
        clusters=tuple(word for survey in surveys for word in survey.clusters),
    )


def _people(random: np.random.Generator, count: int, districts: int) -> People:
    numbers = np.arange(count)
    district = numbers * districts // count
    within = numbers - np.searchsorted(district, district)
    longest = count // districts // TOGETHER + 1
    return People(
        age=tuple(random.choice(list(AGES), count, p=list(AGES.values())).tolist()),
        gender=tuple(random.choice(list(GENDERS), count, p=list(GENDERS.values())).tolist()),
        district=district,
        street=district * longest + within // TOGETHER,
    )


def _answers(
    random: np.random.Generator, people: People, mood: Numbers, question: Question, share: float
) -> tuple[str, ...]:
    count = len(mood)
    streets = random.normal(0, STREETS, int(people.street.max()) + 1)
    mood = mood + streets[people.street]
    lower = FOR_WOMEN.get(question.code, 0.0) * (np.array(people.gender) == "woman")
    lower = lower + FOR_OLD.get(question.code, 0.0) * np.isin(people.age, ["65_79", "80_over"])
    logit = np.log(share / (100 - share)) + question.direction * (mood - lower + lower.mean())
    counts = random.random(count) < 1 / (1 + np.exp(-logit))
    choices = [choice.code for choice in caring_city().choices[question.choices]]
    others = [code for code in choices if code not in (*question.counted, *NO_ANSWER)]
    words = np.where(counts, random.choice(question.counted, count), random.choice(others, count))
    lot = random.random(count)
    words = np.where(lot < UNSURE, "unknown", words)
    if "unused" in choices:
        words = np.where(lot > 1 - UNUSED, "unused", words)
    return tuple(words.tolist())

import io
import wave
from itertools import combinations
from random import Random

import numpy as np
import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from metropolis.foundation.human_check.engine import (
    CHARACTERS,
    LANGUAGES,
    LENGTH,
    characters_of,
    draw,
    normalised,
    speak,
)
from metropolis.foundation.human_check.engine.sound import MEAN_PAUSE, RATE, _sounds

LOOK_ALIKE = ["0OQD", "1IL", "2Z", "5S", "6G", "8B3", "UV", "VY", "MN", "CG", "PR"]


def hand(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same at each run


def spoken(characters: str, language: str = "en", seed: int = 1) -> tuple[float, np.ndarray]:
    with wave.open(io.BytesIO(speak(characters, language=language, random=hand(seed)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, RATE)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.uint8).astype(float) - 128
        return file.getnframes() / RATE, samples


@given(st.binary(min_size=16, max_size=64))
def test_any_seed_stands_for_characters_that_can_be_told_apart(seed: bytes):
    found = characters_of(seed)
    assert len(found) == LENGTH
    assert set(found) <= set(CHARACTERS)


def test_no_two_characters_look_alike():
    assert all(len(set(alike) & set(CHARACTERS)) <= 1 for alike in LOOK_ALIKE)


@given(st.text(CHARACTERS, min_size=LENGTH, max_size=LENGTH), st.booleans(), st.sampled_from(["", " ", "\u00a0", "\t"]))
def test_capitals_small_letters_and_spaces_are_the_same(characters: str, small: bool, space: str):  # noqa: FBT001
    typed = space.join(characters.lower() if small else characters) + space
    assert normalised(typed) == characters


@given(st.text())
@example("⑩²౭")
def test_whatever_somebody_types_is_an_answer(typed: str):
    assert isinstance(normalised(typed), str)


@pytest.mark.parametrize("digits", ["23457", "٢٣٤٥٧", "۲۳۴۵۷", "２３４５７"])
def test_the_digits_of_any_script_are_the_same(digits: str):
    assert normalised(digits) == "23457"


def test_the_same_hand_draws_the_same_picture_and_another_one_another():
    def drawn(seed: int) -> bytes:
        return draw("2HJ4W", random=hand(seed))

    assert drawn(1) == drawn(1) != drawn(2)


def test_the_picture_is_large_dark_on_white_and_says_nothing_beside_its_pixels():
    data = draw("2HJ4W", random=hand(1))
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (640, 200)
    assert picture.info.keys() <= {"transparency", "dpi"}
    assert b"2HJ4W" not in data
    grey = np.asarray(picture.convert("L"))
    assert np.bincount(grey.ravel(), minlength=256).argmax() == 255
    columns = (grey < 60).any(axis=0)
    assert columns[40:600].mean() > 0.5
    assert len(data) < 15_000


def test_every_language_of_the_pages_is_spoken():
    assert {code for code, _name in settings.LANGUAGES} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_has_a_sound_of_its_own(language: str):
    sounds = _sounds(language)
    assert set(sounds) == set(CHARACTERS)
    assert all(0.2 < len(sound) / RATE < 1.2 for sound in sounds.values())
    assert all(np.abs(sound).max() > 90 for sound in sounds.values())
    for one, other in combinations(sounds.values(), 2):
        assert len(one) != len(other) or not np.array_equal(one, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_characters_are_heard_one_after_the_other_with_pauses_between(language: str):
    said = "23HWY"
    seconds, samples = spoken(said, language)
    named = sum(len(_sounds(language)[character]) for character in said) / RATE
    assert seconds == pytest.approx(named + (len(said) + 1) * MEAN_PAUSE, abs=0.01)
    # Between any two characters there are at least 0.4 seconds with nothing but the noise.
    loud = np.flatnonzero(np.abs(samples) > 25)
    pauses = np.diff(loud) / RATE
    assert (pauses > 0.4).sum() == len(said) - 1


def test_each_character_is_heard_in_its_place():
    _seconds, samples = spoken("7L4PX", "es")
    rest = samples
    for character in "7L4PX":
        sound = _sounds("es")[character]
        size = 1 << (len(rest) + len(sound)).bit_length()
        likeness = np.fft.irfft(np.fft.rfft(rest, size) * np.conj(np.fft.rfft(sound, size)))[: len(rest)]
        place = int(likeness[: len(sound) + RATE * 3].argmax())
        found = rest[place : place + len(sound)]
        assert np.corrcoef(found, sound)[0, 1] > 0.8
        rest = rest[place + len(sound) :]


def test_two_requests_sound_differently_and_take_equally_long():
    one, other = (speak("23HWY", language="ar", random=hand(seed)) for seed in (1, 2))
    assert one != other
    assert len(one) == len(other)


def test_a_language_without_sounds_is_spoken_in_english():
    assert spoken("2", "zu")[0] == spoken("2", "en")[0]

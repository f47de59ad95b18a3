"""Speaking the characters, one after the other, as a WAV."""

import io
import wave
import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

#: One zip a language, of a WAV for each character; README.md beside them tells where they come from.
SOUNDS = Path(__file__).parent / "data"
LANGUAGES = tuple(sorted(path.stem for path in SOUNDS.glob("*.zip")))
RATE = 12_000  # samples a second, of 8 bit each

#: Seconds of silence before, between and after the characters: at least so much, and on average more.
SHORTEST_PAUSE = 0.45
MEAN_PAUSE = 0.75
NOISE = 3  # standard deviation, of 128

Samples = NDArray[np.float64]


def speak(characters: str, *, language: str, random: Random) -> bytes:
    """A WAV (mono, 8 bit, 12 kHz) of the characters by their names in `language`, slowly, in order.

    Pauses, loudness and a faint noise are as `random` has it, the length is not: the same characters in the same
    language always take equally long, so that a player may fetch the file in parts. A language without sounds is
    spoken in English.
    """
    sounds = _sounds(language if language in LANGUAGES else "en")
    parts = [_silence(pause) for pause in _pauses(len(characters) + 1, random)]
    for place, character in enumerate(characters):
        parts.insert(2 * place + 1, sounds[character] * random.uniform(0.8, 1))
    said = np.concatenate(parts)
    noise = np.random.default_rng(random.getrandbits(64)).normal(0, NOISE, len(said))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(np.clip(said + noise + 128, 0, 255).astype(np.uint8).tobytes())
    return buffer.getvalue()


@cache
def _sounds(language: str) -> dict[str, Samples]:
    """The samples of each character, from -128 to 127."""
    found = {}
    with zipfile.ZipFile(SOUNDS / f"{language}.zip") as archive:
        for name in archive.namelist():
            with wave.open(io.BytesIO(archive.read(name))) as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
            found[name.removesuffix(".wav")] = samples.astype(np.float64) - 128
    return found


def _pauses(count: int, random: Random) -> list[int]:
    """Lengths of `count` pauses, in samples, of always the same sum."""
    spare = int((MEAN_PAUSE - SHORTEST_PAUSE) * RATE * count)
    cuts = [0, *sorted(random.randrange(spare) for _ in range(count - 1)), spare]
    return [int(SHORTEST_PAUSE * RATE) + end - start for start, end in pairwise(cuts)]


def _silence(samples: int) -> Samples:
    return np.zeros(samples)

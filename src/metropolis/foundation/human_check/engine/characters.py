"""Choosing the characters, and reading what somebody typed."""

import unicodedata

CHARACTERS = "23457HJLPWXY"
LENGTH = 5
#: Of an answer no more is looked at.
_LONGEST = 40


def characters_of(seed: bytes) -> str:
    """The `LENGTH` characters that a secret seed of at least 16 random bytes stands for.

    >>> characters_of(bytes(16)), characters_of(bytes([1] * 16))
    ('22222', '3PJLX')
    """
    number = int.from_bytes(seed, "big")
    chosen = ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(CHARACTERS))
        chosen += CHARACTERS[place]
    return chosen


def normalised(answer: str) -> str:
    """An answer as it is compared: capitals, no spaces, and the digits of any script as 0 to 9.

    >>> normalised(" wx ٢٣٤ "), normalised("ｗｘ234")
    ('WX234', 'WX234')
    """
    plain = (each for each in unicodedata.normalize("NFKC", answer[:_LONGEST]) if not each.isspace())
    return "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in plain).upper()

"""A few characters as a picture and as speech.

They are told apart by eye and by ear. No two of them look alike in any hand (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V),
and no two have names that sound alike in a language they are spoken in: there is one of *b c d e g p t v* and one of
*f l m n r s*, no *k* beside *h* (Catalan) and *j* (English), no *8* beside *h* (English), no *9* beside *5* (English)
or *7* (Arabic), and no *6* beside *3* (Portuguese) or *x* (French).
"""

from metropolis.foundation.human_check.engine.characters import CHARACTERS, LENGTH, characters_of, normalised
from metropolis.foundation.human_check.engine.picture import draw
from metropolis.foundation.human_check.engine.sound import LANGUAGES, speak

__all__ = ["CHARACTERS", "LANGUAGES", "LENGTH", "characters_of", "draw", "normalised", "speak"]

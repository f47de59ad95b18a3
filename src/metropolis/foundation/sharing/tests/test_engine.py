"""The share image: whatever a title is written in, it is drawn right or not at all."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from metropolis.foundation.sharing.engine import HEIGHT, WIDTH, Colours, Picture, draw
from metropolis.foundation.sharing.engine.lettering import drawable, font, lines

COLOURS = Colours(
    page="#ffffff", ink="#16202c", soft="#4a5665", band="#1d6f3c", logo="#1c48b8", on_logo="#ffffff", dots="#ffd75e"
)
TITLES = {
    "Latin": "Corredors verds al llarg dels canals",
    "Arabic": "جمع مياه الأمطار في المدارس",
    "Chinese": "让老旧社区的公园更凉爽",
    "Korean": "서울로 7017",
    "Hindi": "शहर में वर्षा जल संचयन",
    "Russian": "Зелёные коридоры",
}


def opened(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(draw(picture, COLOURS))).convert("RGB")


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether anything but the page is in a part of the picture."""
    return len(image.crop(box).getcolors(1 << 20) or ()) > 1


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_title_in_any_of_these_scripts_is_drawn_and_with_glyphs_it_has(title: str):
    assert drawable(title) == title
    missing = font(title, 60).getmask("\ufffe").getbbox()
    assert all(font(title, 60).getmask(letter).getbbox() != missing for letter in title if not letter.isspace())
    image = opened(Picture(kind="Practice", title=title))
    assert image.size == (WIDTH, HEIGHT)
    assert inked(image, (84, 140, WIDTH - 84, 500))


def test_a_title_from_the_right_begins_at_the_right():
    picture = Picture(kind="ممارسة", title="مياه", place="الرباط", from_right=True)
    image = opened(picture)
    assert inked(image, (WIDTH - 400, 140, WIDTH - 84, 500))
    assert not inked(image, (84, 140, 500, 500))


@pytest.mark.skipif(not features.check("raqm"), reason="without libraqm and FriBiDi no Arabic title is drawn")
def test_arabic_letters_join():
    letters = font("م", 60)
    assert letters.getlength("مياه") < sum(letters.getlength(letter) for letter in "مياه")


def test_a_title_no_font_here_has_is_left_out_and_its_place_stands_for_it():
    assert drawable("การจัดการน้ำฝน") == ""
    told = opened(Picture(kind="Practice", title="การจัดการน้ำฝน", place="Bangkok, Thailand"))
    assert told.tobytes() == opened(Picture(kind="Practice", title="Bangkok, Thailand")).tobytes()


def test_signs_that_are_no_letters_are_dropped_and_the_rest_is_kept():
    assert drawable("Green\u0007 city 🌳 \n for all") == "Green city for all"


def test_a_very_long_title_ends_in_dots_after_a_whole_word():
    found, is_whole = lines("improvement of neighbourhoods " * 30, 54, 1032, 5)
    assert not is_whole
    assert len(found) == 5
    assert found[-1].split()[-2] in {"improvement", "of", "neighbourhoods"}
    assert found[-1].endswith("…")


@settings(deadline=None, max_examples=40)  # the first letter of a script loads its font
@given(st.text(max_size=300), st.sampled_from((False, True)))
def test_whatever_a_title_holds_a_picture_is_drawn_and_every_line_fits(title: str, from_right: bool):  # noqa: FBT001
    assert draw(Picture(kind="Practice", title=title, place=title, from_right=from_right), COLOURS).startswith(
        b"\x89PNG"
    )
    text = drawable(title) or "-"
    found, _is_whole = lines(text, 54, 1032, 5)
    assert all(font(text, 54).getlength(line) <= 1032 for line in found)

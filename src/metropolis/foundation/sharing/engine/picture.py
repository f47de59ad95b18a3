"""A picture of 1200 × 630 pixels that stands for a page where its address is shared."""

from io import BytesIO

from PIL import Image, ImageDraw, features

from metropolis.engine_kit import Value
from metropolis.foundation.sharing.engine.lettering import drawable, font, lines

WIDTH, HEIGHT = 1200, 630
_MARGIN, _BAND = 84, 24
_SMALL, _LOGO = 30, 56
#: The sizes tried for a title, with the lines it may then have.
_SIZES = ((76, 3), (64, 4), (54, 5))
_LEADING = 1.28
#: The corners of the logo's letter, in a square of 32.
_LETTER_M = ((8, 24), (8, 9), (16, 18), (24, 9), (24, 24))


class Colours(Value):
    """The colours of the picture, as #rrggbb."""

    page: str
    ink: str
    soft: str
    band: str
    logo: str
    on_logo: str
    dots: str


class Picture(Value):
    """What the picture says: the kind of page, its title and its place, read from the right where the title is."""

    kind: str
    title: str
    place: str = ""
    from_right: bool = False


def draw(picture: Picture, colours: Colours) -> bytes:
    """The picture as a PNG. A title in letters no font here has is left out; kind and place then stand for it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colours.page)
    pen = ImageDraw.Draw(image)
    start = WIDTH - _BAND if picture.from_right else 0
    pen.rectangle((start, 0, start + _BAND, HEIGHT), fill=colours.band)
    kind, title, place = (drawable(text) for text in (picture.kind, picture.title, picture.place))
    _write(pen, kind, _SMALL, (_MARGIN, 72), colours.band, from_right=picture.from_right)
    _title(pen, title or place or kind, colours.ink, from_right=picture.from_right)
    below = HEIGHT - 72 - _SMALL
    if title:
        (short,), _whole = lines(place or " ", _SMALL, WIDTH - 2 * _MARGIN - 300, 1)
        _write(pen, short, _SMALL, (_MARGIN, below), colours.soft, from_right=picture.from_right)
    _wordmark(pen, below, colours, at_end=not picture.from_right)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _title(pen: ImageDraw.ImageDraw, title: str, colour: str, *, from_right: bool) -> None:
    tried = ((size, *lines(title, size, WIDTH - 2 * _MARGIN, most)) for size, most in _SIZES)
    size, found = next(((size, found) for size, found, is_whole in tried if is_whole or size == _SIZES[-1][0]))
    leading = round(size * _LEADING)
    top = 150 + (340 - leading * len(found)) // 2
    for number, line in enumerate(found):
        _write(pen, line, size, (_MARGIN, top + leading * number), colour, from_right=from_right)


def _write(
    pen: ImageDraw.ImageDraw, text: str, size: int, at: tuple[float, float], colour: str, *, from_right: bool
) -> None:
    """Write a line whose top corner on the side where reading starts is `at`, counted from that side."""
    letters = font(text, size)
    direction = ("rtl" if from_right else "ltr") if features.check("raqm") else None
    across = WIDTH - at[0] if from_right else at[0]
    # From the line the letters stand on, so that fonts of different heights keep to one grid.
    place = (across, at[1] + size)
    pen.text(place, text, colour, letters, anchor="rs" if from_right else "ls", direction=direction)


def _wordmark(pen: ImageDraw.ImageDraw, top: int, colours: Colours, *, at_end: bool) -> None:
    """The name of the site with its logo, on the side where reading ends."""
    letters = font("Metropolis", _SMALL)
    width = _LOGO + 18 + letters.getlength("Metropolis")
    x, y = (WIDTH - _MARGIN - width if at_end else _MARGIN), top - 12
    scale = _LOGO / 32
    pen.rounded_rectangle((x, y, x + _LOGO, y + _LOGO), 7 * scale, fill=colours.logo)
    corners = [(x + across * scale, y + down * scale) for across, down in _LETTER_M]
    pen.line(corners, fill=colours.on_logo, width=4, joint="curve")
    for across, down in corners:
        pen.circle((across, down), 2.75 * scale, fill=colours.dots)
    pen.text((x + _LOGO + 18, y + _LOGO / 2), "Metropolis", colours.ink, letters, anchor="lm")

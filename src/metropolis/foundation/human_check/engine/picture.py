"""Drawing the characters, large and dark on white, each turned and shifted a little, with lines across."""

import io
from random import Random

from PIL import Image, ImageDraw, ImageFont

#: Pixels; shown at half of that, so that it is sharp on any screen.
SIZE = (640, 200)
PAPER, INK, FAINT = 255, 20, 150  # grey levels
TURN = 20  # degrees to either side, at most
LINES = 4
#: Sixteen grey levels instead of 256: a quarter less to send.
_FEW_GREYS = [grey // 17 * 17 for grey in range(256)]


def draw(characters: str, *, random: Random) -> bytes:
    """A PNG of the characters, `SIZE` pixels large: black on white, whatever the page around it."""
    picture = Image.new("L", SIZE, PAPER)
    for _ in range(LINES):
        _line(picture, random, FAINT, 6)
    step = SIZE[0] / (len(characters) + 0.6)
    for place, character in enumerate(characters):
        tile = _tile(character, random)
        left = int(step * (place + 0.8) - tile.width / 2 + random.uniform(-8, 8))
        top = int((SIZE[1] - tile.height) / 2 + random.uniform(-18, 18))
        picture.paste(INK, (left, top), tile)
    _line(picture, random, INK, 3)
    buffer = io.BytesIO()
    picture.point(_FEW_GREYS).save(buffer, "PNG")
    return buffer.getvalue()


def _tile(character: str, random: Random) -> Image.Image:
    """One character as a mask, turned."""
    font = ImageFont.load_default(random.randint(112, 136))
    tile = Image.new("L", (160, 180), 0)
    ImageDraw.Draw(tile).text((80, 90), character, fill=255, font=font, anchor="mm", stroke_width=3)
    return tile.rotate(random.uniform(-TURN, TURN), Image.Resampling.BICUBIC)


def _line(picture: Image.Image, random: Random, grey: int, width: int) -> None:
    """A line of a few bends from the left edge to the right one."""
    across = [SIZE[0] * place / 4 for place in range(5)]
    ImageDraw.Draw(picture).line(
        [(x, random.uniform(0.15, 0.85) * SIZE[1]) for x in across], fill=grey, width=width, joint="curve"
    )

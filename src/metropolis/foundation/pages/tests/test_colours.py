"""The colours of the tokens can be read: contrast by the formula of WCAG 2.2, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parent.parent / "static/pages/tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
LIGHT_TEXT, DARK_TEXT = TOKENS.split("@media (prefers-color-scheme: dark)")
LIGHT = dict(COLOUR.findall(LIGHT_TEXT))
SCHEMES = {"light": LIGHT, "dark": LIGHT | dict(COLOUR.findall(DARK_TEXT))}

SURFACES = ("page", "sunken", "raised")
THEMES = ("governance", "inclusion", "innovation", "sustainability")
TEXT = [(ink, surface) for surface in SURFACES for ink in ("ink", "ink-soft", "link", "link-hover", "bad", *THEMES)]
TEXT += [("on-action", "action"), ("on-action", "action-hover"), ("page", "bad"), ("page", "ink")]
TEXT += [("on-tint", "tint"), ("ink", "tint"), ("ink-soft", "tint"), ("link", "tint"), ("on-marker", "marker")]
TEXT += [(state, f"{state}-tint") for state in ("good", "caution", "bad")]
TEXT += [("ink", f"{state}-tint") for state in ("good", "caution", "bad")]
TEXT += [("ink-soft", "sea"), ("on-action", "point")]
SIGNS = [("line-strong", surface) for surface in SURFACES] + [("focus", surface) for surface in (*SURFACES, "land")]
#: Charts: bars, lines and their names; dots on a chosen row and on the middle half of a profile.
TEXT += [(colour, "page") for colour in ("action", "good")]
SIGNS += [(sign, surface) for sign in ("action", "line-strong") for surface in ("page", "tint")]
SIGNS += [("action", "border"), ("inclusion", "border"), ("ink-soft", "border")]
SIGNS += [("action", "line"), ("point", "land"), ("point", "sea")]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "surface"), TEXT)
def test_text_stands_out_from_its_surface(scheme: str, ink: str, surface: str):
    assert contrast(SCHEMES[scheme][ink], SCHEMES[scheme][surface]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("sign", "surface"), SIGNS)
def test_edges_and_signs_stand_out_from_their_surface(scheme: str, sign: str, surface: str):
    assert contrast(SCHEMES[scheme][sign], SCHEMES[scheme][surface]) >= 3


def test_every_colour_but_the_brand_has_a_dark_form():
    assert set(LIGHT) == set(dict(COLOUR.findall(DARK_TEXT)))

import io
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.documents.engine import clean_picture, read_pdf
from metropolis.foundation.documents.tests import files
from metropolis.foundation.documents.values import REFUSALS


def reason_for(data: bytes, **limits: int) -> str:
    with pytest.raises(InvalidInput) as refusal:
        read_pdf(data, **limits)
    assert refusal.value.field == "file"
    assert refusal.value.data["reason"] in REFUSALS
    return str(refusal.value.data["reason"])


def reason_against(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refusal:
        clean_picture(data)
    assert refusal.value.data["reason"] in REFUSALS
    return str(refusal.value.data["reason"])


def answer(take: Callable[[bytes], object], data: bytes, place: int, dirt: bytes) -> str:
    """What becomes of a file soiled from `place` on."""
    try:
        take(data[:place] + dirt + data[place + len(dirt) :])
    except InvalidInput as refusal:
        return str(refusal.data["reason"])
    return "taken"


def test_a_pdfs_text_is_a_paragraph_a_page():
    found = read_pdf(files.pdf("Rivers and canals.", "Green ways."))
    assert (found.pages, found.text) == (2, "Rivers and canals.\n\nGreen ways.")


def test_the_text_is_cut_at_the_limit():
    found = read_pdf(files.pdf("Rivers and canals."), max_letters=6)
    assert (found.text, found.is_whole) == ("Rivers", True)


def test_a_text_that_takes_longer_than_the_time_is_said_not_to_be_whole():
    found = read_pdf(files.pdf("Rivers and canals."), seconds=0)
    assert (found.pages, found.text, found.is_whole) == (1, "", False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (files.HTML, "not-a-pdf"),
        (files.SVG, "not-a-pdf"),
        (files.ZIP, "not-a-pdf"),
        (files.EXE, "not-a-pdf"),
        (b"", "not-a-pdf"),
        (b"\n" + files.pdf(), "not-a-pdf"),
        (files.HTML + files.pdf(), "not-a-pdf"),
        (b"%PDF-1.7\n nothing else", "damaged"),
        (files.pdf()[:200], "damaged"),
        (files.pdf_with_password(), "encrypted"),
        (files.pdf_with_script(), "scripts"),
        (files.pdf_with_open_action("JavaScript"), "scripts"),
        (files.pdf_with_escaped_name(), "scripts"),
        (files.pdf_with_compressed_objects(), "scripts"),
        (files.pdf_with_open_action("Launch"), "programs"),
        (files.pdf_with_link_to("Launch"), "programs"),
        (files.pdf_with_attachment(), "embedded-files"),
        (files.pdf_with_link_to("GoToE"), "embedded-files"),
        (files.pdf_with_link_to("SubmitForm"), "sends-data"),
        (files.pdf_with_link_to("ImportData"), "sends-data"),
        (files.pdf_with_link_to("Rendition"), "active-content"),
    ],
)
def test_a_pdf_that_will_not_do_is_refused_with_the_reason(data: bytes, reason: str):
    assert reason_for(data) == reason


def test_a_link_to_the_web_is_no_reason_to_refuse():
    assert read_pdf(files.pdf_with_link_to("URI")).pages == 1


def test_a_pdf_with_too_many_pages_is_refused():
    assert reason_for(files.pdf("one", "two", "three"), max_pages=2) == "too-many-pages"


def test_a_pdf_made_to_keep_the_reader_busy_does_not():
    began = time.monotonic()
    assert reason_for(files.pdf_that_never_ends(), at_most=1) == "too-slow"
    assert time.monotonic() - began < 10


@settings(max_examples=8, deadline=None)
@given(st.integers(9, len(files.pdf())), st.binary(max_size=30))
def test_a_pdf_cut_and_soiled_is_read_or_refused_and_nothing_else(place: int, dirt: bytes):
    assert answer(read_pdf, files.pdf(), place, dirt) in {"taken", *REFUSALS}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_webp_of_limited_size(kind: str):
    made = Image.open(io.BytesIO(clean_picture(files.picture(kind, (3000, 1500)))))
    assert (made.format, made.size) == ("WEBP", (1200, 600))


def test_a_small_picture_is_not_blown_up():
    assert Image.open(io.BytesIO(clean_picture(files.picture(size=(60, 80))))).size == (60, 80)


def test_where_and_by_whom_a_photograph_was_taken_is_dropped_and_it_stands_upright():
    data = files.picture_with_place()
    assert b"A secret name" in data
    made = clean_picture(data)
    assert b"A secret name" not in made
    image = Image.open(io.BytesIO(made))
    assert image.size == (60, 80)
    assert not image.getexif()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (files.SVG, "not-a-picture"),
        (files.HTML, "not-a-picture"),
        (files.ZIP, "not-a-picture"),
        (files.EXE, "not-a-picture"),
        (files.pdf(), "not-a-picture"),
        (files.picture("GIF"), "not-a-picture"),
        (files.picture("TIFF"), "not-a-picture"),
        (files.picture()[:300], "not-a-picture"),
        (b"", "not-a-picture"),
        (files.png_that_claims(60_000, 60_000), "too-many-pixels"),
        (files.png_that_claims(8_000, 8_000), "too-many-pixels"),
        (files.png_that_claims(0, 10), "not-a-picture"),
        (files.png_that_claims(500, 500), "not-a-picture"),
    ],
)
def test_what_is_no_picture_or_too_large_a_one_is_refused(data: bytes, reason: str):
    assert reason_against(data) == reason


def test_what_follows_the_pixels_is_not_kept():
    assert files.HTML not in clean_picture(files.picture("PNG") + files.HTML)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400), st.binary(min_size=1, max_size=20))
def test_a_soiled_picture_is_taken_or_refused_and_nothing_else(kind: str, place: int, dirt: bytes):
    assert answer(clean_picture, files.picture(kind), place, dirt) in {"taken", *REFUSALS}

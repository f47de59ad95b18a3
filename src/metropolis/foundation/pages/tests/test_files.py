"""What templates, styles and scripts may hold, in every room and tool, and what they may weigh."""

import gzip
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parent.parent
STATIC = PAGES / "static/pages"
PACKAGE = PAGES.parent.parent
TEMPLATES = sorted(PACKAGE.glob("*/*/templates/**/*.html"))
STYLES = sorted(each for each in PACKAGE.glob("*/*/static/**/*.css") if "vendor" not in each.parts)
SCRIPTS = sorted(each for each in PACKAGE.glob("*/*/static/**/*.js") if "vendor" not in each.parts)
FIRST_VIEW = [*STATIC.glob("[!m]*.css"), STATIC / "suggest.js", STATIC / "logo.svg", STATIC / "icons.svg"]


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_a_template_holds_nothing_the_content_security_policy_refuses(template: Path):
    text = template.read_text(encoding="utf-8")
    assert not re.findall(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_a_template_loads_nothing_from_another_site(template: Path):
    text = template.read_text(encoding="utf-8")
    assert not re.findall(r"<(?:link|script|img|source|iframe|use)\b[^>]*(?:href|src)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("style", STYLES, ids=short)
def test_a_style_reads_from_both_sides_and_takes_its_colours_from_the_tokens(style: Path):
    lines = [line for line in style.read_text(encoding="utf-8").splitlines() if "maplibregl" not in line]
    text = "\n".join(lines)
    assert not re.findall(
        r"(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|[{;]\s*(?:left|right):", text
    )
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", text)
    if style.name not in {"tokens.css", "print.css"}:
        assert not re.findall(r"#[0-9a-f]{3,8}\b(?=\s*[;,)])|rgb\(|hsl\(", text)


@pytest.mark.parametrize("style", STYLES, ids=short)
def test_a_style_uses_only_tokens_that_exist(style: Path):
    tokens = set(re.findall(r"(--[\w-]+):", (STATIC / "tokens.css").read_text()))
    assert set(re.findall(r"var\((--[\w-]+)", style.read_text(encoding="utf-8"))) <= tokens


@pytest.mark.parametrize("script", SCRIPTS, ids=short)
def test_a_script_makes_no_code_or_markup_out_of_text(script: Path):
    text = script.read_text(encoding="utf-8")
    assert not re.findall(
        r"\beval\(|new Function|\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|https?://", text
    )


def test_every_icon_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for each in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', each.read_text(encoding="utf-8"))}
    assert named <= drawn


def test_the_styles_of_every_page_stay_small():
    styles = b"".join(each.read_bytes() for each in FIRST_VIEW if each.suffix == ".css")
    assert len(styles) <= 34_000
    assert len(gzip.compress(styles)) <= 9_000


def test_the_scripts_of_every_page_stay_small():
    scripts = b"".join(each.read_bytes() for each in [*STATIC.glob("*.js"), STATIC / "vendor/htmx/htmx.min.js"])
    assert len(gzip.compress(scripts)) <= 20_000


def test_a_first_view_leaves_most_of_its_120_kilobytes_to_the_page_itself():
    compressed = sum(len(gzip.compress(each.read_bytes())) for each in FIRST_VIEW)
    font = (STATIC / "fonts/public-sans-latin.woff2").stat().st_size
    htmx = len(gzip.compress((STATIC / "vendor/htmx/htmx.min.js").read_bytes()))
    assert compressed + font + htmx <= 60_000

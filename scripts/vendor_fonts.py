"""Refresh the fonts of the share images: Noto Sans, bold, cut down to the characters that titles are written in.

``make vendor`` runs it. The packages are fetched by the npm client. The Chinese font holds the characters of GB 2312,
of JIS X 0208 and of Big5's first level, the Korean one the syllables of KS X 1001: those in daily use.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from vendor import ROOT, Package, fetch, write_checksums

FONTS = ROOT / "src/metropolis/foundation/sharing/data/vendor/noto"
LATIN = range(0x20, 0x250)
SIGNS = [*range(0x2010, 0x2060), *range(0x3000, 0x3100), *range(0xFF00, 0xFFF0), 0x20AC]


def written_in(encoding: str, first: Iterable[int], second: Iterable[int]) -> set[int]:
    """The characters that an East Asian encoding writes with these pairs of bytes."""
    second = list(second)
    pairs = (bytes((one, two)).decode(encoding, errors="ignore") for one in first for two in second)
    return {ord(character) for character in pairs if len(character) == 1}


HIGH = range(0xA1, 0xFF)
CHINESE = {
    *written_in("gb2312", range(0xB0, 0xF8), HIGH),
    *written_in("euc_jp", range(0xB0, 0xF5), HIGH),
    *written_in("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *HIGH]),
}
KOREAN = written_in("euc_kr", range(0xB0, 0xC9), HIGH)

#: Each package with its version, the folder and name of its font, and the characters kept; all where there are none.
SOURCES: tuple[tuple[str, str, str, set[int]], ...] = (
    ("noto-sans", "0.4.2", "NotoSans", set()),
    ("noto-sans-arabic", "0.4.3", "NotoSansArabic", set()),
    ("noto-sans-sc", "0.4.3", "NotoSansSC", CHINESE | {*LATIN, *SIGNS}),
    ("noto-sans-kr", "0.4.3", "NotoSansKR", KOREAN | {*LATIN, *SIGNS}),
)


def cut(source: Path, target: Path, characters: set[int]) -> None:
    """Write `source` as a compressed font with these characters and what shapes them."""
    options = Options(flavor="woff2", layout_features=["*"], hinting=False, drop_tables=["DSIG"])
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters or font.getBestCmap())
    subsetter.subset(font)
    save_font(font, str(target), options)


def refresh() -> None:
    """Fetch every font, cut it down and write the checksums."""
    for name, version, font, characters in SOURCES:
        with tempfile.TemporaryDirectory() as folder:
            files = (f"700Bold/{font}_700Bold.ttf", "LICENSE_FONT")
            fetch(Package(f"@expo-google-fonts/{name}", version, Path(folder), files))
            cut(Path(folder, f"{font}_700Bold.ttf"), FONTS / f"{font}-Bold.woff2", characters)
            shutil.copyfile(Path(folder, "LICENSE_FONT"), FONTS / f"{font}-LICENSE")
        print(f"{name} {version} → {FONTS.relative_to(ROOT)}")
    write_checksums(FONTS)


if __name__ == "__main__":
    FONTS.mkdir(parents=True, exist_ok=True)
    refresh()

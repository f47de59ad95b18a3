"""Refresh the fonts of the share images and of what is printed, cut down to the characters that are written.

``make vendor`` runs it. The packages are fetched by the npm client. Share images take Noto Sans, bold: the Chinese font
holds the characters of GB 2312, of JIS X 0208 and of Big5's first level, the Korean one the syllables of KS X 1001,
those in daily use. Reports take Public Sans, Noto Sans and Vazirmatn, regular and bold, and a list of the
characters they have.
"""

import shutil
import tempfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from vendor import ROOT, Package, fetch, write_checksums

FONTS = ROOT / "src/metropolis/foundation/sharing/data/vendor/noto"
PRINTED = ROOT / "src/metropolis/foundation/pages/data/vendor/print"
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
#: The fonts of reports, of which a character is printed in the first that has it.
PRINT_SOURCES: tuple[tuple[str, str, str], ...] = (
    ("public-sans", "0.4.2", "PublicSans"),
    ("noto-sans", "0.4.2", "NotoSans"),
    # Noto's own Arabic letters are drawn in pieces, which a PDF for screen readers may not hold.
    ("vazirmatn", "0.4.1", "Vazirmatn"),
)


def cut(source: Path, target: Path, characters: set[int]) -> set[int]:
    """Write `source` as `target`, with these characters and what shapes them; the characters that are in it."""
    options = Options(layout_features=["*"], hinting=False, drop_tables=["DSIG"])
    options.flavor = "woff2" if target.suffix == ".woff2" else None
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters or font.getBestCmap())
    subsetter.subset(font)
    save_font(font, str(target), options)
    return set(font.getBestCmap())


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


def refresh_printed() -> None:
    """Fetch the fonts of reports and list the ranges of characters that every weight of one of them has."""
    known: set[int] = set()
    for name, version, font in PRINT_SOURCES:
        with tempfile.TemporaryDirectory() as folder:
            weights = {"Regular": f"400Regular/{font}_400Regular.ttf", "Bold": f"700Bold/{font}_700Bold.ttf"}
            fetch(Package(f"@expo-google-fonts/{name}", version, Path(folder), (*weights.values(), "LICENSE_FONT")))
            kept = [
                cut(Path(folder, Path(file).name), PRINTED / f"{font}-{weight}.ttf", set())
                for weight, file in weights.items()
            ]
            known |= set.intersection(*kept)
            shutil.copyfile(Path(folder, "LICENSE_FONT"), PRINTED / f"{font}-LICENSE")
        print(f"{name} {version} → {PRINTED.relative_to(ROOT)}")
    (PRINTED / "characters.txt").write_text("".join(f"{first:X}-{last:X}\n" for first, last in ranges(known)))
    write_checksums(PRINTED)


def ranges(characters: set[int]) -> Iterable[tuple[int, int]]:
    """The runs of characters that follow one another, each by its first and last."""
    for _distance, run in groupby(enumerate(sorted(characters)), key=lambda pair: pair[1] - pair[0]):
        members = [character for _place, character in run]
        yield members[0], members[-1]


if __name__ == "__main__":
    for folder in (FONTS, PRINTED):
        folder.mkdir(parents=True, exist_ok=True)
    refresh()
    refresh_printed()

"""Files for tests, made here: good ones and evil ones."""

import io
import struct
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


def writer(*texts: str) -> PdfWriter:
    """A PDF with one page for each text."""
    made = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in texts or ("A page.",):
        page = made.add_blank_page(300, 400)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 300 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = made._add_object(stream)
    return made


def written(made: PdfWriter) -> bytes:
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def pdf(*texts: str) -> bytes:
    return written(writer(*texts))


def _action(kind: str, **more: object) -> DictionaryObject:
    parts = {NameObject(f"/{name}"): value for name, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(f"/{kind}"), **parts})


def pdf_with_script() -> bytes:
    """Has a script for the whole document, in the tree of names."""
    made = writer()
    script = _action("JavaScript", JS=TextStringObject("app.alert(1)"))
    names = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("start"), script])})
    made.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): names})
    return written(made)


def pdf_with_open_action(kind: str) -> bytes:
    """Does something of `kind` when it is opened."""
    made = writer()
    made.root_object[NameObject("/OpenAction")] = _action(kind, JS=TextStringObject("x")) if kind == "JavaScript" else (
        _action(kind, F=TextStringObject("calc.exe"))
    )  # fmt: skip
    return written(made)


def pdf_with_link_to(kind: str) -> bytes:
    """Does something of `kind` when a place on its page is clicked; stored in a compressed object stream."""
    made = writer()
    annotation = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            NameObject("/A"): made._add_object(_action(kind)),
        }
    )
    made.pages[0][NameObject("/Annots")] = ArrayObject([made._add_object(annotation)])
    return written(made)


def pdf_with_attachment() -> bytes:
    made = writer()
    made.add_attachment("evil.exe", b"MZ")
    return written(made)


def pdf_with_password() -> bytes:
    made = writer()
    made.encrypt("secret", algorithm="RC4-128")
    return written(made)


def pdf_with_escaped_name() -> bytes:
    """A script whose name is written with an escape: /J#61vaScript."""
    return pdf_with_open_action("JavaScript").replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")


def pdf_with_compressed_objects() -> bytes:
    """A script that is only found inside a compressed object stream (PDF 1.5), with a cross-reference stream."""
    hidden = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    numbered = b"4 0 "
    packed = zlib.compress(numbered + hidden)
    parts: list[bytes] = [b"%PDF-1.5\n"]
    places = [0]

    def add(body: bytes) -> None:
        places.append(sum(map(len, parts)))
        parts.append(body)

    add(b"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >> endobj\n")
    add(b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n")
    add(b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n")
    head = b"5 0 obj << /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >> stream\n"
    add(head % (len(numbered), len(packed)) + packed + b"\nendstream endobj\n")
    start = sum(map(len, parts))
    rows = [(0, 0, 255), *((1, place, 0) for place in places[1:4]), (2, 5, 0), (1, places[4], 0), (1, start, 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    parts.append(
        b"6 0 obj << /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >> stream\n" % len(table)
        + table
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % start
    )
    return b"".join(parts)


def pdf_that_never_ends() -> bytes:
    """A page whose content unpacks to tens of millions of drawing commands."""
    made = writer()
    stream = DecodedStreamObject()
    stream.set_data(b"BT (x) Tj ET " * 3_000_000)
    made.pages[0][NameObject("/Contents")] = made._add_object(stream.flate_encode())
    return written(made)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 80), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (30, 120, 90)).save(out, kind, **options)
    return out.getvalue()


def picture_with_place() -> bytes:
    """A photograph on its side that tells where it was taken and by whom."""
    image = Image.new("RGB", (80, 60))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x013B] = "A secret name"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
ZIP = b"PK\x03\x04" + b"\0" * 40
EXE = b"MZ" + b"\0" * 60

"""A picture from outside, decoded and made anew: nothing but its pixels is kept."""

import io
import struct
import warnings

from PIL import Image, ImageOps

from metropolis.engine_kit import InvalidInput

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000


def clean_picture(data: bytes, *, longest_side: int = 1200) -> bytes:
    """The picture as WebP, upright, without metadata, no side longer than `longest_side` pixels.

    Takes JPEG, PNG and WebP, told by their content. `InvalidInput` with `data["reason"]`: `not-a-picture`, or
    `too-many-pixels` for more than 40 million.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a picture that is only odd is no reason to complain
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise _refusal("too-many-pixels")
            picture.draft("RGB", (longest_side, longest_side))  # a JPEG need not be decoded larger than that
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as error:
        raise _refusal("too-many-pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, TypeError, LookupError) as error:
        raise _refusal("not-a-picture") from error
    upright.thumbnail((longest_side, longest_side))
    anew = io.BytesIO()
    upright.save(anew, "WEBP", quality=82, exif=b"", icc_profile=b"")
    return anew.getvalue()


def _refusal(reason: str) -> InvalidInput:
    return InvalidInput(f"The picture is refused: {reason}.", field="cover", data={"reason": reason})

"""A publication as it comes in, and the words for what a file is refused for."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from metropolis.engine_kit import Value


class PublicationInput(Value):
    """What a publication says of itself; `themes` and `topics` are codes of the vocabularies."""

    title: str = Field(min_length=3, max_length=200)
    summary: str = ""
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)
    publisher: str = Field(default="", max_length=200)
    year: int | None = Field(default=None, ge=1450, le=2100)
    licence: str = Field(default="", max_length=60)
    address: str = Field(default="", pattern=r"^(https?://[^\s<>\"]+)?$", max_length=200)
    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


#: The engine's reasons to refuse a file, each with what to do about it.
REFUSALS: dict[str, Promise] = {
    "too-large": _("The file is larger than %(limit)s. Make it smaller, for example with fewer or smaller pictures."),
    "not-a-pdf": _("The file is not a PDF, whatever its name says. Save it as a PDF and try again."),
    "damaged": _("The PDF is damaged and cannot be read. Save it anew from the program it was made with."),
    "encrypted": _("The PDF is protected by a password. Save it without protection and try again."),
    "scripts": _("The PDF contains a script (JavaScript). Print it to a PDF anew, which leaves scripts out."),
    "programs": _("The PDF starts another program. Print it to a PDF anew, which leaves that out."),
    "embedded-files": _("The PDF has other files inside. Take the attachments out and try again."),
    "sends-data": _("The PDF sends or fetches data of a form. Print it to a PDF anew, which leaves that out."),
    "active-content": _(
        "The PDF contains film, sound or an active form. Print it to a PDF anew, which leaves that out."
    ),
    "too-many-pages": _("The PDF has more pages than are taken. Upload it in parts."),
    "too-slow": _("The PDF is too intricate to be read in reasonable time. Save it anew and try again."),
    "not-a-picture": _("The cover is not a JPEG, PNG or WebP picture, whatever its name says."),
    "too-many-pixels": _("The cover has too many pixels. Make it smaller: 1,200 pixels are enough."),
}

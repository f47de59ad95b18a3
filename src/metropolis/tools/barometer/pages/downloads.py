"""Files of an edition to take away."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.engine_kit import NotFound
from metropolis.tools.barometer.pages.files import FILES, is_there, notes
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.pages.pictures import Notes


@require_safe
def download(request: HttpRequest, slug: str, label: str, name: str) -> HttpResponse:
    """One file; it keeps its entity tag for as long as nothing of it changes, and so for good once published."""
    found = opened(request, slug, label)
    file = FILES.get(name)
    if file is None or not is_there(found, file):
        raise NotFound(_("There is no such file of this edition."), field="name")
    found.require_year()
    told = notes(found)
    tag = _tag(found, name, told if file.is_signed else ())
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        return unchanged
    answer = HttpResponse(file.make(found, told), content_type=file.media)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=filename(found, name, of_all_years=not file.is_of_year)
    )
    answer["ETag"] = tag
    return answer


def _tag(found: Opened, name: str, told: Notes) -> str:
    row = found.edition
    language = (get_language() or "", repr(told)) if told else ()
    known = repr((name, row.digest, row.progress, found.wanted_year, *language))
    return f'"{sha256(known.encode()).hexdigest()[:32]}"'


def filename(found: Opened, name: str, *, of_all_years: bool = False) -> str:
    """What a file is called once it is downloaded."""
    row, wanted = found.edition, found.wanted_year
    year = "" if wanted is None or of_all_years else f"-{wanted}"
    return f"{row.barometer.slug}-{row.label}{year}-{name}"

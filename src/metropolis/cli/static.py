"""Gathering the static files for the server."""

import hashlib


def collect_static() -> None:
    """Collect, hash and compress the static files when one of them changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.STATIC_ROOT.with_name("static.fingerprint")
    now = fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def fingerprint() -> str:
    """A digest of the path, size and time of change of every static file."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            size, changed = storage.size(path), storage.get_modified_time(path)
            digest.update(f"{storage.path(path)} {size} {changed:%s}\n".encode())
    return digest.hexdigest()

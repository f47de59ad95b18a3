"""The door through which a WSGI server reaches the site."""

import os
from threading import Thread

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "metropolis.web.settings")
application = get_wsgi_application()


def warm_up() -> None:
    """Let every app that declares a `warm_up` read what its first page would otherwise have to wait for."""
    for config in apps.get_app_configs():
        getattr(config, "warm_up", lambda: None)()
    connections.close_all()


# Beside the server, which listens meanwhile.
Thread(target=warm_up, name="warm-up", daemon=True).start()

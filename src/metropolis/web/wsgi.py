"""The door through which a WSGI server reaches the site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "metropolis.web.settings")
application = get_wsgi_application()

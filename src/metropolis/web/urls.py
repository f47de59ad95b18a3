"""Every address of the site."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from metropolis.foundation.accounts.urls import ways_in_urls
from metropolis.web.api import api

urlpatterns = [
    path("api/", api.urls),
    # Without a token, which would give every visitor a cookie: it sets a language, and nothing else.
    path("language/setlang/", csrf_exempt(set_language), name="set_language"),
    path("account/", include("metropolis.foundation.accounts.urls")),
    path("account/", include(ways_in_urls)),
    path("contact/", include("metropolis.foundation.contact.urls")),
    path("human-check/", include("metropolis.foundation.human_check.urls")),
    path("places/", include("metropolis.foundation.places.urls")),
    path("initiatives/", include("metropolis.foundation.workspaces.urls")),
    path("publications/", include("metropolis.foundation.documents.urls")),
    path("following/", include("metropolis.foundation.following.urls")),
    path("operations/", include("metropolis.foundation.upkeep.urls")),
    path("outbox/", include("metropolis.foundation.mail.urls")),
    path("topics/", include("metropolis.foundation.taxonomy.urls")),
    path("practices/", include("metropolis.tools.practices.urls")),
    path("barometers/", include("metropolis.tools.barometer.urls")),
    path("experts/", include("metropolis.tools.experts.urls")),
    path("", include("metropolis.foundation.pages.urls")),
    path("", include("metropolis.foundation.sharing.urls")),
    path("", include("metropolis.tools.exchange.urls")),
]

handler400 = "metropolis.web.errors.bad_request"
handler403 = "metropolis.web.errors.not_allowed"
handler429 = "metropolis.web.errors.too_many"  # Django has none; it is asked for by django-allauth
handler404 = "metropolis.web.errors.not_found"
handler500 = "metropolis.web.errors.failed"

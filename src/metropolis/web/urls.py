"""Every address of the site."""

from django.urls import include, path

from metropolis.web.api import api

urlpatterns = [
    path("api/", api.urls),
    path("language/", include("django.conf.urls.i18n")),
    path("account/", include("metropolis.foundation.accounts.urls")),
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
    path("experts/", include("metropolis.tools.experts.urls")),
    path("", include("metropolis.foundation.pages.urls")),
    path("", include("metropolis.foundation.sharing.urls")),
    path("", include("metropolis.tools.exchange.urls")),
]

handler400 = "metropolis.web.errors.bad_request"
handler403 = "metropolis.web.errors.not_allowed"
handler404 = "metropolis.web.errors.not_found"
handler500 = "metropolis.web.errors.failed"

"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.following import pages

app_name = "following"
urlpatterns = [
    path("", pages.follows, name="follows"),
    path("follow/", pages.follow, name="follow"),
    path("mails/", pages.mails, name="mails"),
    path("mails/end/<str:token>/", pages.unsubscribe, name="unsubscribe"),
    path("inbox/", pages.inbox, name="inbox"),
    path("inbox/read/", pages.mark_read, name="mark_read"),
    path("inbox/<int:notice_id>/", pages.notice, name="notice"),
]

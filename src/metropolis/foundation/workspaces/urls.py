"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.workspaces.pages import changing, members, reading

app_name = "workspaces"
urlpatterns = [
    path("", reading.initiatives, name="initiatives"),
    path("add/", changing.start, name="add"),
    path("invitations/<int:invitation_id>/", members.invitation, name="invitation"),
    path("mine/", reading.own, name="own"),
    path("points.json", reading.points, name="points"),
    path("rights/", reading.rights, name="rights"),
    path("<str:slug>/", reading.initiative, name="initiative"),
    path("<str:slug>/change/", changing.change, name="change"),
    path("<str:slug>/translate/", changing.translate, name="translate"),
    path("<str:slug>/visibility/", changing.visibility, name="visibility"),
    path("<str:slug>/tools/", changing.tools, name="tools"),
    path("<str:slug>/members/", members.members, name="members"),
    path("<str:slug>/members/<int:person_id>/", members.member, name="member"),
    path("<str:slug>/invitations/<int:invitation_id>/", members.revoke, name="revoke_invitation"),
    path("<str:slug>/stop/", changing.stop, name="stop"),
    path("<str:slug>/delete/", changing.delete, name="delete"),
]

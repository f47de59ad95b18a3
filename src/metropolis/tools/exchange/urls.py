"""The addresses of the tool."""

from django.urls import path

from metropolis.tools.exchange.pages import cities, needs, saved, search

app_name = "exchange"
urlpatterns = [
    path("", search.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/save/", saved.save, name="save_search"),
    path("searches/", saved.saved, name="saved"),
    path("searches/<int:search_id>/edit/", saved.change, name="change_search"),
    path("searches/<int:search_id>/delete/", saved.delete, name="delete_search"),
    path("search/points/", search.points, name="points"),
    path("records/<str:kind>/<str:key>/", search.record, name="record"),
    path("cities/<int:city_id>-<str:slug>/", cities.city, name="city"),
    path("compare/", cities.compare, name="compare"),
    path("needs/", needs.needs, name="needs"),
    path("needs/add/", needs.add_need, name="add_need"),
    path("needs/mine/", needs.my_needs, name="my_needs"),
    path("needs/<str:slug>/", needs.need, name="need"),
    path("needs/<str:slug>/edit/", needs.change_need, name="change_need"),
    path("needs/<str:slug>/visibility/", needs.set_visibility, name="set_need_visibility"),
    path("needs/<str:slug>/status/", needs.close_need, name="close_need"),
    path("needs/<str:slug>/delete/", needs.delete_need, name="delete_need"),
    path("needs/<str:slug>/match/", needs.mark_match, name="mark_match"),
]

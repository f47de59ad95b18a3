"""The addresses of the room. What is made of a page stands at the page's own address behind a word."""

from django.urls import path

from metropolis.foundation.sharing.pages import cards, feeds, maps, sitemap

app_name = "sharing"
urlpatterns = [
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap/<slug:name>-<int:part>.xml", sitemap.sitemap_part, name="sitemap_part"),
    path("feeds/", feeds.feed, {"path": ""}, name="feeds"),
    path("feeds/<path:path>", feeds.feed, name="feeds"),
    path("image/", cards.image, {"path": ""}, name="image"),
    path("image/<path:path>", cards.image, name="image"),
    path("embed/<path:path>", cards.embed, name="embed"),
    path("map/", maps.larger_map, {"path": ""}, name="larger_map"),
    path("map/<path:path>", maps.larger_map, name="larger_map"),
]

"""Publications: reports, guides and studies, with the text of their file for search."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Visibility


class Publication(models.Model):
    """A document an initiative has published."""

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    cover = models.FileField(_("cover"), upload_to="covers/", blank=True)
    file = models.FileField(_("file"), upload_to="publications/", blank=True)
    address = models.URLField(_("address elsewhere"), blank=True)
    text = models.TextField(blank=True, editable=False)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, editable=False)
    terms = models.ManyToManyField("taxonomy.Term", related_name="+")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (models.F("year").desc(nulls_last=True), "title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the publication."""
        return reverse("documents:publication", args=[self.slug])

"""Roles in a workspace."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.IntegerChoices):
    """What a member may do in an initiative; each role may all that the ones before it may."""

    VIEWER = 1, _("Viewer")
    CONTRIBUTOR = 2, _("Contributor")
    COORDINATOR = 3, _("Coordinator")
    STEWARD = 4, _("Steward")

"""What a tool tells this room of things that are no records and can be followed all the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.apps import apps

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.following.values import Described


@dataclass(frozen=True, slots=True)
class FollowableKind:
    """A kind of thing that can be followed, such as cities.

    `described(viewer, keys)` gives those of the keys that there are and that the viewer may know of. An app declares
    its kinds in its AppConfig as `followable_kinds`; records need none: what can be found can be followed.
    """

    kind: str
    described: Callable[[Viewer, Iterable[str]], dict[str, Described]]


@cache
def followable_kinds() -> dict[str, FollowableKind]:
    """Every such kind, by its name."""
    found = (kind for config in apps.get_app_configs() for kind in getattr(config, "followable_kinds", ()))
    return {kind.kind: kind for kind in found}

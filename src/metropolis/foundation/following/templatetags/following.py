"""``{% load following %}``: the button that follows something, and the way to the inbox."""

from typing import Any

from django import template

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.following import queries
from metropolis.foundation.records.values import Reference

register = template.Library()


@register.inclusion_tag("following/button.html", takes_context=True)
def follow_button(
    context: template.Context, kind: str, key: str | int, *, name: str = "", following: bool | None = None
) -> dict[str, Any]:
    """Follow, or stop following: ``{% follow_button "practice" practice.slug %}``.

    A visitor gets a link that leads to signing in and back. One query for who is signed in, none for a visitor; in a
    list give ``following``, which takes no query, and the ``name`` that tells the buttons apart.
    """
    request = context["request"]
    viewer = viewer_of(request.user)
    reference = Reference(kind=kind, key=str(key))
    return {
        "reference": str(reference),
        "name": name,
        "signed_in": viewer is not None,
        "is_following": queries.is_following(reference, viewer) if following is None else following,
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("following/inbox_link.html", takes_context=True)
def inbox_link(context: template.Context) -> dict[str, Any]:
    """The way to the inbox, with the number of notices not read: one query, and nothing for a visitor."""
    # A request that is refused before anybody looks who sends it has no user.
    viewer = viewer_of(getattr(context.get("request"), "user", None))
    if viewer is None:
        return {"signed_in": False}
    count = queries.unread_count(viewer)
    most = queries.MOST_COUNTED
    return {"signed_in": True, "count": count, "shown": str(count) if count <= most else f"{most}+"}

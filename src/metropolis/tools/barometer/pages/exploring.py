"""The framework to explore, with weights moved by hand, and how sure it all is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer import queries
from metropolis.tools.barometer.pages.frame import opened
from metropolis.tools.barometer.pages.surely import influences, one_city
from metropolis.tools.barometer.pages.tree import branches, equal_weights
from metropolis.tools.barometer.pages.weights import Weights, result


@require_safe
def framework(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The tree of nodes; other weights give another ranking, beside that of the edition."""
    found = opened(request, slug, label)
    tree = found.used_framework
    weights = Weights.of(request.GET, tree)
    if not weights.errors and not weights.are_shared_by(request.GET):
        return redirect(weights.address(request))
    outcome = result(found, weights)
    context = found.context(
        "framework",
        fixed=queries.reweighing_of(found.edition).fixed,
        tree=branches(found, weights, outcome.shares),
        equal=equal_weights(request, tree),
        reset=found.address("framework"),
        weights=weights,
        outcome=outcome,
    )
    return render(request, "barometer/framework.html", context)


@require_safe
def reweighed(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The part of that page that moves with the weights."""
    found = opened(request, slug, label)
    weights = Weights.of(request.GET, found.used_framework)
    outcome = result(found, weights)
    context = {"outcome": outcome, "weights": weights, "edition": found.edition, "barometer": found.edition.barometer}
    return render(request, "barometer/parts/reweighed.html", context)


@require_safe
def sensitivity(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Which choices move the ranks of all cities together, and the score of one."""
    found = opened(request, slug, label)
    rows = queries.standings(found.shown, queries.places(found.edition))
    told = influences(found, rows) | one_city(found, rows, request.GET.get("city", ""))
    return render(request, "barometer/sensitivity.html", found.context("sensitivity", **told))

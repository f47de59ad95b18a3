"""The vocabularies, and what people miss in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.taxonomy import operations, queries
from metropolis.foundation.taxonomy.forms import SuggestionForm


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """Themes, topics and goals, each leading to what there is on it; for editors, what was suggested."""
    context = {
        "themes": queries.terms("theme"),
        "topics": queries.tree("topic"),
        "goals": queries.terms("sdg"),
        "suggestions": queries.open_suggestions(viewer_of(request.user)),
    }
    return render(request, "taxonomy/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest a term that is missing."""
    person = signed_in(request.user)
    form = SuggestionForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.suggest_term(person=person, **form.cleaned_data)
            messages.success(request, _("Thank you: the editors will look at it."))
            return redirect("taxonomy:topics")
    return render(request, "taxonomy/suggest.html", {"form": form})


@require_POST
def settle(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take a suggestion off the list."""
    operations.settle_suggestion(id=suggestion_id, actor=signed_in(request.user))
    return redirect("taxonomy:topics")

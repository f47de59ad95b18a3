"""The searches people keep."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.following.queries import following_among
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange import operations, queries
from metropolis.tools.exchange.forms import PER_PAGE, SavedSearchForm, asked, saved_query
from metropolis.tools.exchange.queries import facet_label, kind_label
from metropolis.tools.exchange.values import Question

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """The searches one keeps."""
    person = signed_in(request.user)
    page = Paginator(queries.saved_searches(person), PER_PAGE).get_page(request.GET.get("page"))
    references = {row.pk: Reference(kind="search", key=str(row.pk)) for row in page}
    followed = following_among(references.values(), person)
    rows = [
        {
            "search": row,
            "asks": _words(Question.model_validate(row.question)),
            "is_followed": references[row.pk] in followed,
        }
        for row in page
    ]
    return render(request, "exchange/saved.html", {"page": page, "rows": rows})


@show_and_take
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search of this address: under a new name, or in the place of one that is kept."""
    person = signed_in(request.user)
    question = asked(request.GET).question
    words = _words(question)
    form = SavedSearchForm(
        request.POST or None,
        initial={"name": ", ".join(words)[:120]},
        kept=[(row.pk, row.name) for row in queries.saved_searches(person)],
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            place, told = form.cleaned_data.get("instead_of"), {"name": form.cleaned_data["name"], "person": person}
            told |= {"query": saved_query(request.GET), "question": question}
            row = operations.change_search(search=int(place), **told) if place else operations.save_search(**told)
            messages.success(request, _("Saved. What comes to answer it is told in your inbox."))
            return redirect(row)
    address = f"{reverse('exchange:search')}?{saved_query(request.GET)}"
    context = {"form": form, "words": words, "search_url": address}
    return render(request, "exchange/save.html", context, status=422 if form.errors else 200)


@show_and_take
def change(request: HttpRequest, search_id: int) -> HttpResponse:
    """Give a saved search another name."""
    person = signed_in(request.user)
    row = queries.saved_search(search_id, person)
    form = SavedSearchForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_search(search=search_id, person=person, name=form.cleaned_data["name"])
            messages.success(request, _("Saved."))
            return redirect("exchange:saved")
    words = _words(Question.model_validate(row.question))
    context = {"form": form, "words": words, "search_url": row.get_absolute_url()}
    return render(request, "exchange/save.html", context, status=422 if form.errors else 200)


@show_and_take
def delete(request: HttpRequest, search_id: int) -> HttpResponse:
    """Ask, then keep a search no longer."""
    person = signed_in(request.user)
    row = queries.saved_search(search_id, person)
    return deletion(
        request,
        lambda: operations.delete_search(search=search_id, person=person),
        title=_("Delete the search “%(name)s”?") % {"name": row.name},
        text=_("You are told no more of what answers it."),
        done=_("Deleted."),
        urls=(reverse("exchange:saved"), "exchange:saved"),
    )


def _words(question: Question) -> list[str]:
    """What a search asks for, in the reader's words."""
    text = [question.text] if question.text else []
    kinds = [kind_label(kind) for kind in question.kinds]
    values = [facet_label(name)(value) for name, chosen in question.filters.items() for value in chosen]
    return [*text, *kinds, *values] or [_("Everything")]

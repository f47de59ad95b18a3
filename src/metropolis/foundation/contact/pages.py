"""Writing a message and reporting a problem, and the lists of those who answer."""

from typing import Any

from django import forms
from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from metropolis.engine_kit import TooMany
from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.contact import operations, queries
from metropolis.foundation.contact.forms import MessageForm, ProblemForm, SettleForm, VisitorProblemForm
from metropolis.foundation.contact.values import Topic
from metropolis.foundation.human_check.forms import with_human_check
from metropolis.foundation.limits.values import callers
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.records.values import Reference

PER_PAGE = 20

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@show_and_take
def write(request: HttpRequest) -> HttpResponse:
    """Write to the secretariat; a visitor passes the human check."""
    viewer = viewer_of(request.user)
    form_class = MessageForm if viewer else with_human_check(MessageForm, request=request)
    known = {"name": viewer.name, "email": viewer.email} if viewer else {}
    form = form_class(request.POST or None, initial=known | {"topic": request.GET.get("topic", "")})
    if request.method == "POST" and form.is_valid():
        try:
            with refusals_in(form):
                operations.write_message(**_told(form, request))
                notices.success(request, _("Your message is sent. The answer comes by e-mail."))
                return redirect("contact:write")
        except TooMany as error:
            form.add_error(None, error.message)
    return render(request, "contact/write.html", {"form": form})


@never_cache
@show_and_take
def report(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Report a problem with a public record; a visitor passes the human check."""
    viewer = viewer_of(request.user)
    reference = Reference(kind=kind, key=key)
    record = queries.reported(reference)
    form_class = ProblemForm if viewer else with_human_check(VisitorProblemForm, request=request)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with refusals_in(form):
                operations.report_problem(reference=reference, **_told(form, request))
                notices.success(request, _("Thank you. Those who look after this record will see what you wrote."))
                return redirect(record.url)
        except TooMany as error:
            form.add_error(None, error.message)
    return render(request, "contact/report.html", {"form": form, "record": record, "text": record.texts[0]})


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The messages, those without an answer first; for the secretariat."""
    viewer = viewer_of(request.user)
    answered, topic = request.GET.get("state") == "answered", request.GET.get("topic", "")
    rows = queries.messages(viewer, answered=answered, topic=topic)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    tabs = [_tab(_("Not answered"), "", here=not answered), _tab(_("Answered"), "answered", here=answered)]
    context = {"page": page, "tabs": tabs, "topics": Topic.choices, "topic": topic, "state": request.GET.get("state")}
    return render(request, "contact/messages.html", context)


@never_cache
@show_and_take
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message, and whether it is answered; for the secretariat."""
    row = queries.message(message_id, viewer_of(request.user))
    if request.method == "POST":
        is_answered = "answered" in request.POST
        operations.set_message_answered(id=message_id, actor=signed_in(request.user), is_answered=is_answered)
        notices.success(request, _("Saved."))
        return redirect("contact:message", message_id)
    return render(request, "contact/message.html", {"message": row})


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """The problems that the viewer may settle, open ones first."""
    is_open = request.GET.get("state") != "settled"
    rows = queries.problems(viewer_of(request.user), is_open=is_open)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    tabs = [
        _tab(pgettext("reported problem", "Open"), "", here=is_open),
        _tab(pgettext("reported problem", "Settled"), "settled", here=not is_open),
    ]
    return render(request, "contact/problems.html", {"page": page, "tabs": tabs})


@never_cache
@show_and_take
def problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """One problem, its history and the form that settles it."""
    row = queries.problem(problem_id, viewer_of(request.user))
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.settle_problem(id=problem_id, actor=signed_in(request.user), **form.cleaned_data)
            notices.success(request, _("Saved."))
            return redirect("contact:problems")
    titles = {
        "report_problem": _("Reported"),
        "resolve_problem": _("Resolved"),
        "dismiss_problem": _("Dismissed"),
    }
    events = [
        {
            "when": date_format(entry.at, "DATETIME_FORMAT", use_l10n=True),
            "title": titles.get(entry.verb, entry.verb),
            "who": entry.actor or _("A visitor"),
        }
        for entry in queries.deeds(row)
    ]
    return render(request, "contact/problem.html", {"problem": row, "form": form, "events": events})


def _told(form: forms.Form, request: HttpRequest) -> dict[str, Any]:
    """What the operations take: the fields, who sent them and in which language."""
    fields = {name: value for name, value in form.cleaned_data.items() if name != "human_check"}
    sender = {"author": viewer_of(request.user), "sent_by": callers(request)}
    return fields | sender | {"language": get_language() or "en"}


def _tab(label: str, state: str, *, here: bool) -> dict[str, Any]:
    return {"label": label, "url": f"?state={state}" if state else "?", "here": here}

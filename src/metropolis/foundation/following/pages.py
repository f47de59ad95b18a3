"""Following, the inbox, and the mails one gets."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.following import operations, queries
from metropolis.foundation.following.forms import FrequencyForm
from metropolis.foundation.records.values import Reference

PER_PAGE = 20
FOLLOWS_PER_PAGE = 50

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@show_and_take
def follow(request: HttpRequest) -> HttpResponse:
    """Follow something, or stop following it (`following` empty); asked by a link, ask first.

    The link is what a visitor gets, who comes back to it after signing in.
    """
    person = signed_in(request.user)
    given = request.POST if request.method == "POST" else request.GET
    reference = Reference.parse(given.get("reference", ""))
    if request.method == "POST" and not given.get("following"):
        operations.unfollow(person=person, reference=reference)
        messages.success(request, _("You do not follow it any more."))
        return _back(request, reverse("following:follows"))
    if request.method == "POST":
        followed = operations.follow(person=person, reference=reference)
        messages.success(request, _("You follow it now. What is new there is told in your inbox."))
        return _back(request, followed.url)
    described = queries.described(person, [reference]).get(reference)
    if described is None:
        raise NotFound(_("There is nothing of this name that can be followed."), field="reference")
    context = {
        "title": _("Follow “%(title)s”?") % {"title": described.title},
        "text": _("What is new there is told in your inbox, and in a mail as often as you wish."),
        "action": _("Follow"),
        "kept": [("reference", str(reference)), ("following", "1")],
        "cancel_url": described.url,
    }
    return render(request, "pages/confirm.html", context)


def _back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page the button was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if is_ours else otherwise)


@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    """All that one follows, with a button to stop each, and the choice of mails."""
    person = signed_in(request.user)
    page = Paginator(queries.own_follows(person), FOLLOWS_PER_PAGE).get_page(request.GET.get("page"))
    form = FrequencyForm(initial={"frequency": queries.frequency_of(person)})
    context = {"page": page, "followed": queries.followed(person, page.object_list), "form": form}
    return render(request, "following/follows.html", context)


@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """Choose how often one gets mails."""
    person = signed_in(request.user)
    form = FrequencyForm(request.POST)
    if not form.is_valid():
        return render(request, "following/mails.html", {"form": form}, status=422)
    operations.choose_frequency(person=person, frequency=form.cleaned_data["frequency"])
    messages.success(request, _("Saved."))
    return redirect("following:follows")


@csrf_exempt
@never_cache
@show_and_take
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End one's mails without signing in; asked by a link, ask first. A mail program sends the form itself (RFC 8058).

    The signed link is the proof, so that no other is asked of the mail program.
    """
    person = queries.person_of_token(token)
    if request.method == "POST":
        operations.unsubscribe(person=person)
        return render(request, "following/unsubscribed.html")
    context = {
        "title": _("Get no more mails with what is new?"),
        "text": _("What you follow stays, and your inbox on this site goes on telling you."),
        "action": _("No more mails"),
        "cancel_url": reverse("following:follows"),
    }
    return render(request, "pages/confirm.html", context)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What one was told, the latest first."""
    person = signed_in(request.user)
    page = Paginator(queries.notices(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "told": queries.told(person, list(page)), "unread": queries.unread_count(person)}
    return render(request, "following/inbox.html", context)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Note that one has read a notice, or all of them."""
    person = signed_in(request.user)
    # As large as the database's numbers get.
    ids = [int(id) for id in request.POST.getlist("notice") if id.isdecimal() and int(id) < 2**63]
    operations.mark_read(person=person, ids=None if "all" in request.POST else ids)
    return _back(request, reverse("following:inbox"))


@require_safe
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Lead to the record of a notice, which is read with that: it changes nothing but what is told as new."""
    person = signed_in(request.user)
    told = queries.told(person, queries.notices(person).filter(pk=notice_id))
    if not told or told[0].record is None:
        raise NotFound(_("What this told of is no longer public."), field="notice")
    if request.method == "GET":
        operations.mark_read(person=person, ids=[notice_id])
    return redirect(told[0].record.url)

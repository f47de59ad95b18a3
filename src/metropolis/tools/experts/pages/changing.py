"""Adding, changing, validating, asking and deleting: every form of the tool."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.records.values import Visibility
from metropolis.tools.experts import operations, queries
from metropolis.tools.experts.forms import AskForm, Profile, ValidationForm, VisibilityForm, WhoseForm
from metropolis.tools.experts.values import Level, ShownExpert

show_and_take = require_http_methods(["GET", "HEAD", "POST"])
#: How long a validation holds if the coordinator leaves the date as it is proposed.
USUAL_VALIDITY = timedelta(days=2 * 365)


@show_and_take
def add(request: HttpRequest) -> HttpResponse:
    """Add one's own profile, or as a coordinator that of somebody without an account."""
    viewer = signed_in(request.user)
    own, adds_others = queries.own_profile(viewer), queries.adds_others(viewer)
    if own and not adds_others:
        return redirect("experts:edit", own)
    initiatives = queries.initiatives_to_add_to(viewer)
    if not initiatives:
        raise NotAllowed(_("No initiative in which you may contribute uses experts yet; ask one of its coordinators."))
    start = {"name": viewer.name, "contact_email": viewer.email}
    typed = request.POST if request.method == "POST" else None
    whose = WhoseForm(
        typed, initiatives=initiatives, adds_others=adds_others, initial={"whose": "other" if own else "own"}
    )
    language = (get_language() or "en").split("-")[0]
    form = Profile(typed, known={"language": language, **({} if own else start)}, whose=whose)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form.form):
            slug = operations.add_expert(
                initiative=whose.cleaned_data["initiative"],
                actor=viewer,
                content=form.content,
                consents=form.consents,
                is_own=whose.is_own,
            )
            messages.success(request, _("The profile is saved as a draft. See it as others see it, then publish it."))
            return redirect("experts:expert", slug)
    context = {"profile": form, "title": _("Add an expert"), "cancel_url": reverse("experts:experts")}
    return render(request, "experts/edit.html", context)


@show_and_take
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a profile; whom to share it with is asked only of those who can decide it."""
    viewer = signed_in(request.user)
    content = queries.profile_input(slug, viewer)
    found = queries.expert(slug, viewer)
    form = Profile(
        request.POST if request.method == "POST" else None,
        known=content.model_dump(),
        consents={given.field.value: given.audience for given in found.consents},
        may_consent="consent" in found.may,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form.form):
            operations.change_expert(slug=slug, actor=viewer, content=form.content, consents=form.consents)
            messages.success(request, _("The profile is saved."))
            return redirect(found.url)
    context = {"profile": form, "title": _("Change the profile"), "cancel_url": found.url, "expert": found}
    return render(request, "experts/edit.html", context)


@require_POST
def visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a profile, keep it to the initiative's members, or take it back to a draft."""
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose who may see the profile."), field="visibility")
    wanted = Visibility(form.cleaned_data["visibility"])
    operations.set_expert_visibility(slug=slug, actor=signed_in(request.user), visibility=wanted)
    done = {
        Visibility.PUBLIC: _("The profile is published: everybody sees what is shared with everybody."),
        Visibility.INTERNAL: _("The profile is now for the members of the initiative only."),
        Visibility.DRAFT: _("The profile is a draft again: only the expert and the coordinators see it."),
    }
    messages.success(request, done[wanted])
    return redirect("experts:expert", slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, field: str) -> HttpResponse:
    """Stop sharing one part of a profile, at once."""
    operations.withdraw_consent(slug=slug, actor=signed_in(request.user), field=field)
    messages.success(request, _("It is no longer shared with anybody, from this moment."))
    return redirect("experts:expert", slug)


@show_and_take
def validate(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    """Confirm the level an expert has in a topic."""
    viewer = signed_in(request.user)
    found = queries.expert(slug, viewer)
    claim = next((known for known in found.topics if known.code == topic), None)
    if claim is None:
        raise NotFound(_("This expert does not have that topic."), field="topic")
    _require_deed(found, "validate")
    start = {"level": claim.declared_level, "expires_on": timezone.localdate() + USUAL_VALIDITY}
    form = ValidationForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.validate_topic(slug=slug, topic=topic, actor=viewer, **form.cleaned_data)
            messages.success(request, _("The level in “%(topic)s” is validated.") % {"topic": claim.label})
            return redirect(found.url)
    level = Level(claim.declared_level).label
    context = {
        "form": form,
        "expert": found,
        "title": _("Validate “%(topic)s”") % {"topic": claim.label},
        "lead": _("The expert declares: %(level)s. Confirm the level you know them to have.") % {"level": level},
        "submit": _("Validate"),
    }
    return render(request, "experts/form.html", context)


@require_POST
def unvalidate(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    """Take back the validation of a topic."""
    operations.withdraw_validation(slug=slug, topic=topic, actor=signed_in(request.user))
    messages.success(request, _("The validation is withdrawn; what the expert declares counts."))
    return redirect("experts:expert", slug)


@show_and_take
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to an expert without learning their address."""
    viewer = signed_in(request.user)
    found = queries.expert(slug, viewer)
    if not found.takes_requests:
        raise NotAllowed(_("This expert takes no requests at present."))
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.ask_expert(slug=slug, actor=viewer, message=form.cleaned_data["message"])
            messages.success(request, _("Your message is waiting for the expert."))
            return redirect(found.url)
    told = {"name": viewer.name, "email": viewer.email}
    context = {
        "form": form,
        "expert": found,
        "title": _("Write to this expert"),
        "lead": _(
            "They read it here and answer you directly: they see your name (%(name)s) and your address (%(email)s)."
        )
        % told,
        "submit": _("Send"),
    }
    return render(request, "experts/form.html", context)


@show_and_take
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a profile after asking once."""
    viewer = signed_in(request.user)
    found = queries.expert(slug, viewer)
    _require_deed(found, "delete")
    return deletion(
        request,
        lambda: operations.delete_expert(slug=slug, actor=viewer),
        title=_("Delete this profile?"),
        text=_("Everything it says, the consents and the requests are deleted for good."),
        done=_("The profile is deleted."),
        urls=(found.url, "experts:experts"),
    )


def _require_deed(expert: ShownExpert, deed: str) -> None:
    """Refuse a form before it is filled in; the operation asks again."""
    if deed not in expert.may:
        raise NotAllowed(_("This is for the coordinators of “%(title)s”.") % {"title": expert.initiative_title})

"""Opening accounts, guarding the ways in, and what a person changes of their own account."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotFound, TooMany
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.operations.domains import join_by_domain
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import refund, spend
from metropolis.foundation.mail.operations import send_mail
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.values import Reference

GUESSES_WITHIN = timedelta(hours=1)
#: Passwords. With three tries at each of the codes, there are 20 guesses at an account before anybody has to show that
#: a person is there.
GUESSES_PER_ACCOUNT = 11
CODES = 3
#: From one network address, of passwords and of codes.
GUESSES_PER_ADDRESS = 100
#: From one network address within the same time, by the mailed code or a passkey alone.
UNCHECKED_SIGN_UPS = 5

#: What somebody who took over an account might do, and so its owner is written to: the deed, and what the mail says.
_SECURITY_CHANGES: dict[str, Promise] = {
    "change_password": gettext_lazy("The password of your account was changed."),
    "change_email": gettext_lazy("Your account has another e-mail address now; nothing will come to this one."),
    "add_passkey": gettext_lazy("A passkey was added to your account."),
    "remove_passkey": gettext_lazy("A passkey was removed from your account."),
    "add_authenticator_app": gettext_lazy("An authenticator app was added to your account."),
    "remove_authenticator_app": gettext_lazy("The authenticator app was removed from your account."),
    "make_recovery_codes": gettext_lazy("New recovery codes were made for your account; the old ones work no longer."),
    "connect_identity_provider": gettext_lazy("Your account can be signed in to through an identity provider now."),
}


@transaction.atomic
def open_account(
    *,
    email: str,
    name: str,
    password: str = "",
    language: str = "",
    network_role: str = NetworkRole.MEMBER,
    is_confirmed: bool = False,
) -> Person:
    """Create a person who signs in with `email` and, where there is one, `password`.

    With `is_confirmed` somebody vouches that the address is the person's; otherwise it has to be confirmed before the
    first sign-in. `Conflict` when the address is taken, `InvalidInput` when the password is weak or a field is wrong.
    """
    email = email.strip().lower()
    if Person.objects.filter(email__iexact=email).exists():
        raise Conflict(_("There is an account with this e-mail address already; sign in instead."), field="email")
    person = Person(email=email, name=name.strip(), language=language, network_role=network_role)
    if password:
        _choose_password(person, password)
    else:
        person.set_unusable_password()
    require_valid(person)
    person.save()
    record(actor=person, verb="open_account", reference=_reference(person))
    if is_confirmed:
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        confirm_email(person=person, email=email)
    return person


def _choose_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from error
    person.set_password(password)


def _reference(person: Person) -> Reference:
    return Reference(kind="person", key=str(person.pk))


def check_sign_in(*, email: str, password: str, address: str, is_known_device: bool) -> Person:
    """The person who signs in with this address and password.

    `InvalidInput`, the same whether there is such an account or not, for a wrong one; `TooMany` as `spend_guess` says.
    """
    spend_guess(email=email, address=address, is_known_device=is_known_device)
    person = authenticate(email=email, password=password)
    if not isinstance(person, Person):
        raise InvalidInput(_("The e-mail address or the password is not right."))
    refund_guess(email=email, address=address, is_known_device=is_known_device)
    return person


def spend_guess(*, email: str, address: str, is_known_device: bool) -> None:
    """Count a guess at a password, before it is looked at.

    `TooMany` after `GUESSES_PER_ACCOUNT` wrong ones for the account or `GUESSES_PER_ADDRESS` from the network address
    within an hour. Guesses from a device on which the person has signed in before are counted apart, so that somebody
    else's guesses do not lock the person out. Not atomic: the count has to last, whatever follows.
    """
    key = _counted_at(email, is_known_device=is_known_device)
    spend(limit="guesses at an account", key=key, most=GUESSES_PER_ACCOUNT, within=GUESSES_WITHIN)
    try:
        spend(limit="guesses from an address", key=address, most=GUESSES_PER_ADDRESS, within=GUESSES_WITHIN)
    except TooMany:
        refund(limit="guesses at an account", key=key)
        raise


def refund_guess(*, email: str, address: str, is_known_device: bool) -> None:
    """Take a guess back that was right."""
    refund(limit="guesses from an address", key=address)
    refund(limit="guesses at an account", key=_counted_at(email, is_known_device=is_known_device))


def spend_code(*, email: str, is_known_device: bool) -> None:
    """Count a code that is asked for by mail and no human check; `TooMany` after `CODES` within an hour.

    As with guesses, those asked for from a device on which the person has signed in before are counted apart.
    """
    key = _counted_at(email, is_known_device=is_known_device)
    spend(limit="mailed codes", key=key, most=CODES, within=GUESSES_WITHIN)


def spend_try(*, address: str) -> None:
    """Count a mailed code that is typed in; `TooMany` after `GUESSES_PER_ADDRESS` wrong ones within an hour.

    Not by the account: the third wrong try ends a code, and else strangers could keep the owner's from being taken.
    """
    spend(limit="tries from an address", key=address, most=GUESSES_PER_ADDRESS, within=GUESSES_WITHIN)


def refund_try(*, address: str) -> None:
    """Take a try back that was right."""
    refund(limit="tries from an address", key=address)


def spend_unchecked_sign_up(*, address: str) -> None:
    """Count an account that is opened without the human check; `TooMany` after `UNCHECKED_SIGN_UPS` within an hour."""
    spend(limit="sign-ups without the check", key=address, most=UNCHECKED_SIGN_UPS, within=GUESSES_WITHIN)


def _counted_at(email: str, *, is_known_device: bool) -> str:
    return f"{email.strip().lower()} {'known' if is_known_device else 'other'} device"


@transaction.atomic
def note_sign_in(*, person: Person, by: str) -> None:
    """Keep in the history that a person signed in, and `by` which way."""
    record(actor=person, verb="sign_in", reference=_reference(person), data={"by": by})


@transaction.atomic
def confirm_email(*, person: Person, email: str) -> None:
    """A person has shown that an address is theirs, and becomes a member of the organisation that holds its domain."""
    record(actor=person, verb="confirm_email", reference=_reference(person))
    join_by_domain(person=person, email=email)


@transaction.atomic
def note_security_change(*, person: Person, verb: str, email: str = "") -> None:
    """Keep a change of the ways into an account in the history, and write to its owner, or to `email`."""
    record(actor=person, verb=verb, reference=_reference(person))
    context = {"change": _SECURITY_CHANGES[verb]}
    send_mail(to=email or person.email, template="accounts/mail/change", context=context, language=get_language() or "")


@transaction.atomic
def change_account(*, person: Person, name: str, language: str) -> Person:
    """Change what a person says of themselves; `InvalidInput` names the field that is wrong."""
    person.name, person.language = name.strip(), language
    require_valid(person)
    person.save()
    record(actor=person, verb="change_account", reference=_reference(person))
    return person


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """Set another password and end the person's sessions. `InvalidInput` for a weak one."""
    _choose_password(person, password)
    person.save(update_fields=["password"])
    _end(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    note_security_change(person=person, verb="change_password")


@transaction.atomic
def void_unproven_ways_in(*, person: Person) -> bool:
    """Take the password and the identity providers from an account nobody has confirmed the address of.

    Whoever opened it may be somebody else than the owner of the address, who comes now. Whether there was a password.
    """
    if EmailAddress.objects.filter(user=person, verified=True).exists():
        return False
    had_password = person.has_usable_password()
    providers, _all = SocialAccount.objects.filter(user=person).delete()
    if had_password:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    if had_password or providers:
        record(actor=person, verb="void_ways_in", reference=_reference(person))
    return had_password


@transaction.atomic
def end_session(*, person: Person, session: int) -> None:
    """Sign a person out on one device; `NotFound` when it is not one of theirs."""
    key = UserSession.objects.filter(user=person, pk=session).values_list("session_key", flat=True).first()
    if key is None:
        raise NotFound(_("This session has ended already."), field="session")
    _end([key])
    record(actor=person, verb="end_session", reference=_reference(person))


@transaction.atomic
def end_other_sessions(*, person: Person, keep: str) -> None:
    """Sign a person out everywhere but in the session with the key `keep`."""
    _end(UserSession.objects.filter(user=person).exclude(session_key=keep).values_list("session_key", flat=True))
    record(actor=person, verb="end_other_sessions", reference=_reference(person))


@transaction.atomic
def forget_sessions(*, now: datetime) -> None:
    """Delete sessions that have expired, and where from they were."""
    Session.objects.filter(expire_date__lte=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _end(keys: Iterable[str]) -> None:
    ended = list(keys)
    Session.objects.filter(session_key__in=ended).delete()
    UserSession.objects.filter(session_key__in=ended).delete()

"""Taking one's data along, and deleting one's account."""

from datetime import datetime, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import IO

from allauth.account.models import EmailAddress
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.accounts.models import AccountClosing, DataExport, NetworkRole, Person
from metropolis.foundation.accounts.operations.people import end_other_sessions
from metropolis.foundation.accounts.queries.own_data import (
    files_that_go,
    holdings,
    may_be_blank,
    personal_data,
    rows_of,
    write_archive,
)
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.mail.operations import send_mail
from metropolis.foundation.records.values import PersonalData, Reference

#: In which a person who wants their account deleted can come back.
GRACE = timedelta(days=14)
#: For which an archive is kept.
ARCHIVE_LASTS = timedelta(days=7)
#: For which an account waits for the first sign-in.
UNCONFIRMED_LASTS = timedelta(days=30)
#: What is held of somebody who did nothing but open an account.
_OPENED = {
    "accounts.Person.pk",
    "account.EmailAddress.user",
    "socialaccount.SocialAccount.user",
    "history.Entry.actor",
}
ARCHIVES_A_DAY = 10
GUESSES_AN_HOUR = 10


def _reference(person_id: int) -> Reference:
    return Reference(kind="person", key=str(person_id))


def export_data(*, person: Person, to: IO[bytes]) -> None:
    """Write a zip of all that is held of a person; `TooMany` after `ARCHIVES_A_DAY`."""
    _count_archive(person)
    record(actor=person, verb="export_data", reference=_reference(person.pk))
    write_archive(person, to, at=timezone.now())


def ask_for_archive(*, person: Person) -> DataExport:
    """Have a zip of all that is held of a person made in the background; `Conflict` while one is being made."""
    if person.data_exports.filter(ready_at=None).exists():
        raise Conflict(_("An archive is being made already; you get a mail when it is ready."))
    _count_archive(person)
    with transaction.atomic():
        asked = DataExport.objects.create(person=person)
        record(actor=person, verb="export_data", reference=_reference(person.pk))
        enqueue("metropolis.foundation.accounts.tasks.make_archive", key=f"archive {asked.pk}", export=asked.pk)
    return asked


def _count_archive(person: Person) -> None:
    spend(limit="archive", key=str(person.pk), most=ARCHIVES_A_DAY, within=timedelta(days=1))


def make_archive(*, export: int) -> None:
    """Make an archive that was asked for and tell the person; nothing when it is made, or no longer wanted.

    The file of one that is no longer wanted does not stay, also when a worker was killed after writing it.
    """
    name = f"exports/{export}.zip"
    asked = DataExport.objects.select_related("person").filter(pk=export).first()
    if asked is not None and asked.ready_at is None:
        with TemporaryFile() as made:
            write_archive(asked.person, made, at=timezone.now())
            # A worker that was killed before may have left it.
            default_storage.delete(name)
            default_storage.save(name, File(made))
        _hand_over(export, name)
    if not DataExport.objects.filter(pk=export).exists():  # the account was deleted, by now or long ago
        default_storage.delete(name)


@transaction.atomic
def _hand_over(export: int, name: str) -> None:
    # Locked, so that whoever deletes the account knows of the file, or the row is gone.
    asked = DataExport.objects.select_for_update(of=("self",)).select_related("person").filter(pk=export).first()
    if asked is not None:
        asked.file, asked.ready_at = name, timezone.now()
        asked.save(update_fields=["file", "ready_at"])
        _tell(asked.person, "archive_ready", key=f"archive {asked.pk}", until=asked.ready_at + ARCHIVE_LASTS)


def forget_archives(*, now: datetime) -> int:
    """Delete the archives that have been kept long enough; how many these were."""
    old = list(DataExport.objects.filter(ready_at__lte=now - ARCHIVE_LASTS))
    for row in old:
        row.file.delete(save=False)
        row.delete()
    return len(old)


def ask_to_close_account(*, person: Person, password: str = "", is_fresh: bool = False) -> AccountClosing:
    """Have a person's account deleted after `GRACE`; a mail says when, and how to come back.

    Asks for the password, unless they signed in just now (`is_fresh`): `InvalidInput`, and `TooMany` after
    `GUESSES_AN_HOUR` wrong ones. `Conflict` when it was asked before, and for the last of the secretariat.
    """
    if AccountClosing.objects.filter(person=person).exists():
        raise Conflict(_("This account is to be deleted already."))
    staying = Person.objects.filter(network_role=NetworkRole.SECRETARIAT, is_active=True, closing=None)
    if person.network_role == NetworkRole.SECRETARIAT and not staying.exclude(pk=person.pk).exists():
        raise Conflict(_("The secretariat needs somebody: give this role to somebody else first."))
    if password or not is_fresh:
        spend(limit="close-account", key=str(person.pk), most=GUESSES_AN_HOUR, within=timedelta(hours=1))
        if not person.check_password(password):
            message = _("This is not your password. Or sign out, sign in again and come back within ten minutes.")
            raise InvalidInput(message, field="password")
    with transaction.atomic():
        closing = AccountClosing.objects.create(person=person, due_at=timezone.now() + GRACE)
        record(actor=person, verb="ask_to_close_account", reference=_reference(person.pk))
        _tell(person, "closing", key=f"closing {closing.pk}", until=closing.due_at)
    return closing


@transaction.atomic
def keep_account(*, person: Person) -> None:
    """Come back: the account is not deleted. `NotFound` when it was not to be."""
    if not AccountClosing.objects.filter(person=person).delete()[0]:
        raise NotFound(_("This account is not to be deleted."))
    record(actor=person, verb="keep_account", reference=_reference(person.pk))


def close_due_accounts(*, now: datetime) -> int:
    """Have the accounts deleted whose time has come; how many were new."""
    due = AccountClosing.objects.filter(due_at__lte=now).values_list("pk", flat=True)
    task = "metropolis.foundation.accounts.tasks.close_account"
    return sum(enqueue(task, key=f"close account {closing}", closing=closing) for closing in due)


@transaction.atomic
def close_account(*, closing: int, now: datetime) -> None:
    """Delete an account: what is only the person's goes, what others share stays without the person.

    Nothing when the person came back, or the time has not come. The history keeps what was done, and not by whom.
    """
    due = AccountClosing.objects.select_for_update().filter(pk=closing, due_at__lte=now).first()
    if due is None:
        return
    person = due.person
    _tell(person, "closed", key=f"closed {closing}")
    list(person.data_exports.select_for_update())  # a worker may be about to hand one over
    for file in files_that_go(person):
        transaction.on_commit(partial(file.storage.delete, file.name))
    for data in personal_data():
        if data.forget is not None:
            data.forget(person_id=person.pk)
        if data.is_address:
            _forget_address(data, person)
    end_other_sessions(person=person, keep="")
    record(actor=None, verb="close_account", reference=_reference(person.pk))
    person.delete()


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete accounts nobody has got into within `UNCONFIRMED_LASTS`; how many these were.

    Their addresses may be of people who know nothing of it. One of which any room or tool holds more than that it was
    opened stays.
    """
    confirmed = EmailAddress.objects.filter(verified=True).values("user")
    old = Person.objects.filter(last_login=None, joined_at__lte=now - UNCONFIRMED_LASTS).exclude(pk__in=confirmed)
    gone = [person for person in old if {holding.data.key for holding in holdings(person)} <= _OPENED]
    for person in gone:
        with transaction.atomic():
            record(actor=None, verb="close_account", reference=_reference(person.pk))
            person.delete()
    return len(gone)


def _forget_address(data: PersonalData, person: Person) -> None:
    rows = rows_of(data, person)
    if may_be_blank(data):
        rows.update(**{data.key.rpartition(".")[2]: ""})
    else:
        rows.delete()


def _tell(person: Person, template: str, *, key: str, until: datetime | None = None) -> None:
    send_mail(
        to=person.email,
        template=f"accounts/mail/{template}",
        context={"person": person, "until": until, "path": reverse("accounts:own_data")},
        language=person.language,
        key=key,
    )

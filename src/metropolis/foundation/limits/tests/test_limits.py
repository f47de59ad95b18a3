from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from metropolis.engine_kit import TooMany
from metropolis.foundation.limits.models import Allowance
from metropolis.foundation.limits.operations import refund, spend
from metropolis.foundation.limits.values import address_of

HOUR = timedelta(hours=1)


def letters_sent_by(key: str, most: int = 3) -> None:
    spend(limit="letters", key=key, most=most, within=HOUR)


@pytest.mark.django_db
def test_the_attempt_after_the_last_allowed_is_told_how_long_to_wait() -> None:
    with time_machine.travel("2026-11-24 10:00", tick=False) as clock:
        for _ in range(3):
            letters_sent_by("ana")
            clock.shift(600)
        with pytest.raises(TooMany, match="30 minutes") as refusal:
            letters_sent_by("ana")
        assert refusal.value.data == {"retry_after": 1800}
        clock.shift(1800)
        letters_sent_by("ana")
        with pytest.raises(TooMany, match="10 minutes"):
            letters_sent_by("ana")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "told"), [(2, "Wait 120 minutes"), (2.01, "Wait 3 hours"), (23.9, "Wait 24 hours"), (24, "Wait 24 hours")]
)
def test_a_long_wait_is_told_in_hours(hours: float, told: str) -> None:
    with time_machine.travel("2026-11-24 10:00", tick=False):
        spend(limit="letters", key="ana", most=1, within=timedelta(hours=hours))
        with pytest.raises(TooMany, match=told):
            spend(limit="letters", key="ana", most=1, within=timedelta(hours=hours))


@pytest.mark.django_db
def test_each_limit_and_each_key_is_counted_by_itself() -> None:
    letters_sent_by("ana", most=1)
    letters_sent_by("joan", most=1)
    spend(limit="pictures", key="ana", most=1, within=HOUR)
    with pytest.raises(TooMany):
        letters_sent_by("ana", most=1)


@pytest.mark.django_db
def test_an_attempt_that_was_right_is_given_back() -> None:
    letters_sent_by("ana", most=1)
    refund(limit="letters", key="ana")
    letters_sent_by("ana", most=1)
    refund(limit="letters", key="nobody")  # nothing is given back to who has spent nothing, nor to anybody else
    with pytest.raises(TooMany):
        letters_sent_by("ana", most=1)


@pytest.mark.django_db
def test_neither_address_nor_account_can_be_read_from_the_table() -> None:
    letters_sent_by("203.0.113.7")
    assert "203.0.113.7" not in str(Allowance.objects.values_list())


@pytest.mark.django_db
def test_what_has_expired_is_cleared_away() -> None:
    letters_sent_by("ana")
    with time_machine.travel(timezone.now() + HOUR + timedelta(seconds=1)):
        letters_sent_by("joan")
    assert Allowance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_tries_many_times_at_once_is_let_through_no_oftener() -> None:
    def is_let_through(_: int) -> bool:
        try:
            letters_sent_by("ana")
        except TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(is_let_through, range(12))) == 3


@pytest.mark.django_db(transaction=True)
def test_a_count_cannot_be_taken_back_by_the_transaction_around_it() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        letters_sent_by("ana")


def test_a_visitor_is_known_by_the_address_the_trusted_proxy_names(settings: LazySettings) -> None:
    def address(direct: str, forwarded: str = "") -> str:
        return address_of(RequestFactory().get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=forwarded))

    settings.SECURE_PROXY_SSL_HEADER = None
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address("10.0.0.1", "192.0.2.99, 203.0.113.7") == "203.0.113.7"
    assert address("10.0.0.1") == "10.0.0.1"
    assert address("2001:db8:1:2:a:b:c:d") == address("2001:db8:1:2::1") != address("2001:db8:1:3::1")
    assert address("::ffff:203.0.113.7") == "203.0.113.7"
    assert address("not an address") == ""

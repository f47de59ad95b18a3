import logging
from datetime import timedelta

import pytest
import time_machine
from django import forms
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from metropolis.engine_kit import InvalidInput, NotFound, TooMany
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.human_check.forms import HumanCheckField, with_human_check
from metropolis.foundation.human_check.models import Answered
from metropolis.foundation.human_check.operations import (
    PICTURES_AND_SOUNDS,
    WRONG_ANSWERS,
    answer_challenge,
    use_challenge,
)
from metropolis.foundation.human_check.tests.replies import answer_to, right_reply, token_in
from metropolis.foundation.human_check.values import ANSWERED_WITHIN, USED_WITHIN, Challenge

pytestmark = pytest.mark.django_db


class Letter(forms.Form):
    name = forms.CharField(max_length=20)
    text = forms.CharField(max_length=200)


LETTER = {"name": "Ana", "text": "Good morning."}


def sent(**fields: str) -> forms.Form:
    return with_human_check(Letter)(LETTER | fields)


def page_of(form: forms.Form) -> str:
    return str(form)


def wrong(answer: str) -> str:
    return answer[::-1] + "2"


@pytest.mark.parametrize("write", [str.upper, str.lower, str.title, " ".join])
def test_a_right_answer_passes_in_capitals_and_small_letters(write: object):
    challenge = Challenge.new()
    assert sent(human_check_token=challenge.token, human_check=write(challenge.answer)).is_valid()


def test_a_wrong_answer_gives_a_new_picture_and_keeps_what_was_typed_and_then_a_right_one_passes():
    form = sent(human_check_token=(old := Challenge.new()).token, human_check=wrong(old.answer))
    assert not form.is_valid()
    page = page_of(form)
    assert "These were not the characters" in page
    assert 'value="Ana"' in page
    assert token_in(page) != old.token
    assert sent(human_check_token=token_in(page), human_check=answer_to(page).lower()).is_valid()


def test_a_wrong_answer_cannot_be_followed_by_the_right_one():
    challenge = Challenge.new()
    with pytest.raises(InvalidInput, match="not the characters"):
        answer_challenge(token=challenge.token, answer="22222" if challenge.answer != "22222" else "33333")
    with pytest.raises(InvalidInput, match="answered before"):
        answer_challenge(token=challenge.token, answer=challenge.answer)


def test_a_right_answer_is_good_for_one_use():
    reply = right_reply()
    assert sent(**reply).is_valid()
    again = sent(**reply)
    assert not again.is_valid()
    assert "answered before" in page_of(again)


def test_the_field_alone_is_good_for_one_use_as_well():
    form = type("Checked", (Letter,), {"human_check": HumanCheckField()})
    reply = right_reply()
    assert form(LETTER | reply).is_valid()
    assert not form(LETTER | reply).is_valid()


def test_nothing_is_asked_where_the_field_is_not_required():
    form = type("Checked", (Letter,), {"human_check": HumanCheckField(required=False)})
    assert form(LETTER).is_valid()


def test_a_right_answer_need_not_be_given_twice_when_something_else_is_wrong():
    form = sent(**right_reply(), text="")
    assert not form.is_valid()
    assert form.errors.keys() == {"text"}
    page = page_of(form)
    assert "these were the characters" in page
    assert "<img" not in page
    assert sent(human_check_token=token_in(page)).is_valid()
    assert not sent(human_check_token=token_in(page)).is_valid()


def test_a_right_answer_cannot_be_kept_for_long():
    challenge = Challenge.new()
    answer_challenge(token=challenge.token, answer=challenge.answer)
    with time_machine.travel(timezone.now() + USED_WITHIN + timedelta(seconds=1)), pytest.raises(NotFound):
        use_challenge(token=challenge.token)


def test_a_picture_that_is_too_old_is_not_accepted_and_leaves_nothing_behind():
    reply = right_reply()
    with time_machine.travel(timezone.now() + ANSWERED_WITHIN + timedelta(seconds=1)):
        form = sent(**reply)
        assert "too old" in page_of(form)
    assert not Answered.objects.exists()


@pytest.mark.parametrize("token", ["", "forged", "a:b:c", "é" * 300, "\x00"])
def test_a_forged_token_is_refused(token: str):
    form = sent(human_check_token=token, human_check="22222")
    assert form.errors.keys() == {"human_check"}


def test_answered_rows_are_cleared_away():
    sent(**right_reply()).is_valid()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        sent(**right_reply()).is_valid()
    assert Answered.objects.count() == 1


def test_an_empty_answer_is_asked_for():
    form = sent(human_check_token=Challenge.new().token, human_check="")
    assert form.errors["human_check"] == ["This field is required."]


def test_who_wants_a_new_picture_gets_the_form_back_as_it_was_and_with_no_errors():
    old = Challenge.new()
    form = sent(human_check_token=old.token, human_check_new="1", text="")
    assert not form.is_valid()
    assert not form.errors
    page = page_of(form)
    assert 'value="Ana"' in page
    assert token_in(page) != old.token
    assert "required field" not in page


def test_a_prefix_keeps_two_forms_apart():
    form = with_human_check(Letter)
    reply = right_reply()
    data = {f"a-{name}": value for name, value in (LETTER | reply).items()}
    assert form(data, prefix="a").is_valid()
    data["a-human_check_new"] = "1"
    assert not form(data, prefix="a").is_valid()
    assert 'name="a-human_check_token"' in page_of(form(prefix="a"))


def test_wrong_answers_of_one_address_are_limited_and_right_ones_are_not_counted():
    def answer(address: str, *, rightly: bool = False) -> None:
        challenge = Challenge.new()
        said = challenge.answer if rightly else wrong(challenge.answer)
        answer_challenge(token=challenge.token, answer=said, answered_by=[address])

    answer("one", rightly=True)
    for _ in range(WRONG_ANSWERS):
        with pytest.raises(InvalidInput):
            answer("one")
    with pytest.raises(TooMany):
        answer("one", rightly=True)
    answer("other", rightly=True)


def test_a_form_counts_for_the_address_and_the_account_that_send_it():
    def send(address: str, person: object) -> forms.Form:
        request = RequestFactory().post("/", REMOTE_ADDR=address)
        request.user = person
        challenge = Challenge.new()
        reply = {"human_check_token": challenge.token, "human_check": wrong(challenge.answer)}
        return with_human_check(Letter, request=request)(LETTER | reply)

    ana, joan = PersonFactory.create_batch(2)
    for number in range(WRONG_ANSWERS):
        assert "not the characters" in page_of(send(f"192.0.2.{number}", ana))
    assert "tried too often" in page_of(send("192.0.2.200", ana))
    assert "not the characters" in page_of(send("192.0.2.200", joan))


def test_the_picture_is_shown_and_the_sound_is_heard_in_the_reader_s_language(client: Client):
    token = Challenge.new().token
    picture = client.get(reverse("human_check:picture", args=[token]))
    assert picture["Content-Type"] == "image/png"
    assert "no-store" in picture["Cache-Control"]
    lengths = {}
    for language in ("en", "es", "fr", "pt", "ca", "ar"):
        sound = client.get(reverse("human_check:sound", args=[token]), headers={"Accept-Language": language})
        assert sound["Content-Type"] == "audio/wav"
        assert sound.content.startswith(b"RIFF")
        lengths[language] = len(sound.content)
    assert len(set(lengths.values())) > 3


def test_the_picture_of_a_challenge_is_always_the_same_and_its_sound_is_not(client: Client):
    token = Challenge.new().token
    for name, is_the_same in (("picture", True), ("sound", False)):
        address = reverse(f"human_check:{name}", args=[token])
        assert (client.get(address).content == client.get(address).content) is is_the_same


def test_a_player_may_fetch_the_sound_in_parts(client: Client):
    address = reverse("human_check:sound", args=[Challenge.new().token])
    whole = len(client.get(address).content)

    def part(wanted: str) -> HttpResponse:
        return client.get(address, headers={"Range": wanted})

    first = part("bytes=0-1")
    assert (first.status_code, first.content) == (206, b"RI")
    assert first["Content-Range"] == f"bytes 0-1/{whole}"
    assert first["Content-Length"] == "2"
    rest = part("bytes=2-")
    assert len(rest.content) == whole - 2
    assert part(f"bytes=0-{whole * 2}")["Content-Range"] == f"bytes 0-{whole - 1}/{whole}"
    end = part("bytes=-100")
    assert (end.status_code, len(end.content)) == (206, 100)
    assert end["Content-Range"] == f"bytes {whole - 100}-{whole - 1}/{whole}"
    assert part(f"bytes=-{whole * 2}")["Content-Range"] == f"bytes 0-{whole - 1}/{whole}"


@pytest.mark.parametrize(
    "wanted", ["bytes=9999999-", "lines=1-2", "bytes=100-50", "bytes=-0", "bytes=-", f"bytes=0-{'9' * 5000}"]
)
def test_a_part_that_is_none_gets_the_whole_sound(client: Client, wanted: str):
    address = reverse("human_check:sound", args=[Challenge.new().token])
    answer = client.get(address, headers={"Range": wanted})
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")
    assert "Content-Range" not in answer


def test_pictures_and_sounds_of_one_address_are_limited_and_it_is_told_how_long_to_wait(client: Client):
    token = Challenge.new().token
    for _ in range(PICTURES_AND_SOUNDS // 2):
        client.get(reverse("human_check:picture", args=[token]))
        client.get(reverse("human_check:sound", args=[token]))
    answer = client.get(reverse("human_check:sound", args=[token]))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 600
    assert client.get(reverse("human_check:sound", args=[token]), REMOTE_ADDR="192.0.2.9").status_code == 200


def test_a_forged_picture_is_not_found(client: Client):
    assert client.get("/human-check/forged/picture.png").status_code == 404
    assert client.get("/human-check/forged/sound.wav").status_code == 404


def test_the_script_gets_a_new_challenge_that_can_be_answered(client: Client):
    answer = client.get(reverse("human_check:new"))
    fresh = answer.json()
    assert client.get(fresh["picture"]).status_code == client.get(fresh["sound"]).status_code == 200
    assert sent(human_check_token=fresh["token"], human_check=Challenge.of(fresh["token"]).answer).is_valid()


def test_the_answer_is_neither_in_the_page_nor_in_an_address_nor_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    seen = []
    for _ in range(3):
        page = page_of(with_human_check(Letter)())
        token, answer = token_in(page), answer_to(page)
        for name in ("picture", "sound"):
            response = client.get(reverse(f"human_check:{name}", args=[token]))
            seen.append(response.content.decode("latin-1") + str(response.headers) + response.request["PATH_INFO"])
        sent(human_check_token=token, human_check=wrong(answer)).is_valid()
        seen.append(page)
        assert all(answer.casefold() not in text.casefold() for text in [*seen, caplog.text])


def test_a_page_shows_the_picture_the_button_and_a_way_without_script():
    page = page_of(with_human_check(Letter)())
    assert '<img\n      class="human-check__picture"' in page
    assert "<audio" in page
    assert 'name="human_check_new"' in page
    assert 'autocomplete="off"' in page

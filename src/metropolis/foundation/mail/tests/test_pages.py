import pytest
from django.test import Client
from pytest_django import Settings

from metropolis.foundation.background.operations import work_off
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.mail.operations import send_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("templates")]


@pytest.fixture
def mail(settings: Settings) -> Mail:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"demonstration": True})
    send_mail(to="ana@rosario.example", template="mail_tests/hello", context={"word": "<Ana>"})
    work_off()
    return Mail.objects.get()


def test_a_demonstration_shows_its_mails_with_their_links(client: Client, mail: Mail):
    page = client.get("/outbox/").content.decode()
    assert "Language: &lt;Ana&gt;" in page
    assert "Sent" in page
    page = client.get(f"/outbox/{mail.pk}/").content.decode()
    assert "Dear &lt;Ana&gt;," in page
    assert '<a href="http://127.0.0.1:8000/about/"' in page
    assert client.get("/outbox/99/").status_code == 404


def test_no_other_site_has_an_outbox(client: Client, mail: Mail, settings: Settings):
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"demonstration": False})
    assert client.get("/outbox/").status_code == 404
    assert client.get(f"/outbox/{mail.pk}/").status_code == 404

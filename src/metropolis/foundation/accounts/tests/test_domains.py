from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed, TooMany
from metropolis.foundation.accounts import engine, operations, queries
from metropolis.foundation.accounts.models import NetworkRole, Organisation, Person, VerifiedDomain
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed
from metropolis.foundation.accounts.tests.nameserver import name_server
from metropolis.foundation.background.operations import enqueue_due, work_off
from metropolis.foundation.history.models import Entry

pytestmark = pytest.mark.django_db

DOMAIN = "rosario.example"


@pytest.fixture
def steward() -> Person:
    return PersonFactory.create()


@pytest.fixture
def city(steward: Person) -> Organisation:
    return operations.register_organisation(name="City of Rosario", kind="city", actor=steward)


def claim(city: Organisation, steward: Person, domain: str = DOMAIN) -> VerifiedDomain:
    return operations.claim_domain(slug=city.slug, actor=steward, domain=domain)


def check(row: VerifiedDomain, actor: Person) -> VerifiedDomain:
    return operations.check_domain(slug=row.organisation.slug, domain_id=row.pk, actor=actor)


def confirm(row: VerifiedDomain, actor: Person | None = None) -> VerifiedDomain:
    desk = actor or PersonFactory.create(network_role=NetworkRole.SECRETARIAT)
    return operations.confirm_domain(slug=row.organisation.slug, domain_id=row.pk, actor=desk)


@pytest.mark.parametrize("domain", ["co.uk", "com.br", "GOB.ar", "kawa.yokohama.jp", "github.io", "xn--55qx5d.cn"])
def test_a_domain_below_which_others_have_theirs_is_refused(city: Organisation, steward: Person, domain: str):
    with pytest.raises(InvalidInput, match="Everybody can have a domain below") as refusal:
        claim(city, steward, domain)
    assert refusal.value.field == "domain"


@pytest.mark.parametrize("domain", ["rosario.gob.ar", "bristol.gov.uk", "city.yokohama.jp", "cairo.مصر"])
def test_a_domain_below_a_public_suffix_is_taken(city: Organisation, steward: Person, domain: str):
    assert claim(city, steward, domain).domain


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Rosario.gob.AR", "rosario.gob.ar"),
        ("https://www.rosario.gob.ar/inicio?x=1", "rosario.gob.ar"),
        ("ana@rosario.gob.ar", "rosario.gob.ar"),
        ("rosario.gob.ar.", "rosario.gob.ar"),
        ("cairo.مصر", "cairo.xn--wgbh1c"),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("a..b", ""),
        ("-a.example", ""),
        ("a b.example", ""),
        ("a_b.example", ""),
        ("", ""),
        ("x" * 64 + ".example", ""),
        (".".join(["x" * 60] * 5), ""),
    ],
)
def test_a_domain_is_read_as_people_write_it(written: str, domain: str):
    assert engine.plain_domain(written) == domain


def test_the_record_in_the_dns_verifies_a_domain(city: Organisation, steward: Person, settings: Settings):
    row = claim(city, steward)
    name, text = queries.proof_of(row)
    with name_server({name: ["something else", text]}) as server:
        settings.DNS_SERVERS = [server]
        assert check(row, steward).proof == "dns"
    assert queries.verified_domains(city) == [DOMAIN]
    assert Entry.objects.get(verb="verify_domain").data == {"domain": DOMAIN, "proof": "dns"}


@pytest.mark.parametrize("texts", [{}, {f"_metropolis.{DOMAIN}": []}, {f"_metropolis.{DOMAIN}": ["v=spf1 -all"]}])
def test_a_record_that_is_not_there_verifies_nothing(
    city: Organisation, steward: Person, settings: Settings, texts: dict[str, list[str]]
):
    row = claim(city, steward)
    with name_server(texts) as server:
        settings.DNS_SERVERS = [server]
        with pytest.raises(InvalidInput) as refusal:
            check(row, steward)
    assert refusal.value.field == "domain"
    assert queries.verified_domains(city) == []


def test_the_record_of_another_organisation_verifies_nothing(city: Organisation, steward: Person, settings: Settings):
    other = operations.register_organisation(name="Impostor", kind="city", actor=steward)
    name, text = queries.proof_of(claim(city, steward))
    row = claim(other, steward)
    with name_server({name: [text]}) as server:
        settings.DNS_SERVERS = [server]
        with pytest.raises(InvalidInput):
            check(row, steward)


def test_a_name_server_that_does_not_answer_is_no_verdict(
    city: Organisation, steward: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    row = claim(city, steward)
    with name_server({}) as server:
        pass
    settings.DNS_SERVERS = [server]
    with pytest.raises(Conflict):
        check(row, steward)


def test_name_servers_are_not_asked_without_end(city: Organisation, steward: Person, settings: Settings):
    row = claim(city, steward)
    with name_server({}) as server:
        settings.DNS_SERVERS = [server]
        for _time in range(30):
            with pytest.raises(InvalidInput):
                check(row, steward)
        with pytest.raises(TooMany):
            check(row, steward)


@pytest.mark.parametrize("domain", ["gmail.com", "YAHOO.co.jp", "mail.qq.com", "ana@outlook.com"])
def test_free_mail_is_no_organisations_domain(city: Organisation, steward: Person, domain: str):
    with pytest.raises(InvalidInput, match="Everybody") as refusal:
        claim(city, steward, domain)
    assert refusal.value.field == "domain"


def test_the_secretariat_alone_confirms_without_a_record(city: Organisation, steward: Person):
    row = claim(city, steward)
    for person in (steward, PersonFactory.create(network_role=NetworkRole.EDITOR)):
        with pytest.raises(NotAllowed):
            confirm(row, person)
    assert confirm(row).proof == "secretariat"


def test_a_verified_domain_takes_in_those_with_a_confirmed_address(city: Organisation, steward: Person):
    officer = confirmed(PersonFactory.create(email=f"ana@{DOMAIN.upper()}"))
    PersonFactory.create(email=f"unconfirmed@{DOMAIN}")
    for email in (f"ben@sub.{DOMAIN}", f"ben@not{DOMAIN}", f"{DOMAIN}@elsewhere.example"):
        confirmed(PersonFactory.create(email=email))
    confirm(claim(city, steward))
    assert {row.person for row in city.memberships.all()} == {steward, officer}
    assert not city.memberships.get(person=officer).is_steward


def test_who_confirms_an_address_later_is_taken_in_then(city: Organisation, steward: Person):
    row = claim(city, steward)
    newcomer = PersonFactory.create(email=f"new@{DOMAIN}")
    assert operations.join_by_domain(person=newcomer, email=newcomer.email) is None
    confirm(row)
    assert operations.join_by_domain(person=newcomer, email=newcomer.email) == city
    assert city.memberships.filter(person=newcomer).exists()
    assert operations.join_by_domain(person=steward, email="steward@elsewhere.example") is None


def test_a_domain_in_another_script_takes_in_its_people(city: Organisation, steward: Person):
    officer = confirmed(PersonFactory.create(email="ana@münchen.example"))
    ascii_officer = confirmed(PersonFactory.create(email="ben@xn--mnchen-3ya.example"))
    confirm(claim(city, steward, "münchen.example"))
    assert {row.person for row in city.memberships.all()} == {steward, officer, ascii_officer}


def test_a_domain_has_one_organisation(city: Organisation, steward: Person):
    other = operations.register_organisation(name="Impostor", kind="city", actor=steward)
    waiting = claim(other, steward)
    confirm(claim(city, steward))
    with pytest.raises(Conflict):
        confirm(waiting)
    third = operations.register_organisation(name="Third", kind="city", actor=steward)
    with pytest.raises(Conflict):
        claim(third, steward)


def test_a_domain_that_is_given_up_takes_nobody_in(city: Organisation, steward: Person):
    row = confirm(claim(city, steward))
    operations.give_up_domain(slug=city.slug, domain_id=row.pk, actor=steward)
    assert operations.join_by_domain(person=PersonFactory.create(), email=f"ana@{DOMAIN}") is None


def test_an_organisation_names_ten_domains_and_each_once(city: Organisation, steward: Person):
    for number in range(10):
        claim(city, steward, f"city{number}.example")
    for domain in ("city0.example", "city10.example"):
        with pytest.raises(Conflict):
            claim(city, steward, domain)


def test_the_page_says_what_the_lookup_found(client: Client, city: Organisation, steward: Person, settings: Settings):
    row = claim(city, steward)
    name, text = queries.proof_of(row)
    client.force_login(steward)
    address = reverse("accounts:domain", args=[city.slug, row.pk])
    texts: dict[str, list[str]] = {}
    with name_server(texts) as server:
        settings.DNS_SERVERS = [server]
        assert "The record is not there yet." in client.post(address, follow=True).content.decode()
        texts[name] = [text]
        assert "The domain is verified." in client.post(address, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_domain_is_looked_up_again_every_week_and_suspended_when_its_record_is_gone(
    city: Organisation, steward: Person, settings: Settings
):
    row = claim(city, steward)
    member = confirmed(PersonFactory.create(email=f"ana@{DOMAIN}"))
    name, text = queries.proof_of(row)
    texts = {name: [text]}
    with name_server(texts) as server:
        settings.DNS_SERVERS = [server]
        check(row, steward)
        enqueue_due(now=timezone.now())
        work_off()
        assert queries.verified_domains(city) == [DOMAIN]
        texts[name] = ["v=spf1 -all"]
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            enqueue_due(now=timezone.now())
            work_off()
            work_off()  # the mail, written by a task of another queue
    assert queries.verified_domains(city) == []
    assert queries.belongs_to(member, city)
    assert operations.join_by_domain(person=PersonFactory.create(), email=f"eva@{DOMAIN}") is None
    told = [message for message in mail.outbox if message.to == [steward.email]]
    assert [message.subject for message in told] == [f"The domain {DOMAIN} is no longer verified"]
    assert reverse("accounts:domains", args=[city.slug]) in str(told[0].body)
    assert Entry.objects.get(verb="lose_domain").actor is None


def test_a_domain_stays_while_no_name_server_answers_and_when_the_secretariat_confirmed_it(
    city: Organisation, steward: Person, settings: Settings
):
    row = claim(city, steward)
    name, text = queries.proof_of(row)
    with name_server({name: [text]}) as server:
        settings.DNS_SERVERS = [server]
        check(row, steward)
    operations.recheck_domain(domain=row.pk)  # the server is gone
    assert queries.verified_domains(city) == [DOMAIN]
    VerifiedDomain.objects.update(proof="secretariat")
    assert operations.recheck_domains(now=timezone.now()) == 0
    with name_server({}) as server:
        settings.DNS_SERVERS = [server]
        operations.recheck_domain(domain=row.pk)
    assert queries.verified_domains(city) == [DOMAIN]

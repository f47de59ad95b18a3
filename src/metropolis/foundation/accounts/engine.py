"""Domains of e-mail addresses: how they are written, which belong to everybody, and what their DNS says."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import dns.exception
import dns.nameserver
import dns.resolver
from fido2 import rpid

#: Seconds to wait for the DNS in all; a page waits for it.
PATIENCE = 4.0
LONGEST = 253


class NoDnsAnswer(Exception):
    """No name server answered in time."""


def plain_domain(text: str) -> str:
    """A domain as addresses hold it, in small ASCII letters; empty when `text` is none, or only a top-level one.

    Given with a scheme, a path, an `@` or `www.`, these are taken off.

    >>> plain_domain(" https://www.Bogota.gov.co/inicio "), plain_domain("ana@münchen.de"), plain_domain("gov")
    ('bogota.gov.co', 'xn--mnchen-3ya.de', '')
    """
    bare = text.strip().rpartition("//")[2].partition("/")[0].rpartition("@")[2].strip(".").removeprefix("www.")
    try:
        ascii_only = bare.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    labels = ascii_only.split(".")
    is_domain = len(labels) > 1 and not labels[-1].isdigit() and all(map(_is_label, labels))
    return ascii_only if is_domain and len(ascii_only) <= LONGEST else ""


def _is_label(label: str) -> bool:
    return label.replace("-", "").isalnum() and label[0] != "-" and label[-1] != "-"


def domain_of(address: str) -> str:
    """The domain of an e-mail address, as `plain_domain` writes it."""
    return plain_domain(address.rpartition("@")[2])


@cache
def free_mail_domains() -> frozenset[str]:
    """Domains at which anybody can have an address; no organisation holds them."""
    text = files(__package__).joinpath("data/free_mail_domains.txt").read_text()
    return frozenset(line for line in text.split() if not line.startswith("#"))


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address of this domain, or of one it is part of.

    >>> is_free_mail("gmail.com"), is_free_mail("mail.yahoo.co.jp"), is_free_mail("rosario.gob.ar")
    (True, True, False)
    """
    labels = domain.split(".")
    return any(".".join(labels[start:]) in free_mail_domains() for start in range(len(labels) - 1))


@cache
def _public_suffixes() -> frozenset[str]:
    """The rules of https://publicsuffix.org, as the library for passkeys brings them, in ASCII letters."""
    return frozenset(_ascii_rule(rule) for rule in rpid.suffixes)


def _ascii_rule(rule: str) -> str:
    mark = rule[: len(rule) - len(rule.lstrip("!*."))]
    return mark + rule[len(mark) :].encode("idna").decode()


def is_public_suffix(domain: str) -> bool:
    """Whether others can register domains of their own below this one, so that nobody holds it.

    >>> is_public_suffix("co.uk"), is_public_suffix("gob.ar"), is_public_suffix("rosario.gob.ar")
    (True, True, False)
    >>> is_public_suffix("kawa.yokohama.jp"), is_public_suffix("city.yokohama.jp")
    (True, False)
    """
    rules = _public_suffixes()
    wildcard = f"*.{domain.partition('.')[2]}"
    return f"!{domain}" not in rules and (domain in rules or wildcard in rules)


def txt_records(name: str, *, servers: Sequence[str] = ()) -> frozenset[str]:
    """The texts that the DNS holds under a name (RFC 1035, TXT), none when there is no such name.

    `servers` are the name servers to ask, as `address` or `address:port`; the system's when none is given.
    `NoDnsAnswer` when none of them answers within `PATIENCE` seconds.
    """
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [_name_server(server) for server in servers]
    try:
        answer = resolver.resolve(name, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return frozenset()
    except (dns.exception.DNSException, OSError) as error:
        raise NoDnsAnswer(type(error).__name__) from error
    return frozenset(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def _name_server(server: str) -> dns.nameserver.Do53Nameserver:
    parts = urlsplit(f"//{server}")
    return dns.nameserver.Do53Nameserver(parts.hostname or server, parts.port or 53)

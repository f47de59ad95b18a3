"""Whom to count by."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address a request comes from; behind a proxy that we trust, the last one the proxy names.

    Of IPv6 it is the network of 64 bits, because each household has a whole one to choose from. Empty when unknown.
    """
    told = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        address = ip_address(told)
    except ValueError:
        return ""
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((address, 64), strict=False).network_address)


def callers(request: HttpRequest) -> list[str]:
    """Whose attempts a request counts for: the address it comes from and, signed in, the account."""
    user = getattr(request, "user", None)
    account = [f"account {user.pk}"] if user is not None and user.is_authenticated else []
    return [f"address {address_of(request)}", *account]

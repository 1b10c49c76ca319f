"""Which addresses a webhook may have, and which of the internet it may lead to.

An organisation names the address, the portal's own network calls it: so nothing private, local or
reserved is ever called. Names are resolved for each call, every answer is judged, and the call goes
to the very address that was judged, so that a name cannot lead elsewhere in between.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses of IPv4 within IPv6 that a translator on the way unwraps (RFC 6052, RFC 8215).
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
MAX_LENGTH = 300


class AddressRefused(ValueError):
    """The address must not be called; the message is for the person who gave it."""


def checked(url: str) -> str:
    """The address, trimmed. Raises AddressRefused for one that is malformed or says by itself that
    it leads inside; what a name leads to is judged when it is called."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise AddressRefused(_("This is not an address.")) from error
    if len(url) > MAX_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(_("This is not an address."))
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(
            _("Give a host, optionally with a port, a path and a query, without user or fragment.")
        )
    if port == 0:
        raise AddressRefused(_("This is not an address."))
    loopback = host == "localhost" or _is_loopback(host)
    if parts.scheme == "http" and loopback and settings.WEBHOOKS_ALLOW_LOOPBACK:
        return url
    if parts.scheme != "https":
        raise AddressRefused(_("The address must begin with https://."))
    literal = _literal(host)
    inside = not may_be_called(literal) if literal is not None else host == "localhost"
    if inside and not (loopback and settings.WEBHOOKS_ALLOW_LOOPBACK):
        raise AddressRefused(_("The address must be one of the public internet."))
    return url


def resolve(host: str, port: int) -> str:
    """The IP address to call. Raises AddressRefused when any that the name has is not public, and
    OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses:
        raise OSError("the name has no address")
    for address in addresses:
        if not may_be_called(address):
            raise AddressRefused(f"{host} leads to {address}, which is not public")
    return str(addresses[0])


def may_be_called(address: _Address) -> bool:
    """Whether it is of the public internet; in the demo and the tests also this machine itself."""
    address = _unwrapped(address)
    if address.is_loopback:
        return bool(settings.WEBHOOKS_ALLOW_LOOPBACK)
    # fec0::/10 is deprecated (RFC 3879), yet networks that still use it are inside.
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return literal is not None and literal.is_loopback

"""Where a partner may be called: its own host, at an address of the internet that was judged.

A name is resolved once for each call, every answer is judged, and the call goes to the very address
that was judged, so that a name cannot lead elsewhere in between. What is private, local or reserved
is called only where it is configured for that partner; a partner with networks is called there and
nowhere else.
"""

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Addresses of IPv4 within IPv6 that a translator on the way unwraps (RFC 6052, RFC 8215).
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

# Not for the public by IANA's registries either, which the library knows in part.
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


class AddressRefused(ValueError):
    """The address must not be called; the message is for the person who gave it."""


def checked(base_url: str, networks: Sequence[str] = ()) -> str:
    """The address without a closing slash. Raises AddressRefused for one that must not be called,
    as far as it says so by itself: what a name leads to is judged when it is called."""
    address = base_url.strip().rstrip("/").removesuffix("/exchange/v1")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as a resolver does: no part of a name is empty or too long
    except ValueError as error:
        raise AddressRefused(_("This is not an address.")) from error
    if not address.isascii() or not address.isprintable() or " " in address or port == 0:
        raise AddressRefused(_("This is not an address."))
    if parts.scheme != "https" and not (
        parts.scheme == "http" and settings.EXCHANGE_ALLOW_PLAIN_HTTP
    ):
        raise AddressRefused(_("The address must begin with https://."))
    if (
        not host or parts.username is not None or parts.password is not None
        or parts.query or parts.fragment
    ):
        raise AddressRefused(_("The address must be a host, optionally with a port and a path."))
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return address
    judge(host, literal, networks)
    return address


def checked_networks(text: str) -> list[str]:
    """Networks in CIDR form, separated by white space or commas. Raises AddressRefused."""
    found = []
    for one in text.replace(",", " ").split():
        try:
            network = ipaddress.ip_network(one)
        except ValueError as error:
            raise AddressRefused(
                _("%(network)s is not a network, such as 10.20.0.0/16.") % {"network": one}
            ) from error
        if network.prefixlen == 0 or network.is_multicast:
            raise AddressRefused(_("%(network)s is too wide.") % {"network": one})
        found.append(str(network))
    return list(dict.fromkeys(found))


def resolve(host: str, port: int, networks: Sequence[str]) -> str:
    """The IP address to call. Raises AddressRefused when any that the name has may not be called,
    and OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses:
        raise OSError("the name has no address")
    for address in addresses:
        judge(host, address, networks)
    return str(addresses[0])


def judge(host: str, address: _Address, networks: Sequence[str]) -> None:
    """Raises AddressRefused unless the partner may be called at this address."""
    address = _unwrapped(address)
    if address.is_multicast or address.is_unspecified:
        raise AddressRefused(_("%(host)s leads to %(address)s, where nobody can be called.")
                             % {"host": host, "address": address})
    if networks:
        if not any(_within(address, ipaddress.ip_network(one)) for one in networks):
            raise AddressRefused(
                _("%(host)s leads to %(address)s, outside the networks of this partner.")
                % {"host": host, "address": address}
            )
    elif not (address.is_loopback and settings.EXCHANGE_ALLOW_PLAIN_HTTP) and (
        not address.is_global or address.is_reserved
        or any(_within(address, network) for network in _SPECIAL)
    ):
        raise AddressRefused(
            _("%(host)s leads to %(address)s, which is not public. If it is right, name its "
              "network with the partner.") % {"host": host, "address": address}
        )


def _within(address: _Address, network: _Network) -> bool:
    return address.version == network.version and address in network


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

"""Which network addresses are part of the public internet, and which a shop's address must never lead to."""

import ipaddress
import re

# Public by number, but answered by the machine's own cloud: Azure's host agent.
CLOUD_AGENTS = frozenset({ipaddress.ip_address("168.63.129.16")})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def literal(host: str) -> Address | None:
    """The address a host spells out, or None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_disguised(host: str) -> bool:
    """Whether a host is a number that only some resolvers read as an address: 2130706433, 0x7f.1, 127.1, 0177.0.0.1."""
    return literal(host) is None and NUMBER.fullmatch(host.rstrip(".").rsplit(".", 1)[-1]) is not None


def is_local_name(host: str) -> bool:
    """Whether a name belongs to this machine or network by definition."""
    name = host.rstrip(".")
    return any(name == local or name.endswith("." + local) for local in LOCAL_NAMES)


def is_public(address: Address) -> bool:
    """Whether an address, and every IPv4 address hidden inside it, may be called."""
    return all(_is_public(each) for each in (address, *_embedded(address)))


def _is_public(address: Address) -> bool:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    forbidden = address.is_multicast or address.is_reserved or address.is_unspecified or site_local
    # NAT64 is reserved by number, though it only wraps a public IPv4 address, which is judged by itself.
    forbidden = forbidden and not (isinstance(address, ipaddress.IPv6Address) and address in NAT64)
    return address.is_global and not forbidden and address not in CLOUD_AGENTS


def _embedded(address: Address) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in hidden if each is not None]

"""Where requests may go: to the configured host, and never to this machine's network.

A configuration may come from somebody else's branch, a redirect from anybody. So the
host has to be the configured one, plain HTTP is for this machine alone, and addresses
of the link (cloud metadata is there) are refused however a name leads to them.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200"})
"""Metadata services outside of the link-local ranges (AWS over IPv6, Alibaba)."""


def refused_url(url: str, host: str) -> str | None:
    """Say why a request to ``url`` is refused, None if it may be sent to ``host``."""
    parts = urlsplit(url)
    if parts.netloc.rpartition("@")[2].casefold() != host.casefold():
        return f"it leads to another host than {host}"
    if parts.scheme == "https":
        return refused_address(parts.hostname or "")
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return None
    return "only https is accepted beyond this machine"


def refused_address(address: str) -> str | None:
    """Say why an IP address is never contacted, None if it may be."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or str(ip) in _METADATA:
        return f"{ip} is no address of a tracker"
    return None


def is_loopback(host: str) -> bool:
    """Tell whether a host's name can only mean this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

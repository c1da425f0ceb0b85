"""Addresses that a token may be sent to, and that the daemon may listen on."""

from __future__ import annotations

import re

from pmsync_config.annotations import UnreadableError


def read_url(text: str) -> str:
    """Read the address of a tracker; the path's last slash is dropped.

    Only https; http for the loopback interface alone, where no one else listens.
    Link-local addresses are where clouds keep their credentials. Spellings of an
    address that resolvers take but people do not (``0xa9fea9fe``) are refused.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415

    hint = 'write it as "https://tracker.example.com"'
    if not text.isascii() or not text.isprintable() or re.search(r"[\s\\]", text):
        raise UnreadableError("is not an address", hint)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removesuffix(".")
        port = parts.port
    except ValueError:
        raise UnreadableError("is not an address", hint) from None
    if "@" in parts.netloc:
        raise UnreadableError(
            "holds a user name or password",
            "leave it out; secrets come from environment variables",
        )
    if not host or port == 0 or parts.query or parts.fragment:
        raise UnreadableError("is not an address of a site", hint)
    loopback = _is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise UnreadableError(
            "is not https", "write https://…; http is for localhost only"
        )
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    from ipaddress import IPv6Address, ip_address  # noqa: PLC0415

    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        if ":" in host or re.fullmatch("0x.*|[0-9]+", host.rpartition(".")[2]):
            raise UnreadableError(
                "has an address in an unusual spelling",
                "write the host's name, or four decimal numbers",
            ) from None
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_unspecified or address.is_multicast:
        raise UnreadableError(
            "is a link-local or reserved address", "write the tracker's host name"
        )
    return address.is_loopback


def read_listen(text: str) -> str:
    """Read ``host:port`` (``127.0.0.1:8080``, ``[::1]:8080``)."""
    found = re.fullmatch(
        r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})", text, re.ASCII
    )
    if found is None or int(found[2]) > 65535:  # noqa: PLR2004
        raise UnreadableError("is not host:port", 'write it as "127.0.0.1:8080"')
    return text

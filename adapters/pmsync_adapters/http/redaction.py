"""Secrets out of everything that is told."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping

_NAMES = frozenset(
    {"authorization", "private-token", "job-token", "proxy-authorization", "cookie"}
)
_SHORTEST = 4
"""Characters; what is shorter stands in ordinary words too."""


def secrets_of(headers: Mapping[str, str | bytes]) -> frozenset[str]:
    """Return the secrets that the headers of a request carry, in each written form."""
    found: set[str] = set()
    for name, value in headers.items():
        if name.lower() in _NAMES:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            found |= {text, *text.split()[1:], *_decoded(text)}
    return frozenset(secret for secret in found if len(secret) >= _SHORTEST)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with every secret blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _decoded(header: str) -> list[str]:
    """Return the password of a basic authorization."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        pair = base64.b64decode(value, validate=True).decode(errors="replace")
    except binascii.Error:
        return []
    return [pair, pair.partition(":")[2]]

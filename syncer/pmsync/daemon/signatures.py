"""Whether a webhook comes from whom it says, decided over its raw body.

Each check compares in constant time. Sources: GitHub docs "Validating webhook
deliveries"; GitLab docs "Webhooks" (secret token, signing token) and the Standard
Webhooks specification; Atlassian docs "Webhooks" (secret of an admin webhook).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256

TOLERANCE = 300.0
"""Seconds that a signed time may differ from ours."""
_PREFIX = "whsec_"


class Source(StrEnum):
    """Who sends webhooks; the names are those in the addresses."""

    GITHUB = "github"
    GITLAB = "gitlab"
    JIRA = "jira"


Headers = Mapping[str, str]


def is_genuine(
    source: Source, headers: Headers, body: bytes, secret: str, now: float
) -> bool:
    """Tell whether a delivery is signed with ``secret``.

    ``headers`` are case-insensitive, ``now`` is in seconds since 1970.
    """
    match source:
        case Source.GITHUB:
            return _is_signed(headers.get("x-hub-signature-256"), body, secret)
        case Source.JIRA:
            return _is_signed(headers.get("x-hub-signature"), body, secret)
        case Source.GITLAB:
            if "webhook-signature" in headers:
                return _is_standard(headers, body, secret, now)
            return _equal(headers.get("x-gitlab-token", ""), secret)


def delivery_of(source: Source, headers: Headers) -> str | None:
    """Return what names a delivery and its repetitions, None if nothing does."""
    names = {
        Source.GITHUB: ("x-github-delivery",),
        Source.GITLAB: ("idempotency-key", "webhook-id", "x-gitlab-event-uuid"),
        Source.JIRA: ("x-atlassian-webhook-identifier",),
    }
    return next((headers[n] for n in names[source] if headers.get(n)), None)


def _is_signed(header: str | None, body: bytes, secret: str) -> bool:
    scheme, _, given = (header or "").partition("=")
    expected = hmac.new(secret.encode(), body, sha256).hexdigest()
    return _equal(given, expected) and scheme == "sha256"


def _is_standard(headers: Headers, body: bytes, secret: str, now: float) -> bool:
    """Check ``v1,<base64 of HMAC(id.timestamp.body)>``; a header may hold several."""
    identifier, stamp = (
        headers.get("webhook-id", ""),
        headers.get("webhook-timestamp", ""),
    )
    if not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = f"{identifier}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.new(_key(secret), signed, sha256).digest())
    given = headers["webhook-signature"].split()
    matches = [_equal(one, f"v1,{expected.decode()}") for one in given]
    return any(matches)


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
